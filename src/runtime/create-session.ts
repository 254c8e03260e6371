/** @file Composition root of a run: the transformer, the worlds and the session, the same in Node and browser. */
import type { Clock } from "../core/base/clock.ts";
import { createEnv, taskSpec } from "../core/envs/registry.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { PolicyState } from "../core/policy/policy.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { TrainingSession, type SessionCheckpoint } from "../core/training/session.ts";
import { decodePolicyState, encodePolicyState } from "../model/checkpoint.ts";
import { TransformerPolicy } from "../model/transformer-policy.ts";
import { withFreshOptimizer } from "./base-file.ts";
import { rehearsalRows } from "./rehearsal.ts";

/** What a run is made from. */
export interface RunParts {
  /** The base policy's safetensors file. */
  readonly baseFile: Uint8Array;
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly emit: (event: TrainingEvent) => void;
  /** Name of the backend in use, for the record. */
  readonly backend: string;
  /** Where to go on; null for a new run. */
  readonly checkpoint: SessionCheckpoint | null;
}

/** A run and the policy it owns. */
export interface CreatedRun {
  readonly session: TrainingSession;
  readonly policy: TransformerPolicy;
}

/**
 * The state in a base policy's file, with fresh optimizer moments.
 *
 * @throws {CheckpointError} if the file is damaged
 */
export function basePolicyState(baseFile: Uint8Array): PolicyState {
  return withFreshOptimizer(decodePolicyState(baseFile));
}

/**
 * The weights alone of a base policy's file or of a run's checkpoint, as a base policy's file.
 *
 * @throws {CheckpointError} if the file is damaged
 */
export function asBaseFile(file: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodePolicyState({ ...decodePolicyState(file), optimizer: { step: 0, first: new Map(), second: new Map() } });
}

/**
 * A policy of this state on the current backend. Dispose it afterwards.
 *
 * @param onHalved called with a sentence when the device has no memory for a whole batch and gets half of it
 */
export function createPolicy(state: PolicyState, onHalved?: (sentence: string) => void): Promise<TransformerPolicy> {
  return TransformerPolicy.fromState(state, { onHalved });
}

/**
 * A run on the current backend. Dispose the policy afterwards.
 *
 * @throws {ConfigError} if the configuration names something that does not exist
 * @throws {CheckpointError} if the base file or the checkpoint is damaged
 */
export async function createRun({ baseFile, checkpoint, ...parts }: RunParts): Promise<CreatedRun> {
  const onHalved = (text: string): void =>
    parts.emit({ type: "incident", iteration: session?.iteration ?? 0, kind: "halfBatch", text });
  let session: TrainingSession | null = null;
  const policy = await createPolicy(basePolicyState(baseFile), onHalved);
  const dependencies = { ...parts, policy, createEnv, taskSpec, rehearsalRows };
  try {
    session = await (checkpoint === null
      ? TrainingSession.create(dependencies)
      : TrainingSession.restore(dependencies, checkpoint));
    return { session, policy };
  } catch (error) {
    policy.dispose();
    throw error;
  }
}
