/** @file Everything that is stored in this browser: to one file, back from it, and single runs opened or deleted. */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import { basesAmongSettings } from "../../protocol/pretrained-bases.ts";
import { backupParts, type LiveRun } from "../../storage/backup.ts";
import { restoreBackup, type RestoreReport } from "../../storage/restore.ts";
import { readSavedCheckpoint } from "../../storage/saved-data.ts";
import type { RunHeader } from "../../storage/schema.ts";
import { readRunConfig } from "../../core/training/config-parsing.ts";
import { chooseFile, downloadFile } from "../export.ts";
import { plural } from "../format.ts";
import type { RunView } from "../store/run-view.ts";
import { addNote, usePage } from "../store/store.ts";
import { findBases } from "./bases.ts";
import { attempt } from "./attempt.ts";
import { isRunning, openStoredRun } from "./live-runs.ts";
import { liveRuns } from "./run-client.ts";
import { exportRun } from "./run-requests.ts";
import { isAnythingUnsaved, whenSaved } from "./unsaved-runs.ts";

const BINARY = "application/octet-stream";
/** A base policy is a few megabytes; what is much larger is none. */
const MAX_BASE_BYTES = 64 * 2 ** 20;

/** Offers everything that is stored, and what could not be stored of the live runs, as one file. */
export function saveEverything(): void {
  attempt("The backup could not be made.", async () => {
    const parts: Blob[] = [];
    // As blobs, which the browser keeps on disk if they are many.
    for await (const part of backupParts(await liveInMemory())) parts.push(new Blob([part]));
    downloadFile(`empo2-backup-${new Date().toISOString().slice(0, 10)}.empo2`, parts, BINARY);
  });
}

/** The live runs as far as they are in memory; one whose worker gives no answer is left to what is stored of it. */
async function liveInMemory(): Promise<LiveRun[]> {
  const exported = liveRuns().map(async ({ key, runId }): Promise<LiveRun[]> => {
    const view = usePage.getState().views[key];
    if (view === undefined || view.worker?.state === "elsewhere") return [];
    const { bytes, iteration } = await exportRun(key).catch(() => ({ bytes: null, iteration: 0 }));
    return bytes === null || iteration === 0 ? [] : [liveRun(view, runId, { bytes, iteration })];
  });
  return (await Promise.all(exported)).flat();
}

function liveRun(
  { run, memory }: RunView,
  runId: string,
  { bytes, iteration }: { readonly bytes: ArrayBuffer; readonly iteration: number },
): LiveRun {
  const texts = Object.entries(run.config).map(([key, value]) => [key, String(value)] as const);
  const history = [
    ...run.curve.map((summary) => told(summary.iteration, { type: "iterationFinished", summary })),
    ...run.evaluations.map((evaluation) => told(evaluation.iteration, { type: "evaluated", evaluation })),
  ];
  return {
    runId,
    config: readRunConfig(texts).config,
    iteration,
    payload: new Uint8Array(bytes),
    tips: memory.tips.flatMap(({ stored }) => (stored === null ? [] : [stored])),
    history: history.filter((event) => event.iteration <= iteration),
    finished: false,
  };
}

function told(iteration: number, event: TrainingEvent): LiveRun["history"][number] {
  return { iteration, event };
}

/** Puts the runs of a backup beside those that are stored. */
export function restoreEverything(onDone: () => void): void {
  attempt("The backup could not be restored.", async () => {
    const file = await chooseFile(".empo2");
    if (file === null) return;
    const report = await restoreBackup(file, {
      isSetting: (name, value) =>
        basesAmongSettings([name]).length === 1 && value instanceof Uint8Array && value.length <= MAX_BASE_BYTES,
      newRunId: (runId) => `${runId.slice(0, 60)}-${Date.now().toString(36)}`,
    });
    addNote(report.restored > 0 || report.present > 0 ? "info" : "error", restoreSentence(report));
    onDone();
    void findBases();
  });
}

/** What a restore has done, for people. */
export function restoreSentence(report: RestoreReport): string {
  const { restored, present, leftOut, refused, damaged, settings, isCutOff, isNewer } = report;
  const parts = [
    `${plural(restored, "run")} restored`,
    present > 0 && `${plural(present, "run")} here already`,
    settings > 0 && plural(settings, "base policy", "base policies"),
    leftOut > 0 && `no room for ${plural(leftOut, "run")}: delete others first`,
    refused > 0 && `${plural(refused, "run")} refused because something of it is missing or wrong`,
    damaged > 0 && `${plural(damaged, "entry", "entries")} damaged`,
    isCutOff && "the file is cut off",
    isNewer && "what a newer version of this page wrote is left out",
  ];
  return `${parts.filter((part) => part !== false).join("; ")}.`;
}

/** Offers a checkpoint of a stored run as a file. */
export function saveStoredCheckpoint(store: "checkpoints" | "damaged", { runId, config }: RunHeader, at: number): void {
  attempt("The checkpoint could not be read.", async () => {
    const payload = await readSavedCheckpoint(store, runId, at);
    if (payload === null) throw new Error("It is not stored any more.");
    const mark = store === "damaged" ? "damaged-" : "";
    downloadFile(`${mark}${config.method}-iteration-${at}.safetensors`, [payload], BINARY);
  });
}

/** Opens a stored run, paused; a run that is on is asked about. */
export function openSaved({ runId, config }: RunHeader): void {
  const open = (): void => {
    usePage.setState({ isSavedOpen: false });
    openStoredRun(runId, config);
  };
  if (!isRunning() || isAnythingUnsaved()) whenSaved(open);
  else {
    addNote("info", "A run is on. It ends when another one is opened; what it has learned stays stored.", {
      label: "End it and open the other",
      run: open,
    });
  }
}

/** Asks the browser not to clear what is stored; returns whether it agreed. */
export async function keepStored(): Promise<boolean> {
  const storage = (navigator as { readonly storage?: StorageManager }).storage;
  return (await storage?.persist().catch(() => false)) ?? false;
}
