/**
 * @file Rescoring (Retrospex): several actions are sampled for the same turn, somebody chooses one, and the episode goes on
 * as if only that one had been written.
 */
import type { Completion, DecodingBatch, GenerateRequest } from "../policy/policy.ts";

/** What an action is chosen in, as the policy sees it. */
export interface Situation {
  /** The first observation: the task and the place. */
  readonly task: string;
  /** The observation read last. */
  readonly observation: string;
  /** From 0. */
  readonly turn: number;
}

/** Chooses among sampled actions. */
export interface ActionRescorer {
  /** Actions sampled per turn, at most {@link MAX_CANDIDATES}. */
  readonly candidateCount: number;
  /** Their temperature. */
  readonly temperature: number;
  /** @returns position of the chosen one */
  choose(situation: Situation, candidates: readonly Completion[]): number;
}

/** Most candidates of a turn: their counters stay under that of the tip. */
export const MAX_CANDIDATES = 8;
/** Counters of a turn's candidates are this far apart. The first one is what would be sampled without rescoring. */
const CANDIDATE_STRIDE = 1000;

/** Like `batch.generate` with one request per episode, but each completion is chosen among several. */
export async function generateChosen(
  batch: DecodingBatch,
  requests: readonly GenerateRequest[],
  situations: readonly Situation[],
  rescorer: ActionRescorer,
): Promise<Completion[]> {
  const { candidateCount, temperature } = rescorer;
  const rounds: Completion[][] = [];
  for (let round = 0; round < candidateCount; round++) {
    const before = rounds.at(-1);
    rounds.push(
      await batch.generate(
        requests.map((request, i): GenerateRequest => {
          if (before === undefined) return { ...request, temperature };
          const turn = request.turn + round * CANDIDATE_STRIDE;
          return { ...request, append: [], forget: before[i]!.tokens.length, temperature, turn };
        }),
      ),
    );
  }
  const chosen = requests.map((_, i) => {
    const candidates = rounds.map((completions) => completions[i]!);
    return rescorer.choose(situations[i]!, candidates);
  });
  await readChosen(batch, requests, rounds, chosen);
  return requests.map((_, i) => rounds[chosen[i]!]![i]!);
}

/** Puts the chosen action in the place of the one that was sampled last. */
async function readChosen(
  batch: DecodingBatch,
  requests: readonly GenerateRequest[],
  rounds: readonly (readonly Completion[])[],
  chosen: readonly number[],
): Promise<void> {
  const last = rounds.length - 1;
  const replaced = requests.flatMap((request, i): GenerateRequest[] => {
    if (chosen[i] === last) return [];
    const { tokens } = rounds[chosen[i]!]![i]!;
    return [{ ...request, append: tokens, forget: rounds[last]![i]!.tokens.length, maxTokens: 0 }];
  });
  if (replaced.length > 0) await batch.generate(replaced);
}
