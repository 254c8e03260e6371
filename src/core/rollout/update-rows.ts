/** @file Trajectories as rows to learn from: which tokens carry the loss, with or without tips (Table 3). */
import type { LossConfig, Policy, UpdateRow } from "../policy/policy.ts";
import { positionsOf, withoutTips } from "../text/sequence.ts";
import type { Trajectory } from "./trajectory.ts";

/** Advantages smaller than this teach nothing. */
export const NEGLIGIBLE_ADVANTAGE = 1e-3;

/** The same for all actions of a trajectory, or one per turn. */
export type TrajectoryAdvantage = number | readonly number[];

/** A row and the rollout of this iteration whose actions it holds; null for a row of something else, as a tip. */
export interface LearnedRow {
  readonly trajectory: Trajectory | null;
  readonly row: UpdateRow;
}

/** A row and the trajectory it came from. */
interface TrajectoryRow extends LearnedRow {
  readonly trajectory: Trajectory;
}

/**
 * Rows of the trajectories (Table 3): off-policy ones with their tips cut out, the others as they were sampled. The
 * old log-probs are those of sampling; see {@link withTipFreeOldLogProbs}.
 *
 * @param advantages one per trajectory; all tokens of an action share theirs
 * @param keepAll also rows whose advantage is zero (needed when a KL or entropy term acts on them)
 */
export function updateRows(
  trajectories: readonly Trajectory[],
  advantages: readonly TrajectoryAdvantage[],
  keepAll: boolean,
): TrajectoryRow[] {
  return trajectories.flatMap((trajectory, i) => {
    const advantage = advantages[i]!;
    if (trajectory.turns.length === 0) return [];
    if (!keepAll && [advantage].flat().every((value) => Math.abs(value) < NEGLIGIBLE_ADVANTAGE)) return [];
    return [{ trajectory, row: updateRow(trajectory, advantage) }];
  });
}

/** Whether the loss acts on rows whose advantage is zero. */
export function hasGlobalTerm({ klCoefficient, entropyCoefficient }: LossConfig): boolean {
  return klCoefficient > 0 || entropyCoefficient > 0;
}

function updateRow(trajectory: Trajectory, advantage: TrajectoryAdvantage): UpdateRow {
  const offPolicy = trajectory.mode === "off-policy";
  const sequence = offPolicy ? withoutTips(trajectory.sequence) : trajectory.sequence;
  const lossPositions = positionsOf(sequence, "action");
  return {
    tokens: sequence.tokens.slice(0, lossPositions.at(-1)! + 1),
    lossPositions,
    oldLogProbs: trajectory.actionLogProbs,
    advantages: typeof advantage === "number" ? lossPositions.map(() => advantage) : tokenwise(trajectory, advantage),
    offPolicy,
  };
}

/** The advantages of the turns, repeated for the tokens of each action. */
function tokenwise({ turns }: Trajectory, advantages: readonly number[]): number[] {
  return turns.flatMap(({ logProbs }, turn) => logProbs.map(() => advantages[turn]!));
}

/**
 * Replaces the old log-probs of off-policy rows by those of the current policy without tips (§4.2 b, Algorithm 1),
 * so that the ratio starts at 1. See docs/adr/0004.
 */
export async function withTipFreeOldLogProbs(
  rows: readonly TrajectoryRow[],
  policy: Policy,
  temperature: number,
): Promise<TrajectoryRow[]> {
  const offPolicy = rows.filter(({ row }) => row.offPolicy);
  if (offPolicy.length === 0) return [...rows];
  const sequences = offPolicy.map(({ row }) => ({ tokens: row.tokens, positions: row.lossPositions }));
  const logProbs = await policy.logProbs(sequences, temperature);
  const replaced = new Map(offPolicy.map(({ row }, i) => [row, { ...row, oldLogProbs: logProbs[i]! }]));
  return rows.map(({ trajectory, row }) => ({ trajectory, row: replaced.get(row) ?? row }));
}
