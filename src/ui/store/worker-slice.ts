/** @file How a live run's worker is doing, folded from its messages. */
import type { BackendName, IterationProfile, Progress, WorkerMessage } from "../../protocol/messages.ts";

export interface WorkerState {
  /** `elsewhere`: another tab trains the run. */
  readonly state: "starting" | "running" | "paused" | "finished" | "failed" | "elsewhere";
  /** The run was here before it went on in another tab. */
  readonly wasTaken: boolean;
  readonly progress: Progress | null;
  readonly backend: BackendName | null;
  /** One sentence: which backend and why. */
  readonly backendReason: string;
  /** WebGPU runs in software here; WebAssembly is faster. */
  readonly isEmulated: boolean;
  /** Where the time of the iteration in flight or of the last one goes. */
  readonly profile: IterationProfile | null;
  readonly saved: {
    readonly iteration: number;
    /** When, milliseconds since 1970; null if it was before the run was opened here. */
    readonly at: number | null;
    readonly error: string | null;
  } | null;
  /** A newer version of the page has taken the database. */
  readonly isOutdated: boolean;
  readonly error: string | null;
  /** Why the run paused by itself; null once it goes on. */
  readonly halt: Pick<HaltedMessage, "iteration" | "kind" | "reason"> | null;
}

type HaltedMessage = Extract<WorkerMessage, { readonly type: "halted" }>;

export const INITIAL_WORKER: WorkerState = {
  state: "starting",
  wasTaken: false,
  progress: null,
  backend: null,
  backendReason: "",
  isEmulated: false,
  profile: null,
  saved: null,
  isOutdated: false,
  error: null,
  halt: null,
};

/** The next state of the worker after one message. Pure; answers to requests change nothing. */
export function reduceWorker(state: WorkerState, message: WorkerMessage): WorkerState {
  switch (message.type) {
    case "backend":
      return {
        ...state,
        backend: message.backend,
        backendReason: message.reason,
        isEmulated: message.isEmulated,
      };
    case "progress":
      return { ...state, progress: message.progress };
    case "profile":
      return { ...state, profile: message.profile };
    case "state":
      return {
        ...state,
        state: message.state,
        progress: null,
        error: null,
        halt: message.state === "running" ? null : state.halt,
      };
    case "halted": {
      const { iteration, kind, reason } = message;
      return { ...state, halt: { iteration, kind, reason } };
    }
    case "saved":
      return { ...state, saved: { iteration: message.iteration, at: message.at, error: message.error } };
    case "storage":
      return message.incident === "outdated" ? { ...state, isOutdated: true } : state;
    case "failed":
      if (message.requestId !== null) return state;
      return { ...state, state: "failed", progress: null, error: message.error.message };
    case "elsewhere":
      return { ...state, state: "elsewhere", wasTaken: message.taken, progress: null, error: null };
    case "pong":
    case "changed":
    case "trial":
    case "events":
    case "tips":
    case "inspected":
    case "checkpoint":
      return state;
  }
}
