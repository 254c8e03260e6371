/** @file The operations that are timed, as calls of a policy. */
import { createEnv, taskSpec } from "../../src/core/envs/registry.ts";
import { Random } from "../../src/core/base/random.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import type { GenerateRequest, LossConfig, OptimizerConfig, Policy, UpdateRow } from "../../src/core/policy/policy.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../src/core/training/run-config.ts";
import { rehearsalRows } from "../../src/runtime/rehearsal.ts";
import { TrainingSession } from "../../src/core/training/session.ts";
import { type Operation, type Sample, TURN_TOKENS, type Work } from "./results.ts";

const SEED = 1;
/** One token in so many is an action token. */
const LOSS_EVERY = 5;
const OPTIMIZER: OptimizerConfig = { learningRate: 3e-4, beta1: 0.9, beta2: 0.95, weightDecay: 0, maxGradNorm: 1 };
const LOSS: LossConfig = {
  ...{ clipLow: 0.2, clipHigh: 0.3, dualClip: 10, minTokenLogProb: -Infinity, maskScope: "token" },
  ...{ klCoefficient: 0, entropyCoefficient: 0, temperature: 1 },
};
const GROUP_SIZE = 8;
const CLOCK = { now: (): number => performance.now() };

type Timed = Omit<Sample, "counts">;

type Perform = (policy: Policy, work: Work, onStart: () => unknown) => Promise<Timed>;

const PERFORM: Readonly<Record<Operation, Perform>> = { update, prefill, decode, iteration };

/** Does the work once and says how long it took, without what comes before `onStart`. */
export const perform: Perform = (policy, work, onStart) => PERFORM[work.operation](policy, work, onStart);

async function update(policy: Policy, { batch, length }: Work, onStart: () => unknown): Promise<Timed> {
  const rows = Array.from({ length: batch }, (_, r) => updateRow(tokensOf(policy, length + 1, r)));
  onStart();
  const start = performance.now();
  await policy.update(rows, LOSS, OPTIMIZER);
  return { ms: performance.now() - start, tokens: batch * length };
}

/** Reads and writes one token, because only an answer tells that all was read. */
async function prefill(policy: Policy, { batch, length }: Work, onStart: () => unknown): Promise<Timed> {
  const open = policy.open(batch);
  const reading = requests(policy, batch, { length, maxTokens: 1, turn: 0 });
  onStart();
  const start = performance.now();
  await open.generate(reading);
  const ms = performance.now() - start;
  open.close();
  return { ms, tokens: batch * length };
}

/** Milliseconds and tokens of a turn, divided by its tokens. */
async function decode(policy: Policy, { batch, length }: Work, onStart: () => unknown): Promise<Timed> {
  const open = policy.open(batch);
  await open.generate(requests(policy, batch, { length, maxTokens: 1, turn: 0 }));
  const writing = requests(policy, batch, { length: 0, maxTokens: TURN_TOKENS, turn: 1 });
  onStart();
  const start = performance.now();
  await open.generate(writing);
  const ms = performance.now() - start;
  open.close();
  return { ms: ms / TURN_TOKENS, tokens: batch };
}

/** The teaching world with the playground's settings, with so many episodes; the first iteration of a run. */
async function iteration(policy: Policy, { batch }: Work, onStart: () => unknown): Promise<Timed> {
  const config = iterationConfig(batch);
  const before = await policy.save();
  let tokens = 0;
  const session = await TrainingSession.create({
    ...{ policy, config, clock: CLOCK, createEnv, taskSpec, rehearsalRows, backend: "bench" },
    emit: (event: TrainingEvent) => {
      if (event.type === "iterationFinished") tokens = event.summary.tokenCount;
    },
  });
  onStart();
  const start = performance.now();
  await session.runIteration();
  const ms = performance.now() - start;
  await policy.load(before);
  return { ms, tokens };
}

/** Settings of an iteration of so many episodes, with nothing measured beside it. */
export function iterationConfig(episodes: number): RunConfig {
  const groups = Math.max(1, Math.round(episodes / GROUP_SIZE));
  const size = { groupSize: GROUP_SIZE, tasksPerIteration: groups, trainVariations: Math.min(groups, 5) };
  return { ...DEFAULT_CONFIG, ...size, iterations: 1000, evaluateEvery: 0, measureKlEvery: 0 };
}

function tokensOf(policy: Policy, length: number, stream: number): number[] {
  const random = Random.fromSeed(SEED).fork(`tokens ${stream}`);
  return Array.from({ length }, () => random.integer(policy.config.vocabularySize));
}

function updateRow(tokens: readonly number[]): UpdateRow {
  const last = tokens.length - 1;
  const lossPositions = tokens.map((_, i) => i).filter((i) => i > 0 && (i % LOSS_EVERY === 0 || i === last));
  const [oldLogProbs, advantages] = [lossPositions.map(() => -6), lossPositions.map((i) => (i % 2 === 0 ? 1 : -1))];
  return { tokens, lossPositions, oldLogProbs, advantages, offPolicy: false };
}

function requests(
  policy: Policy,
  batch: number,
  { length, maxTokens, turn }: { readonly length: number; readonly maxTokens: number; readonly turn: number },
): GenerateRequest[] {
  return Array.from({ length: batch }, (_, episode): GenerateRequest => {
    const append = tokensOf(policy, length, 1000 * turn + episode);
    return { episode, append, maxTokens, stopTokens: [], temperature: 1, key: [SEED, episode], turn };
  });
}
