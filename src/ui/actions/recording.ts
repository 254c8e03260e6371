/** @file Shows the recorded runs that are shipped with the page, until a live run replaces them. */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import { Player } from "../recorded/player.ts";
import { fetchEvents, fetchIndex, type RecordedEntry } from "../recorded/recorded-run.ts";
import { asSentence } from "../format.ts";
import { emptyView } from "../store/run-view.ts";
import { INITIAL_SELECTION } from "../store/selection.ts";
import { addNote, usePage, type PageState, type PlaybackState } from "../store/store.ts";
import { messageOf } from "../worker-client.ts";
import { applyNow, hear } from "./heard-queue.ts";

const TICK_MS = 100;
/** Longer pauses between ticks are those of a hidden tab, and do not count. */
const MAX_TICK_MS = 500;

let player: Player | null = null;
let timer: ReturnType<typeof setInterval> | undefined;
let entries: readonly RecordedEntry[] | null = null;

function recordedFolder(): URL {
  return new URL("recorded/", document.baseURI);
}

function setPlayback(changes: Partial<PlaybackState>): void {
  usePage.setState(({ playback }) => ({ playback: { ...playback, ...changes } }));
}

function prefersStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Loads and plays a set of recorded runs, the first one if none is named; they move once the first iteration is here. */
export async function playRecording(wanted?: string): Promise<void> {
  const folder = recordedFolder();
  const current = new Player(tell);
  player = current;
  setPlayback({ state: "loading", position: 0, length: 0 });
  try {
    entries ??= await fetchIndex(folder);
    if (player !== current) return;
    if (entries.length === 0) {
      setPlayback({ state: "absent" });
      return;
    }
    const sets = [...new Set(entries.map(({ set }) => set))];
    const set = wanted ?? sets[0]!;
    const shown = entries.filter((entry) => entry.set === set);
    setPlayback({ sets, set });
    showEntries(shown);
    startClock();
    await Promise.all(shown.map((entry) => load(entry, folder, current)));
  } catch (error) {
    if (player !== current) return;
    setPlayback({ state: "absent" });
    addNote(
      "error",
      `The recorded run cannot be shown. ${asSentence(messageOf(error))} Press Train to start a live one.`,
    );
  }
}

async function load(entry: RecordedEntry, folder: URL, current: Player): Promise<void> {
  await fetchEvents(new URL(entry.file, folder), (events) => {
    if (player !== current) return;
    current.add(keyOf(entry), events);
    setPlayback({ length: current.length });
  });
  if (player !== current) return;
  current.complete(keyOf(entry));
  if (prefersStill() && usePage.getState().playback.state === "paused") seekRecording(Infinity);
}

function keyOf({ id }: RecordedEntry): string {
  return `recorded-${id}`;
}

function showEntries(shown: readonly RecordedEntry[]): void {
  const added = shown.map((entry) => {
    const { title, method } = entry;
    return [keyOf(entry), emptyView({ key: keyOf(entry), title, source: "recorded", method, config: {} })] as const;
  });
  const { date, commit } = shown[0]!;
  const origin = [date, commit === undefined ? undefined : `commit ${commit.slice(0, 9)}`].filter(
    (part) => part !== undefined,
  );
  usePage.setState((page) => {
    const { views, order } = withoutRecorded(page);
    return {
      views: { ...views, ...Object.fromEntries(added) },
      order: [...order, ...added.map(([key]) => key)],
      shownKey: (added.find(([, { run }]) => run.method === "empo2") ?? added[0]!)[0],
      selection: INITIAL_SELECTION,
    };
  });
  setPlayback({ state: prefersStill() ? "paused" : "playing", origin: origin.join(", ") });
}

function tell(key: string, events: readonly TrainingEvent[], fresh: boolean): void {
  hear({ key, events, fresh });
}

function startClock(): void {
  clearInterval(timer);
  let before = performance.now();
  timer = setInterval(() => {
    const now = performance.now();
    const elapsed = Math.min(MAX_TICK_MS, now - before);
    before = now;
    const { playback } = usePage.getState();
    if (player === null || playback.state !== "playing") return;
    player.advance(elapsed / 1000 / playback.secondsPerIteration);
    setPlayback({ position: player.position, ...(player.isAtEnd ? { state: "paused" } : {}) });
  }, TICK_MS);
}

/** Plays or pauses; at the end it plays again from the start. */
export function togglePlayback(): void {
  const { state } = usePage.getState().playback;
  if (player === null || (state !== "playing" && state !== "paused")) return;
  if (state === "paused" && player.isAtEnd) seekRecording(0);
  setPlayback({ state: state === "playing" ? "paused" : "playing" });
}

/** Goes to a place, counted in iterations. */
export function seekRecording(position: number): void {
  if (player === null) return;
  applyNow();
  player.seek(position);
  setPlayback({ position: player.position });
}

export function setPlaybackSpeed(secondsPerIteration: number): void {
  setPlayback({ secondsPerIteration });
}

/** Takes the recorded runs off the page. */
export function removeRecording(): void {
  player = null;
  clearInterval(timer);
  setPlayback({ state: "stopped" });
  usePage.setState(withoutRecorded);
}

type Shown = Pick<PageState, "views" | "order" | "shownKey">;

function withoutRecorded({ views, order, shownKey }: Shown): Shown {
  const kept = order.filter((key) => views[key]?.source !== "recorded");
  return {
    views: Object.fromEntries(kept.map((key) => [key, views[key]!])),
    order: kept,
    shownKey: shownKey !== null && kept.includes(shownKey) ? shownKey : null,
  };
}

/** Shows a recorded run in the panels; plays its set from the beginning if another one is on. */
export async function showRecordedRun(id: string): Promise<void> {
  const key = `recorded-${id}`;
  if (usePage.getState().views[key] === undefined) {
    entries ??= await fetchIndex(recordedFolder()).catch(() => null);
    await playRecording(entries?.find((entry) => entry.id === id)?.set);
  }
  if (usePage.getState().views[key] !== undefined) usePage.setState({ shownKey: key, selection: INITIAL_SELECTION });
}
