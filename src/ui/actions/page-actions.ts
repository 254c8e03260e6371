/** @file Files, theme and the page's start. */
import { chooseFile, curvesCsv, downloadFile, rolloutsJsonl } from "../export.ts";
import { configOfHash } from "../url.ts";
import { CONFIG_FIELDS, type RunConfig } from "../../core/training/run-config.ts";
import type { BackendChoice } from "../../protocol/messages.ts";
import { addNote, usePage, type Theme } from "../store/store.ts";
import {
  noticePageEnds,
  readBackendChoice,
  readSession,
  readTheme,
  writeBackendChoice,
  writeTheme,
} from "./browser-memory.ts";
import { attempt } from "./attempt.ts";
import { importCheckpoint, isRunning, resumeStoredRun } from "./live-runs.ts";
import { liveRuns, mainRunId } from "./run-client.ts";
import { exportRun } from "./run-requests.ts";
import { playRecording } from "./recording.ts";
import { readAddress, showInAddress } from "./settings-actions.ts";

/** A checkpoint of the tiny policy is a few megabytes; what is much larger is none. */
const MAX_CHECKPOINT_BYTES = 64 * 2 ** 20;

export function saveCheckpoint(): void {
  attempt("The checkpoint could not be saved.", async () => {
    const { views } = usePage.getState();
    const [main] = liveRuns();
    if (main === undefined) throw new Error("There is no run to save. Press Train first.");
    const { bytes, iteration } = await exportRun(main.key);
    const method = views[main.key]?.run.method ?? "run";
    downloadFile(`${method}-iteration-${iteration}.safetensors`, [bytes], "application/octet-stream");
  });
}

/** The run's last save, read by the page itself: for when its worker does not start. */
export function saveStoredCheckpoint(): void {
  attempt("The last save could not be read.", async () => {
    const runId = mainRunId();
    const { readStoredCheckpoint } = await import("../../storage/stored-checkpoint.ts");
    const stored = runId === null ? null : await readStoredCheckpoint(runId);
    if (stored === null) throw new Error("Nothing was saved yet.");
    downloadFile(`run-iteration-${stored.iteration}.safetensors`, [stored.bytes], "application/octet-stream");
  });
}

export function loadCheckpoint(): void {
  attempt("The checkpoint could not be loaded.", async () => {
    const file = await chooseCheckpoint();
    if (file === null) return;
    if (!isRunning()) await openFile(file.bytes);
    else {
      addNote("info", "A run is on. It ends when the file is opened; what it has learned stays stored.", {
        label: "End it and open the file",
        run: () => attempt("The checkpoint could not be loaded.", () => openFile(file.bytes)),
      });
    }
  });
}

async function openFile(bytes: ArrayBuffer): Promise<void> {
  await importCheckpoint(bytes);
  addNote("info", "The checkpoint is loaded. Press Resume to go on with it.");
}

/**
 * A checkpoint file that the visitor chooses; null if none is.
 *
 * @throws {Error} with a sentence if it is too large
 */
export async function chooseCheckpoint(): Promise<{ readonly name: string; readonly bytes: ArrayBuffer } | null> {
  const file = await chooseFile(".safetensors");
  if (file === null) return null;
  if (file.size > MAX_CHECKPOINT_BYTES) {
    throw new Error(`It must be at most 64 MB, this file has ${Math.round(file.size / 2 ** 20)} MB.`);
  }
  return { name: file.name, bytes: await file.arrayBuffer() };
}

function allViews() {
  const { order, views } = usePage.getState();
  return order.map((key) => views[key]!);
}

export function saveCurves(): void {
  downloadFile("empo2-curves.csv", [curvesCsv(allViews())], "text/csv");
}

export function saveRollouts(): void {
  const views = allViews();
  downloadFile("empo2-rollouts.jsonl", [rolloutsJsonl(views)], "application/jsonl");
  const dropped = Math.max(...views.map(({ episodes }) => episodes.droppedIterations));
  if (dropped > 0) addNote("info", `The first ${dropped} iterations are no longer in the page and not in the file.`);
}

/** System, light, dark, and again. */
export function cycleTheme(): void {
  const next: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
  applyTheme(next[usePage.getState().theme]);
}

function applyTheme(theme: Theme): void {
  usePage.setState({ theme });
  writeTheme(theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

/** Chooses the compute of the runs to come, on this visit and later ones. */
export function chooseBackend(choice: BackendChoice): void {
  usePage.setState({ backendChoice: choice });
  writeBackendChoice(choice);
}

/** First the settings of the link, then the run of the last visit, else the recorded run. */
export function startPage(): void {
  applyTheme(readTheme());
  noticePageEnds();
  usePage.setState({ backendChoice: readBackendChoice() });
  const linked = configOfHash(location.hash);
  readAddress();
  if (linked === null || isReload() || isStoredRun(linked.config)) {
    if (resumeStoredRun(linked?.config ?? null)) return;
  } else if (readSession() !== null) {
    addNote("info", "This link has other settings than your last run, which is still stored.", {
      label: "Go on with the last run",
      run: () => {
        resumeStoredRun(null);
        showInAddress();
      },
    });
  }
  void playRecording();
}

function isReload(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

/** Whether the last visit's run is the one that a link describes, hot settings aside. */
function isStoredRun(config: RunConfig): boolean {
  const session = readSession();
  return session !== null && CONFIG_FIELDS.every(({ key, hot }) => hot || session.config[key] === config[key]);
}
