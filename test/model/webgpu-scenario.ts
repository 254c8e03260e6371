/** @file A little of everything a policy does, as plain data, to be compared between backends and processes. */
import type {
  Completion,
  GenerateRequest,
  LanguageModelRow,
  ModelConfig,
  UpdateRow,
} from "../../src/core/policy/policy.ts";
import type { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { type Counts, countsBetween } from "../support/webgpu-counts.ts";
import { flatWeights, lively, LOSS, OPTIMIZER, TINY } from "./backends.ts";

/** Sizes that the update plan does not take. Long enough for a turn of more than one piece. */
export const UNSUITED: ModelConfig = { ...TINY, contextLength: 160 };
/** Sizes that it takes. */
export const SUITED: ModelConfig = { vocabularySize: 16, width: 16, layers: 3, heads: 2, contextLength: 160 };

/** As the base of all tasks has them: heads and a width that divide no power of two. */
export const THREE_HEADS: ModelConfig = { vocabularySize: 16, width: 48, layers: 2, heads: 3, contextLength: 160 };

/** What happened. */
export interface Outcome {
  /** How the policy decodes and learns. */
  readonly note: string;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly logProbs: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly before: readonly Completion[];
  readonly after: readonly Completion[];
  readonly greedy: readonly Completion[];
  /** First moments after the first step: the gradient, scaled. */
  readonly moments: readonly number[];
  /** Of an update with more positions than one pass of the update plan takes, if the plan takes the sizes. */
  readonly long: null | { readonly gradNorm: number; readonly loss: number; readonly weights: readonly number[] };
  /** Of a language-model batch, without a step. */
  readonly shard: {
    readonly gradient: readonly number[];
    readonly lossSum: number;
    readonly isZeroWithoutWeights: boolean;
  };
  /** What is said of an update with an infinite advantage, and whether it left all as it was. */
  readonly refused: { readonly message: string; readonly isUnchanged: boolean };
  /** Of a turn of several requests and of an update, if counted. */
  readonly counts: Readonly<Record<"turn" | "secondTurn" | "update" | "klUpdate" | "gradient", Counts>> | null;
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

/** More than 8192 positions. */
const LONG_ROWS: UpdateRow[] = Array.from({ length: 62 }, (_, r) => ({
  tokens: tokensOf(140 + (r % 7), 5 + (r % 3)),
  lossPositions: [3, 4, 9 + r, 130 + (r % 7)],
  oldLogProbs: [-2, -2.5, -2, -2.2],
  advantages: [1, -1, 0.5, 0.2 * (r % 5)],
  offPolicy: r % 2 === 1,
}));

function request(episode: number, append: readonly number[], partial: Partial<GenerateRequest> = {}): GenerateRequest {
  return { episode, append, maxTokens: 5, stopTokens: [11], temperature: 0.8, key: [3, episode], turn: 0, ...partial };
}

/** Decodes, scores and learns on the current backend. */
export async function runScenario(config: ModelConfig, count: (() => Counts) | null): Promise<Outcome> {
  const policy = await lively(config, 8);
  await policy.setBase();
  const note = await policy.describe();
  const batch = policy.open(4);
  const before = await turns(batch);
  const counted = async (work: () => Promise<unknown>): Promise<Counts | null> => {
    const start = count?.();
    await work();
    return start === undefined ? null : countsBetween(start, count!());
  };
  const turn = await counted(async () => {
    const requests = [request(0, [4], { turn: 5 }), request(3, [5, 6], { turn: 5 })];
    before.push(...(await batch.generate(requests)));
  });
  const secondTurn = await counted(async () => {
    await batch.generate([request(0, [4], { turn: 6 }), request(3, [5, 6], { turn: 6 })]);
  });
  const { gradient, lossSum } = await policy.languageModelGradients(LM_ROWS);
  const gradientCounts = await counted(() => policy.languageModelGradients(LM_ROWS));
  const nothing = await policy.languageModelGradients([{ tokens: [1, 2], weights: [1, 0] }]);
  const learned = await policy.languageModelStep(LM_ROWS, OPTIMIZER);
  const moments = [...(await policy.save()).optimizer.first.values()].flatMap(({ data }) => [...data]);
  const loss = { ...LOSS, klCoefficient: 0.1, entropyCoefficient: 0.05, temperature: 0.9 };
  const updates = [await policy.update(ROWS, loss, OPTIMIZER)];
  const klUpdate = await counted(async () => updates.push(await policy.update(ROWS, loss, OPTIMIZER)));
  const logProbs = await policy.logProbs(
    LM_ROWS.map(({ tokens }) => ({ tokens, positions: [1, 4, 8] })),
    0.7,
  );
  const fresh = policy.open(2);
  const after = await fresh.generate([request(1, [1, 2, 3])]);
  const greedy = await fresh.generate([request(0, [7, 7], { temperature: 0, maxTokens: 3 })]);
  for (const open of [batch, fresh]) open.close();
  const weights = [...flatWeights(await policy.save())];
  const refused = await refusal(policy);
  const update = await counted(() => policy.update(ROWS, LOSS, OPTIMIZER));
  policy.dispose();
  const [losses, norms] = [
    [learned.loss, ...updates.map((stats) => stats.loss)],
    [learned.gradNorm, ...updates.map(({ gradNorm }) => gradNorm)],
  ];
  const counts =
    update === null || turn === null || secondTurn === null || klUpdate === null || gradientCounts === null
      ? null
      : { turn, secondTurn, update, klUpdate, gradient: gradientCounts };
  const shard = {
    gradient: [...gradient],
    lossSum,
    isZeroWithoutWeights: nothing.gradient.every((each) => each === 0),
  };
  const said = { note, shard, losses, norms, logProbs, weights, before, after, greedy };
  return { ...said, moments, refused, counts, long: config === SUITED ? await longUpdate(config) : null };
}

async function refusal(policy: TransformerPolicy): Promise<Outcome["refused"]> {
  const before = JSON.stringify([...flatWeights(await policy.save())]);
  const rows = ROWS.map((row) => ({ ...row, advantages: [Infinity, 1, 1] }));
  const message = await policy.update(rows, LOSS, OPTIMIZER).then(() => "nothing", String);
  return { message, isUnchanged: JSON.stringify([...flatWeights(await policy.save())]) === before };
}

async function longUpdate(config: ModelConfig): Promise<NonNullable<Outcome["long"]>> {
  const policy = await lively(config, 9);
  const { gradNorm, loss } = await policy.update(LONG_ROWS, { ...LOSS, minTokenLogProb: -3 }, OPTIMIZER);
  const weights = [...flatWeights(await policy.save())];
  policy.dispose();
  return { gradNorm, loss, weights };
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
