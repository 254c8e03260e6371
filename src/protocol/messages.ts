/**
 * @file Everything page and worker say to each other. Two unions are the whole contract; a missing case does not
 * compile. Each run message names its run, so that a late message of a stopped run is recognised.
 */
import type { EvaluationRecord, TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";

/** Which compute a run uses. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** Which compute a person wants; `auto` is the fastest kind that works. */
export type BackendChoice = BackendName | "auto";

/** A change of the memory made by a person. */
export type TipEdit =
  | { readonly type: "delete"; readonly tipId: number }
  | { readonly type: "pin"; readonly tipId: number; readonly pinned: boolean }
  | { readonly type: "rewrite"; readonly tipId: number; readonly text: string }
  | { readonly type: "add"; readonly bucket: string; readonly text: string; readonly score: number }
  /** Puts tips back as they were: what undoes `delete` and `clear`. */
  | { readonly type: "restore"; readonly tips: readonly Tip[] }
  | { readonly type: "clear" };

/** A policy to be tried: a base policy with some settings, or the run of a checkpoint file with its own. */
export type TriedPolicy =
  { readonly type: "base"; readonly config: RunConfig } | { readonly type: "checkpoint"; readonly bytes: ArrayBuffer };

/** Which policies are tried on which task, and how often. */
export interface PolicyTrials {
  readonly policies: readonly TriedPolicy[];
  readonly task: string;
  readonly preset: string;
  readonly house: number;
  readonly seed: number;
  readonly trials: number;
  /** Per variation and trial. */
  readonly episodes: number;
}

/** Page → worker. */
export type WorkerCommand =
  /** Starts a run, or goes on with it from its last commit if the database has one and `fresh` is false. */
  | {
      readonly type: "start";
      readonly runId: string;
      readonly config: RunConfig;
      readonly fresh: boolean;
      readonly backend: BackendChoice;
      /** False only loads and shows the run; `resume` then goes on. */
      readonly autoRun: boolean;
      /** False keeps the run in the worker's memory: it is gone with the worker and takes no room on the disk. */
      readonly isKept: boolean;
      /** If another tab trains the run, it is asked to commit and let go; otherwise the answer is `elsewhere`. */
      readonly takeOver: boolean;
    }
  /** Answered by `pong` as soon as the worker comes to it, whatever else it does. */
  | { readonly type: "ping"; readonly runId: string }
  | { readonly type: "pause"; readonly runId: string }
  | { readonly type: "resume"; readonly runId: string }
  /** One iteration, then pause. */
  | { readonly type: "step"; readonly runId: string }
  | { readonly type: "setConfig"; readonly runId: string; readonly changes: Partial<RunConfig> }
  | { readonly type: "editTip"; readonly runId: string; readonly edit: TipEdit }
  /** Next-token probabilities of one rollout's action, with and without its tips. */
  | {
      readonly type: "inspect";
      readonly runId: string;
      readonly requestId: number;
      readonly rolloutId: string;
      readonly turn: number;
    }
  | { readonly type: "exportCheckpoint"; readonly runId: string; readonly requestId: number }
  /** Opens the run of a checkpoint file, paused; a worker of its own gets nothing else before. */
  | {
      readonly type: "importCheckpoint";
      readonly runId: string;
      readonly requestId: number;
      readonly backend: BackendChoice;
      readonly bytes: ArrayBuffer;
    }
  /** Tries frozen policies on a task, with memory and without; answered by `trial` again and again. `pause` ends it. */
  | ({ readonly type: "tryPolicies"; readonly runId: string; readonly backend: BackendChoice } & PolicyTrials)
  /** Trains a small base policy in the page. */
  | {
      readonly type: "pretrain";
      readonly runId: string;
      readonly seed: number;
      readonly tokens: number;
      readonly backend: BackendChoice;
    };

/** One token the policy could write. */
export interface TokenChoice {
  readonly word: string;
  readonly probability: number;
}

/** One token of an action: what was written and what else was likely, with and without tips. */
export interface InspectedToken {
  readonly word: string;
  readonly withTips: { readonly probability: number; readonly top: readonly TokenChoice[] };
  readonly withoutTips: { readonly probability: number; readonly top: readonly TokenChoice[] };
}

/** What the policy is asked for: to write, to score what was written, to learn, or something beside. */
export type CallKind = "writing" | "scoring" | "learning" | "other";

/** What was asked of a graphics device. */
export interface DeviceCalls {
  readonly dispatches: number;
  readonly submits: number;
  readonly readBacks: number;
  readonly pipelines: number;
  /** Bytes of buffers made. */
  readonly bytes: number;
}

/** All calls of one kind in an iteration. */
export interface CallProfile {
  readonly kind: CallKind;
  readonly count: number;
  readonly ms: number;
  /** Null without WebGPU. */
  readonly device: DeviceCalls | null;
}

/** Where an iteration's time goes, evaluation included; what is left of `wallMs` is not the policy's. */
export interface IterationProfile {
  readonly iteration: number;
  readonly isDone: boolean;
  readonly wallMs: number;
  readonly calls: readonly CallProfile[];
}

/** An error as data. */
export interface WireError {
  readonly name: string;
  readonly message: string;
}

/** Something that takes more than a moment. */
export interface Progress {
  readonly stage: "loading" | "backend" | "compiling" | "pretraining" | "trying";
  /** 0…1, or null when it cannot be known. */
  readonly fraction: number | null;
  /** Estimate of the time left, milliseconds, or null. */
  readonly remainingMs: number | null;
  readonly text: string;
}

/**
 * What can happen to stored data: a checkpoint did not fit its hash and an older one is used; the browser cleared the
 * data and the run was written again from memory; a newer version of the page took the database and the run is paused.
 */
export type StorageIncident = "damaged" | "cleared" | "outdated";

/** Worker → page. Messages of one run arrive in order. */
export type WorkerMessage =
  | { readonly type: "pong"; readonly runId: string }
  /** So many of the page's changes (`setConfig`, `editTip`) are carried out and stored, or refused, by this worker. */
  | { readonly type: "changed"; readonly runId: string; readonly count: number }
  | {
      readonly type: "backend";
      readonly runId: string;
      readonly backend: BackendName;
      readonly reason: string;
      /** WebGPU runs in software here; WebAssembly is faster. */
      readonly isEmulated: boolean;
    }
  | { readonly type: "progress"; readonly runId: string; readonly progress: Progress | null }
  /** Told while an iteration runs and when it is done. */
  | { readonly type: "profile"; readonly runId: string; readonly profile: IterationProfile }
  | { readonly type: "state"; readonly runId: string; readonly state: "running" | "paused" | "finished" }
  /** The run was paused by itself after so many finished iterations, and why; `resume` goes on. */
  | {
      readonly type: "halted";
      readonly runId: string;
      readonly iteration: number;
      readonly kind: "notFinite" | "alarm";
      readonly reason: string;
    }
  /** Another tab trains the run: `taken` if it was this one before. Nothing more comes of the run here. */
  | { readonly type: "elsewhere"; readonly runId: string; readonly taken: boolean }
  /** `replay` is true for the stored history sent after a resume. */
  | {
      readonly type: "events";
      readonly runId: string;
      readonly events: readonly TrainingEvent[];
      readonly replay: boolean;
    }
  | { readonly type: "tips"; readonly runId: string; readonly tips: readonly Tip[] }
  /** A trial is done; `record.iteration` is the trial. */
  | {
      readonly type: "trial";
      readonly runId: string;
      /** Place in the command's list. */
      readonly policy: number;
      readonly record: EvaluationRecord;
    }
  /** The run is safe in the database up to this iteration; `error` says why nothing later is. */
  | {
      readonly type: "saved";
      readonly runId: string;
      readonly iteration: number;
      /** When it was saved, milliseconds since 1970; null if nothing was saved since the run was opened. */
      readonly at: number | null;
      readonly error: string | null;
    }
  /** What happened to the stored run: see {@link StorageIncident}. */
  | { readonly type: "storage"; readonly runId: string; readonly incident: StorageIncident; readonly text: string }
  | {
      readonly type: "inspected";
      readonly runId: string;
      readonly requestId: number;
      readonly tokens: readonly InspectedToken[];
    }
  | {
      readonly type: "checkpoint";
      readonly runId: string;
      readonly requestId: number;
      /** Iterations done in it. */
      readonly iteration: number;
      readonly bytes: ArrayBuffer;
    }
  /** An answer to a request that failed, or with `requestId` null a run that stopped. */
  | { readonly type: "failed"; readonly runId: string; readonly requestId: number | null; readonly error: WireError };

/** How a message crosses the worker's port: numbered from 0, so that one that comes late or twice is recognised. */
export interface WorkerEnvelope {
  readonly sequence: number;
  readonly message: WorkerMessage;
}

/** An error as it crosses the worker's port. */
export function toWireError(error: unknown): WireError {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}
