import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNodeBackend } from "../../src/cli/node-backend.ts";
import { ALGORITHMS } from "../../src/core/algorithms/registry.ts";
import { Random } from "../../src/core/base/random.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import { parseRunConfig } from "../../src/core/training/config-parsing.ts";
import type { RunConfig } from "../../src/core/training/run-config.ts";
import type { SessionCheckpoint } from "../../src/core/training/session.ts";
import { encodePolicyState } from "../../src/model/checkpoint.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { createRun } from "../../src/runtime/create-session.ts";
import { decodeSessionFile, encodeSessionFile } from "../../src/runtime/session-file.ts";

const TINY = { vocabularySize: 512, width: 16, layers: 1, heads: 2, contextLength: 384 };

/** The smallest run in the smallest world; the entropy bonus makes every row count, although nobody scores anything. */
const CONFIG = parseRunConfig({
  task: "teaching-power-component",
  iterations: 2,
  trainVariations: 1,
  tasksPerIteration: 1,
  groupSize: 3,
  maxActionTokens: 4,
  maxTipTokens: 6,
  memoryRolloutProbability: 0.6,
  minSimilarity: 0,
  entropyCoefficient: 0.05,
  measureKlEvery: 1,
  learningRate: 1e-3,
  evaluateEvery: 0,
  evaluationEpisodes: 1,
});

/** Methods whose weights stay as they are. */
const FIXED_WEIGHTS = ["naive", "reflexion", "retrospex"];

let baseFile: Uint8Array;
const policies: TransformerPolicy[] = [];

beforeAll(async () => {
  await startNodeBackend("wasm");
  const base = TransformerPolicy.create(TINY, Random.fromSeed(1));
  baseFile = encodePolicyState(await base.save());
  base.dispose();
});

afterAll(() => {
  for (const policy of policies) policy.dispose();
});

async function start(
  changes: Partial<RunConfig>,
  events: TrainingEvent[],
  checkpoint: SessionCheckpoint | null = null,
) {
  const { session, policy } = await createRun({
    baseFile,
    config: { ...CONFIG, ...changes },
    clock: { now: () => performance.now() },
    emit: (event) => events.push(event),
    backend: "wasm",
    checkpoint,
  });
  policies.push(policy);
  return session;
}

async function run(method: string): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  const session = await start({ method }, events);
  while (!session.isFinished) await session.runIteration();
  await session.finish();
  return events;
}

function finished(events: readonly TrainingEvent[]) {
  const last = events.at(-1);
  if (last?.type !== "runFinished") throw new Error("the run did not finish");
  return last;
}

describe.each(ALGORITHMS.map(({ id, title }) => ({ id, title })))("$title on the transformer", ({ id }) => {
  const learns = !FIXED_WEIGHTS.includes(id);

  it("runs two iterations with finite numbers and events in order", async () => {
    const events = await run(id);
    const order = events.map(({ type }) => type).filter((type) => !["turnTaken", "tipsRetrieved"].includes(type));
    const iteration = [
      ...["iterationStarted", "phaseStarted"],
      ...(learns ? ["phaseStarted", "policyUpdated"] : []),
      "rolloutsFinished",
    ];
    const evaluations = new Array<string>(id === "reflexion" ? 10 : 1).fill("evaluated");
    expect(order).toEqual([
      "runStarted",
      ...iteration,
      "iterationFinished",
      ...iteration,
      ...["phaseStarted", ...evaluations],
      "iterationFinished",
      "runFinished",
    ]);
    const summaries = events.flatMap((event) => (event.type === "iterationFinished" ? [event.summary] : []));
    for (const { update, tokenCount, meanReturn } of summaries) {
      expect(tokenCount).toBeGreaterThan(0);
      expect(Number.isFinite(meanReturn)).toBe(true);
      expect(update !== null).toBe(learns);
      for (const value of Object.values(update ?? {})) expect(Number.isFinite(value)).toBe(true);
    }
    if (learns) expect(summaries[1]!.update!.klToBase).toBeGreaterThan(0);
  });

  it("does the same again from the same seed", async () => {
    const [first, second] = [finished(await run(id)), finished(await run(id))];
    expect(second).toEqual(first);
    expect(first.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

it("methods that do not learn keep the base policy's weights, the others do not", async () => {
  const hashOf = async (id: string) => finished(await run(id)).weightsHash;
  const fixed = await Promise.all(FIXED_WEIGHTS.map(hashOf));
  const learning = ALGORITHMS.filter(({ id }) => !FIXED_WEIGHTS.includes(id));
  const learned = await Promise.all(learning.map(({ id }) => hashOf(id)));
  expect(new Set(fixed).size).toBe(1);
  // Nobody scores anything in this world, so that methods without tips differ in nothing but their name.
  expect(new Set([fixed[0], ...learned]).size).toBeGreaterThan(2);
  for (const hash of learned) expect(hash).not.toBe(fixed[0]);
});

it("a run that goes through a file after every iteration ends as if nothing had happened", async () => {
  const changes = { method: "empo2", iterations: 3, minibatches: 2 };
  const whole: TrainingEvent[] = [];
  const uninterrupted = await start(changes, whole);
  while (!uninterrupted.isFinished) await uninterrupted.runIteration();
  await uninterrupted.finish();
  const parts: TrainingEvent[] = [];
  let session = await start(changes, parts);
  while (!session.isFinished) {
    await session.runIteration();
    const file = encodeSessionFile(await session.checkpoint());
    session = await start({ ...changes, seed: 99 }, parts, decodeSessionFile(file));
  }
  await session.finish();
  expect(finished(parts)).toEqual(finished(whole));
});
