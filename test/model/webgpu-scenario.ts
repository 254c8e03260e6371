/** @file A little of everything a policy does, as plain data, to be compared between backends and processes. */
import type { Completion, GenerateRequest, LanguageModelRow, UpdateRow } from "../../src/core/policy/policy.ts";
import type { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { flatWeights, lively, LOSS, OPTIMIZER, TINY } from "./backends.ts";

/** Long enough for a turn of more than one piece. */
const CONFIG = { ...TINY, contextLength: 160 };

/** What happened. */
export interface Outcome {
  readonly note: string;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly logProbs: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly before: readonly Completion[];
  readonly after: readonly Completion[];
  readonly greedy: readonly Completion[];
  /** Dispatches of a turn of several requests, if counted. */
  readonly turnDispatches: number | null;
}

const tokensOf = (length: number, step: number): number[] => Array.from({ length }, (_, i) => (i * step + 1) % 12);

const LM_ROWS: LanguageModelRow[] = [tokensOf(9, 5), tokensOf(20, 7)].map((tokens) => ({
  tokens,
  weights: tokens.map((_, i) => (i % 4 === 1 ? 0 : 1)),
}));

const ROWS: UpdateRow[] = [12, 7].map((length, r) => ({
  tokens: tokensOf(length, 5 + r),
  lossPositions: [2, 3, 6],
  oldLogProbs: [-2, -2.5, -2],
  advantages: [1, -1, 0.5],
  offPolicy: r === 1,
}));

function request(episode: number, append: readonly number[], partial: Partial<GenerateRequest> = {}): GenerateRequest {
  return { episode, append, maxTokens: 5, stopTokens: [11], temperature: 0.8, key: [3, episode], turn: 0, ...partial };
}

/** Decodes, scores and learns on the current backend. */
export async function runScenario(countDispatches: (() => number) | null): Promise<Outcome> {
  const policy = await lively(CONFIG, 8);
  await policy.setBase();
  const note = await policy.describeDecoding();
  const batch = policy.open(4);
  const before = await turns(batch);
  const start = countDispatches?.() ?? 0;
  before.push(...(await batch.generate([request(0, [4], { turn: 5 }), request(3, [5, 6], { turn: 5 })])));
  const turnDispatches = countDispatches === null ? null : countDispatches() - start;
  const learned = await policy.languageModelStep(LM_ROWS, OPTIMIZER);
  const config = { ...LOSS, klCoefficient: 0.1, entropyCoefficient: 0.05, temperature: 0.9 };
  const updates = [await policy.update(ROWS, config, OPTIMIZER), await policy.update(ROWS, config, OPTIMIZER)];
  const logProbs = await policy.logProbs(
    LM_ROWS.map(({ tokens }) => ({ tokens, positions: [1, 4, 8] })),
    0.7,
  );
  const fresh = policy.open(2);
  const after = await fresh.generate([request(1, [1, 2, 3])]);
  const greedy = await fresh.generate([request(0, [7, 7], { temperature: 0, maxTokens: 3 })]);
  for (const open of [batch, fresh]) open.close();
  const weights = [...flatWeights(await policy.save())];
  policy.dispose();
  const [losses, norms] = [
    [learned.loss, ...updates.map(({ loss }) => loss)],
    [learned.gradNorm, ...updates.map(({ gradNorm }) => gradNorm)],
  ];
  return { note, losses, norms, logProbs, weights, before, after, greedy, turnDispatches };
}

/** Ragged reads, episodes that sit out, reading only, writing at once, a turn longer than one piece, taking back. */
async function turns(batch: ReturnType<TransformerPolicy["open"]>): Promise<Completion[]> {
  const long = tokensOf(70, 5);
  return [
    ...(await batch.generate([request(2, [1, 2, 3, 4]), request(0, [5], { maxTokens: 1 })])),
    ...(await batch.generate([
      request(1, long, { turn: 1, maxTokens: 66, stopTokens: [] }),
      request(2, [6], { turn: 1 }),
    ])),
    ...(await batch.generate([request(3, [1, 1, 1], { maxTokens: 0 }), request(0, [9, 8], { turn: 2 })])),
    ...(await batch.generate([request(3, [], { turn: 3 }), request(2, [], { turn: 3 })])),
    // Taken back into what was read in another turn, with something new and with nothing after it.
    ...(await batch.generate([request(1, [3], { turn: 4, forget: 40 }), request(0, [], { turn: 4, forget: 1 })])),
  ];
}
