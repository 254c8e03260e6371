/** @file What the worker's host is given by the browser, or by a test. */
import type { EvaluationRecord, TrainingEvent } from "../core/events/training-event.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { SessionCheckpoint } from "../core/training/session.ts";
import type { BackendChoice, IterationProfile, PolicyTrials, Progress } from "../protocol/messages.ts";
import type { RunStore } from "../storage/run-store.ts";
import type { LockRequest } from "./browser-lock.ts";
import type { OpenedRun } from "./hosted-run.ts";
import type { OutboxPorts } from "./outbox.ts";

/** What is needed to put a run on a device. */
export interface OpenRequest {
  readonly config: RunConfig;
  /** Where to go on; null for a new run. */
  readonly checkpoint: SessionCheckpoint | null;
  readonly backend: BackendChoice;
  readonly emit: (event: TrainingEvent) => void;
  readonly onProgress: (progress: Progress | null) => void;
  /** Called with a sentence when the device gets half a batch at a time from then on. */
  readonly onHalved: (sentence: string) => void;
  /** Told while an iteration runs and when it is done. */
  readonly onProfile: (profile: IterationProfile) => void;
}

/** What the host is given by the browser, or by a test. */
export interface RunHostPorts extends OutboxPorts {
  readonly store: RunStore;
  /** Makes this the only tab that trains the run; null if another one does. */
  lock(runId: string, request: LockRequest): Promise<(() => void) | null>;
  openRun(request: OpenRequest): Promise<OpenedRun>;
  /** Trains a base policy and keeps it, unless it ended early. */
  pretrain(request: PretrainRequest): Promise<void>;
  /** Tries policies one after the other, unless it ended early. */
  tryPolicies(request: TrialsRequest): Promise<void>;
}

/** Policies to be tried on a task here. */
export interface TrialsRequest extends PolicyTrials {
  readonly backend: BackendChoice;
  readonly onProgress: (progress: Progress | null) => void;
  readonly onTrial: (policy: number, record: EvaluationRecord) => void;
  readonly goesOn: () => boolean;
}

/** A base policy to be trained here. */
export interface PretrainRequest {
  readonly seed: number;
  readonly tokens: number;
  readonly backend: BackendChoice;
  readonly onProgress: (progress: Progress) => void;
  readonly goesOn: () => boolean;
}
