/** @file What the settings form does: fields, presets, links. */
import { presetConfig } from "../../experiments/presets.ts";
import { type RunConfig } from "../../core/training/run-config.ts";
import { changeSettings, hotChanges } from "../store/settings-slice.ts";
import { addNote, usePage } from "../store/store.ts";
import { configOfHash, hashOfConfig } from "../url.ts";
import { sendSettings } from "./live-runs.ts";

/** A slider that is dragged sends one change, not fifty. */
const SEND_DELAY_MS = 200;

let waiting: Partial<RunConfig> = {};
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sets fields of the form. Hot ones reach the live runs after a moment. */
export function setFields(changes: Partial<RunConfig>): void {
  usePage.setState(({ settings }) => ({ settings: changeSettings(settings, changes) }));
  if (usePage.getState().settings.running !== null) waiting = { ...waiting, ...hotChanges(changes) };
  clearTimeout(timer);
  timer = setTimeout(sendWaiting, SEND_DELAY_MS);
}

function sendWaiting(): void {
  const changes = waiting;
  waiting = {};
  showInAddress();
  if (Object.keys(changes).length > 0) sendSettings(changes);
}

/** Keeps the page's address a link to the form's settings, while the run is on show. */
export function showInAddress(): void {
  const { settings, race, view } = usePage.getState();
  if (view !== "run") return;
  const hash = hashOfConfig(settings.draft, race);
  history.replaceState(
    null,
    "",
    hash === hashOfConfig(presetConfig("playground"), true) ? location.pathname + location.search : hash,
  );
}

/** Copies a link to the form's settings. */
export async function shareLink(): Promise<void> {
  const { settings, race } = usePage.getState();
  const link = new URL(hashOfConfig(settings.draft, race), location.href).href;
  history.replaceState(null, "", link);
  await navigator.clipboard.writeText(link);
  addNote(
    "info",
    "The link is copied. It holds every setting that differs from the defaults, and starts nothing by itself.",
  );
}

/** Fills the form from the page's address; hot settings reach the live run. Never starts a run. */
export function readAddress(): void {
  const linked = configOfHash(location.hash);
  if (linked === null) return;
  const { config, race, corrections } = linked;
  usePage.setState(({ settings }) => ({ race, settings: { ...settings, corrections } }));
  setFields(config);
}

export function dismissCorrections(): void {
  usePage.setState(({ settings }) => ({ settings: { ...settings, corrections: [] } }));
}
