/** @file How fast a policy learns, reads and writes, measured the same way everywhere. */
import { Random } from "../core/base/random.ts";
import type { GenerateRequest, LossConfig, OptimizerConfig, UpdateRow } from "../core/policy/policy.ts";
import type { TransformerPolicy } from "./transformer-policy.ts";

/** Size of the work. */
export interface BenchmarkSize {
  /** Episodes decoded side by side, and rows of an update. */
  readonly episodes: number;
  /** Tokens of a row. */
  readonly rowLength: number;
  /** Tokens read at once before writing. */
  readonly promptLength: number;
  /** Tokens written by each episode. */
  readonly writtenTokens: number;
}

/** What was measured, best of the repetitions. */
export interface BenchmarkResult {
  /** Tokens of the rows (not only loss tokens) per second. */
  readonly updateTokensPerSecond: number;
  readonly languageModelTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  /** One token for each of the episodes. */
  readonly decodeStepMs: number;
}

/** Default: what one iteration of the learning recipe does. */
export const RECIPE_SIZE: BenchmarkSize = { episodes: 48, rowLength: 240, promptLength: 50, writtenTokens: 16 };

const SEED = 1;
/** One token in so many is an action token. */
const LOSS_EVERY = 5;
const OPTIMIZER: OptimizerConfig = { learningRate: 3e-4, beta1: 0.9, beta2: 0.95, weightDecay: 0, maxGradNorm: 1 };
const LOSS: LossConfig = {
  clipLow: 0.2,
  clipHigh: 0.3,
  dualClip: 10,
  minTokenLogProb: -Infinity,
  maskScope: "token",
  klCoefficient: 0,
  entropyCoefficient: 0,
  temperature: 1,
};

/**
 * Measures a policy. Changes its weights.
 *
 * @param now milliseconds of a steady clock
 * @param repetitions after one round to warm up
 */
export async function benchmarkPolicy(
  policy: TransformerPolicy,
  now: () => number,
  size: BenchmarkSize = RECIPE_SIZE,
  repetitions = 3,
): Promise<BenchmarkResult> {
  const random = Random.fromSeed(SEED);
  const tokensOf = (length: number): number[] =>
    Array.from({ length }, () => random.integer(policy.config.vocabularySize));
  const rows = Array.from({ length: size.episodes }, () => updateRow(tokensOf(size.rowLength)));
  const weighted = rows.map(({ tokens }) => ({ tokens, weights: tokens.map(() => 1) }));
  const best = async (work: () => Promise<unknown>): Promise<number> => {
    let shortest = Infinity;
    for (let round = 0; round <= repetitions; round++) {
      const start = now();
      await work();
      if (round > 0) shortest = Math.min(shortest, now() - start);
    }
    return shortest;
  };
  const rowTokens = size.episodes * size.rowLength;
  const updateMs = await best(() => policy.update(rows, LOSS, OPTIMIZER));
  const languageModelMs = await best(() => policy.languageModelStep(weighted, OPTIMIZER));
  const prompts = rows.map(({ tokens }) => tokens.slice(0, size.promptLength));
  const prefillMs = await best(() => decode(policy, prompts, 0));
  const writeMs = await best(() => decode(policy, prompts, size.writtenTokens));
  return {
    updateTokensPerSecond: (rowTokens / updateMs) * 1000,
    languageModelTokensPerSecond: (rowTokens / languageModelMs) * 1000,
    prefillTokensPerSecond: ((size.episodes * size.promptLength) / prefillMs) * 1000,
    decodeStepMs: (writeMs - prefillMs) / size.writtenTokens,
  };
}

function updateRow(tokens: readonly number[]): UpdateRow {
  const lossPositions = tokens.map((_, i) => i).filter((i) => i > 0 && i % LOSS_EVERY === 0);
  const [oldLogProbs, advantages] = [lossPositions.map(() => -6), lossPositions.map((i) => (i % 2 === 0 ? 1 : -1))];
  return { tokens, lossPositions, oldLogProbs, advantages, offPolicy: false };
}

async function decode(policy: TransformerPolicy, prompts: readonly (readonly number[])[], maxTokens: number) {
  const batch = policy.open(prompts.length);
  const requests = prompts.map((append, episode): GenerateRequest => {
    return { episode, append, maxTokens, stopTokens: [], temperature: 1, key: [SEED, episode], turn: 0 };
  });
  await batch.generate(requests);
  batch.close();
}
