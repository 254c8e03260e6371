/** @file The page's state: the runs it shows, what the visitor looks at, and the settings form. */
import { create } from "zustand";
import type { TrainingEvent } from "../../core/events/training-event.ts";
import type { BackendChoice, Progress, WorkerMessage } from "../../protocol/messages.ts";
import { findRollout, type EpisodeState, type ShownRollout } from "./episode-slice.ts";
import { INITIAL_HAND_PLAY, type HandPlay } from "./hand-slice.ts";
import { emptyView, reduceMessage, reduceView, type RunView } from "./run-view.ts";
import { INITIAL_SELECTION, type Selection } from "./selection.ts";
import { INITIAL_SETTINGS, type SettingsState } from "./settings-slice.ts";

/** How the recorded runs are doing. */
export interface PlaybackState {
  readonly state: "loading" | "playing" | "paused" | "absent" | "stopped";
  /** Iterations played; 2.5 is the middle of the third one. */
  readonly position: number;
  readonly length: number;
  readonly secondsPerIteration: number;
  /** Recorded runs come in sets, of which one is played. */
  readonly sets: readonly string[];
  readonly set: string;
  /** Where the runs come from: date and commit. */
  readonly origin: string;
}

/** A sentence for the visitor that stays until it is dismissed. */
export interface Note {
  readonly id: number;
  readonly kind: "info" | "error";
  readonly text: string;
  readonly action: NoteAction | null;
}

/** A button on a note. */
export interface NoteAction {
  readonly label: string;
  readonly run: () => void;
}

/** A base policy that a run can start from. */
export interface BaseOption {
  /** As in `RunConfig.base`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Width of the residual stream, and layers; null if not known. */
  readonly size: { readonly width: number; readonly layers: number } | null;
  /** Shipped beside the page: the tasks it has learned to act in. Null for one that was trained in this browser. */
  readonly tasks: readonly string[] | null;
}

/**
 * Whether a newer version of the page is there: none; downloaded and waiting; to be taken when the runs have paused; taken
 * in another tab, so that this one has to be reloaded.
 */
export type UpdateState = "none" | "waiting" | "pausing" | "taken";

/** What the page can show below its bar. */
export type ViewName = "run" | "tasks" | "results" | "race" | "new-task";

export type Theme = "system" | "light" | "dark";

export interface PageState {
  /** By key. */
  readonly views: Readonly<Record<string, RunView>>;
  /** Keys in the order in which the runs came. */
  readonly order: readonly string[];
  /** The run that World, Memory, Policy and Update show. */
  readonly shownKey: string | null;
  /** Keys of the live runs, the main one first. */
  readonly liveKeys: readonly string[];
  readonly selection: Selection;
  readonly hand: HandPlay;
  readonly settings: SettingsState;
  /** Another method runs beside the main one, from the same seed. */
  readonly race: boolean;
  /** The base policies that are known; a link may name another one. */
  readonly bases: readonly BaseOption[];
  /** The compute that the visitor wants. */
  readonly backendChoice: BackendChoice;
  /** What was wanted when the live runs were opened. */
  readonly openedBackend: BackendChoice;
  /** The runs will pause when the iteration in flight is done. */
  readonly isPausing: boolean;
  /** The page or its workers died again and again, so that nothing starts by itself. */
  readonly isSafeMode: boolean;
  /** Messages of the main run's worker that were not understood, or came late or twice. */
  readonly droppedMessages: number;
  readonly playback: PlaybackState;
  /** Progress of a base policy that is trained in the page; null if none is. */
  readonly pretraining: Progress | null;
  readonly notes: readonly Note[];
  readonly theme: Theme;
  /** The five panels of a run, or a view of its own. */
  readonly view: ViewName;
  /** What is open in the view: of the results an experiment, and a run of it. */
  readonly viewPath: readonly string[];
  /** The world panel covers the other panels. */
  readonly isWorldWide: boolean;
  readonly isLabOpen: boolean;
  readonly isHelpOpen: boolean;
  /** The dialog with everything that is stored in this browser. */
  readonly isSavedOpen: boolean;
  readonly update: UpdateState;
}

export const INITIAL_PAGE: PageState = {
  views: {},
  order: [],
  shownKey: null,
  liveKeys: [],
  selection: INITIAL_SELECTION,
  hand: INITIAL_HAND_PLAY,
  settings: INITIAL_SETTINGS,
  race: true,
  bases: [],
  backendChoice: "auto",
  openedBackend: "auto",
  isPausing: false,
  isSafeMode: false,
  droppedMessages: 0,
  playback: { state: "loading", position: 0, length: 0, secondsPerIteration: 1.5, sets: [], set: "", origin: "" },
  pretraining: null,
  notes: [],
  theme: "system",
  view: "run",
  viewPath: [],
  isWorldWide: false,
  isLabOpen: false,
  isHelpOpen: false,
  isSavedOpen: false,
  update: "none",
};

export const usePage = create<PageState>(() => INITIAL_PAGE);

/** Something heard of a run: events of a recording, or a message of its worker. */
export type Heard =
  | { readonly key: string; readonly events: readonly TrainingEvent[]; readonly fresh: boolean }
  | { readonly key: string; readonly message: WorkerMessage };

/** The views after everything that was heard, in order. What belongs to a run that is gone is dropped. Pure. */
export function applyHeard(views: PageState["views"], heard: readonly Heard[]): PageState["views"] {
  const next = new Map(Object.entries(views));
  for (const item of heard) {
    const view = next.get(item.key);
    if (view === undefined) continue;
    if ("message" in item) next.set(item.key, reduceMessage(view, item.message));
    else if (item.fresh) next.set(item.key, reduceView(startOver(view), item.events));
    else next.set(item.key, reduceView(view, item.events));
  }
  return Object.fromEntries(next);
}

function startOver({ key, title, run }: RunView): RunView {
  return emptyView({ key, title, source: "recorded", method: run.method, config: {} });
}

/** The run that the panels show. */
export function shownView({ views, shownKey }: PageState): RunView | null {
  return shownKey === null ? null : (views[shownKey] ?? null);
}

/** The main live run. */
export function liveView({ views, liveKeys }: PageState): RunView | null {
  const [key] = liveKeys;
  return key === undefined ? null : (views[key] ?? null);
}

const NO_EPISODES: EpisodeState = { running: new Map(), early: new Map(), iterations: [], droppedIterations: 0 };

export function shownEpisodes(state: PageState): EpisodeState {
  return shownView(state)?.episodes ?? NO_EPISODES;
}

/** The rollout that is looked at. */
export function shownRollout(state: PageState): ShownRollout | null {
  return findRollout(shownEpisodes(state), state.selection.rolloutId);
}

let nextNoteId = 1;

/** Tells the visitor something; at most four notes stay. */
export function addNote(kind: Note["kind"], text: string, action: NoteAction | null = null): void {
  const note: Note = { id: nextNoteId++, kind, text, action };
  usePage.setState(({ notes }) => ({ notes: [...notes.filter((other) => other.text !== text), note].slice(-4) }));
}

export function dismissNote(id: number): void {
  usePage.setState(({ notes }) => ({ notes: notes.filter((note) => note.id !== id) }));
}
