/** @file A session on scripted worlds and a table, with its events. */
import type { TaskRef, TaskSpec } from "../../../src/core/envs/env.ts";
import type { TrainingEvent } from "../../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../../src/core/training/run-config.ts";
import {
  TrainingSession,
  type SessionCheckpoint,
  type SessionDependencies,
} from "../../../src/core/training/session.ts";
import { SCRIPTED_SPEC, ScriptedEnv, twoDoors } from "../../support/scripted-env.ts";
import type { TabularPolicy } from "../../support/tabular-policy.ts";
import { doorPolicy } from "../algorithms/algorithm-fixtures.ts";

/** Four short iterations of two tasks with four rollouts, evaluated at every second. */
export const SMALL: RunConfig = {
  ...DEFAULT_CONFIG,
  task: "scripted",
  preset: "none",
  house: 0,
  iterations: 4,
  trainVariations: 2,
  tasksPerIteration: 2,
  groupSize: 4,
  memoryRolloutProbability: 0.5,
  maxActionTokens: 2,
  maxTipTokens: 3,
  minSimilarity: 0.1,
  evaluateEvery: 2,
  evaluationEpisodes: 2,
  measureKlEvery: 1,
};

/** The doors of every variation; in the test split the blue one pays less. */
export function doorsOf(task: TaskRef): ScriptedEnv {
  const script = twoDoors();
  const isTest = SCRIPTED_SPEC.splits.test.includes(task.variation);
  const answer: typeof script.answer = (action, turn) => {
    const { score, ...rest } = script.answer(action, turn);
    return score === undefined ? rest : { ...rest, score: isTest && score === 100 ? 60 : score };
  };
  return new ScriptedEnv({ ...script, answer }, task);
}

/** A running session and what it told. */
export interface Run {
  readonly session: TrainingSession;
  readonly policy: TabularPolicy;
  readonly events: TrainingEvent[];
}

/** What differs from the usual session. */
export interface RunParts {
  readonly config?: Partial<RunConfig>;
  readonly policy?: TabularPolicy;
  readonly spec?: TaskSpec;
  readonly createEnv?: SessionDependencies["createEnv"];
  readonly checkpoint?: SessionCheckpoint;
  readonly clock?: SessionDependencies["clock"];
  readonly rehearsalRows?: SessionDependencies["rehearsalRows"];
}

function noRows(): never {
  throw new Error("a run without rehearsal asked for rows");
}

/** Starts a run, or goes on with one. */
export async function startRun(parts: RunParts = {}): Promise<Run> {
  const { policy = doorPolicy(1.5), spec = SCRIPTED_SPEC, createEnv = doorsOf, checkpoint } = parts;
  const events: TrainingEvent[] = [];
  const dependencies: SessionDependencies = {
    policy,
    config: { ...SMALL, ...parts.config },
    clock: parts.clock ?? { now: () => 0 },
    emit: (event) => events.push(event),
    createEnv,
    taskSpec: () => spec,
    backend: "table",
    rehearsalRows: parts.rehearsalRows ?? noRows,
  };
  const session = await (checkpoint === undefined
    ? TrainingSession.create(dependencies)
    : TrainingSession.restore(dependencies, checkpoint));
  return { session, policy, events };
}

/** Runs to the end. */
export async function finishRun({ session }: Run): Promise<void> {
  while (!session.isFinished) await session.runIteration();
  await session.finish();
}

type EventOf<Type> = Extract<TrainingEvent, { readonly type: Type }>;

/** The events of one type. */
export function eventsOf<Type extends TrainingEvent["type"]>(run: Run, type: Type): EventOf<Type>[] {
  return run.events.filter((event): event is EventOf<Type> => event.type === type);
}
