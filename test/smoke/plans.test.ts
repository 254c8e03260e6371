/** @file Every plan in small: each of its arms is begun, played, learned and evaluated once, with a tiny policy. */
import { beforeAll, describe, expect, it } from "vitest";
import { startNodeBackend } from "../../src/cli/node-backend.ts";
import { Random } from "../../src/core/base/random.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import type { RunConfig } from "../../src/core/training/run-config.ts";
import type { Experiment } from "../../src/experiments/planned-runs.ts";
import { EXPERIMENTS } from "../../src/experiments/plans.ts";
import { NEW_TASKS, newTaskExperiments, TABLE_EXPERIMENTS } from "../../src/experiments/task-plans.ts";
import { encodePolicyState } from "../../src/model/checkpoint.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { createRun } from "../../src/runtime/create-session.ts";

const TINY = { vocabularySize: 512, width: 8, layers: 1, heads: 2, contextLength: 384 };
let baseFile: Uint8Array;

beforeAll(async () => {
  await startNodeBackend("wasm");
  const base = TransformerPolicy.create(TINY, Random.fromSeed(1));
  baseFile = encodePolicyState(await base.save());
  base.dispose();
});

/** The plan's settings, as little of everything as goes. */
function inSmall(config: RunConfig): RunConfig {
  return {
    ...config,
    iterations: 1,
    trainVariations: 1,
    tasksPerIteration: 1,
    groupSize: 2,
    maxActionTokens: 3,
    maxTipTokens: 4,
    entropyCoefficient: 0.05,
    evaluateEvery: 0,
    evaluationEpisodes: 1,
    evaluationVariations: 4,
    candidateActions: 2,
  };
}

/** What the runs of an experiment differ in, seeds and houses aside: one of each in small. */
function kindsOf({ runs }: Experiment): RunConfig[] {
  const kinds = runs.map(({ config }) => ({ ...inSmall(config), base: "tiny", house: runs[0]!.config.house, seed: 1 }));
  return [...new Map(kinds.map((config) => [JSON.stringify(config), config])).values()];
}

const begun = new Set<string>();

async function runInSmall(config: RunConfig): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  const parts = { baseFile, config, clock: { now: () => 0 }, backend: "wasm", checkpoint: null };
  const { session, policy } = await createRun({ ...parts, emit: (event) => events.push(event) });
  try {
    while (!session.isFinished) await session.runIteration();
    await session.finish();
  } finally {
    policy.dispose();
  }
  return events;
}

const PLANS = new Map(
  [...EXPERIMENTS, ...TABLE_EXPERIMENTS, ...newTaskExperiments(NEW_TASKS)].map((plan) => [plan.id, plan]),
);

describe("a run of each arm, in small", () => {
  it.each([...PLANS])("%s", { timeout: 300_000 }, async (_id, plan) => {
    for (const config of kindsOf(plan)) {
      const key = JSON.stringify(config);
      if (begun.has(key)) continue;
      begun.add(key);
      const events = await runInSmall(config);
      const last = events.at(-1);
      expect(last).toMatchObject({ type: "runFinished", iteration: 1 });
      if (last?.type === "runFinished") expect(Number.isFinite(last.heldOutReturn)).toBe(true);
    }
  });
});
