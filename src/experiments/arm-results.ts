/** @file The numbers of an arm: what its finished runs reached, when, and at what cost. */
import { ALGORITHMS } from "../core/algorithms/registry.ts";
import { mean, sum } from "../core/base/stats.ts";
import { Random } from "../core/base/random.ts";
import { SUCCESS_SCORE } from "../core/training/evaluator.ts";
import type { RecordedRun, RunEnd, StoredSummary } from "./recorded-runs.ts";
import {
  estimateMean,
  firstReaching,
  meanHeight,
  median,
  pairedDifferences,
  type CurvePoint,
  type Estimate,
} from "./statistics.ts";

/** Held-out return that counts as the breakthrough, points. */
export const BREAKTHROUGH_RETURN = 95;

/** Iteration at which methods are also compared before the end: the same number of episodes for all. */
export const EQUAL_BUDGET_ITERATION = 20;

/** A run that came to its end. */
export type FinishedRun = RecordedRun & { readonly end: RunEnd };

/** The finished runs that are compared as one. */
export interface Arm {
  readonly id: string;
  readonly runs: readonly FinishedRun[];
}

/** A mean over runs at an iteration or trial. */
export interface BandPoint {
  readonly iteration: number;
  readonly estimate: Estimate;
}

/** When the runs of an arm break through. */
export interface Breakthroughs {
  readonly reached: number;
  readonly runs: number;
  /** Over all runs, those that never do as later than any; null if it is one of these. */
  readonly median: number | null;
}

/** A count known exactly, or only within bounds. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** What the runs of an arm had reached when they had spent the same number of episodes. */
export interface EqualBudgetResult {
  readonly heldOutReturn: Estimate;
  readonly heldOutSuccess: Estimate;
}

/** What an arm's runs did. Returns in points, success as a share. */
export interface ArmResult {
  readonly arm: Arm;
  readonly label: string;
  readonly heldOutReturn: Estimate;
  readonly heldOutSuccess: Estimate;
  /** At the last evaluation until `EQUAL_BUDGET_ITERATION`; null where a run was not as long or not evaluated. */
  readonly equalBudget: EqualBudgetResult | null;
  /** Mean over runs of the best evaluation of each. */
  readonly bestReturn: number;
  /** Null where the runs were not evaluated on the way. */
  readonly meanReturn: Estimate | null;
  /**
   * Points on train variations without tips, over the last iterations; null where nothing was learned. Far above the
   * held-out return, the policy has learned its train variations by heart.
   */
  readonly trainReturn: Estimate | null;
  readonly breakthroughs: Breakthroughs | null;
  /** Training rollouts without tips that succeeded before the breakthrough, all runs together. */
  readonly plainSuccesses: Bounds;
  /** Of the training rollouts, per run. */
  readonly tokens: number;
  /** Of training, per run, evaluations not counted. */
  readonly minutes: number;
  readonly curve: readonly BandPoint[];
  readonly trials: readonly BandPoint[];
}

/** Evaluates an arm. Intervals are drawn from streams named after the arm, so that no arm depends on another. */
export function armResult(arm: Arm): ArmResult {
  const { runs } = arm;
  const random = Random.fromSeed(1).fork(arm.id);
  const estimate = (values: readonly number[], name: string): Estimate => estimateMean(values, random.fork(name));
  const trained = runs.flatMap((run) => lastTrainReturn(run) ?? []);
  const areas = runs.flatMap((run) => meanHeight(heldOutCurve(run)) ?? []);
  return {
    arm,
    label: armLabel(arm.id),
    heldOutReturn: estimate(
      runs.map(({ end }) => end.heldOutReturn),
      "return",
    ),
    heldOutSuccess: estimate(
      runs.map(({ end }) => end.heldOutSuccess),
      "success",
    ),
    equalBudget: equalBudgetResult(runs, estimate),
    bestReturn: mean(runs.map(bestReturn)),
    meanReturn: areas.length === 0 ? null : estimate(areas, "area"),
    trainReturn: trained.length === 0 ? null : estimate(trained, "train"),
    breakthroughs: areas.length === 0 ? null : breakthroughs(runs),
    plainSuccesses: runs.map(plainSuccessesBeforeBreakthrough).reduce(addBounds, { least: 0, most: 0 }),
    tokens: mean(runs.map(({ curve }) => curve.at(-1)?.totalTokenCount ?? 0)),
    minutes: mean(runs.map(trainingMinutes)),
    curve: band(runs.map(heldOutCurve), random.fork("curve")),
    trials: band(
      runs.map(({ trials }) => trials.map(({ iteration, meanReturn }) => ({ iteration, value: meanReturn }))),
      random.fork("trials"),
    ),
  };
}

/** The held-out return with memory off over the iterations. */
export function heldOutCurve({ evaluations }: RecordedRun): CurvePoint[] {
  return evaluations.map(({ iteration, meanReturn }) => ({ iteration, value: meanReturn }));
}

/** The first evaluated iteration at which a run has broken through. */
export function breakthroughOf(run: RecordedRun): number | null {
  return firstReaching(heldOutCurve(run), BREAKTHROUGH_RETURN);
}

function equalBudgetResult(
  runs: readonly RecordedRun[],
  estimate: (values: readonly number[], name: string) => Estimate,
): EqualBudgetResult | null {
  const reached = runs.flatMap(({ curve, evaluations }) => {
    if (curve.length < EQUAL_BUDGET_ITERATION) return [];
    return evaluations.findLast(({ iteration }) => iteration > 0 && iteration <= EQUAL_BUDGET_ITERATION) ?? [];
  });
  if (reached.length < runs.length) return null;
  return {
    heldOutReturn: estimate(
      reached.map(({ meanReturn }) => meanReturn),
      "equal budget return",
    ),
    heldOutSuccess: estimate(
      reached.map(({ successRate }) => successRate),
      "equal budget success",
    ),
  };
}

function bestReturn({ evaluations, trials }: RecordedRun): number {
  return Math.max(...[...evaluations, ...trials].map(({ meanReturn }) => meanReturn));
}

function breakthroughs(runs: readonly RecordedRun[]): Breakthroughs {
  const iterations = runs.map((run) => breakthroughOf(run) ?? Infinity);
  const middle = median(iterations);
  return {
    reached: iterations.filter(Number.isFinite).length,
    runs: runs.length,
    median: Number.isFinite(middle) ? middle : null,
  };
}

/** Evaluated iterations that all runs share, with the mean and its interval. */
export function band(curves: readonly (readonly CurvePoint[])[], random: Random): BandPoint[] {
  const [first, ...others] = curves;
  return (first ?? []).flatMap(({ iteration, value }) => {
    const values = others.flatMap((curve) => curve.find((point) => point.iteration === iteration)?.value ?? []);
    if (values.length < others.length) return [];
    return [{ iteration, estimate: estimateMean([value, ...values], random.fork(iteration)) }];
  });
}

/** Minutes of training of a run, evaluations not counted. */
export function trainingMinutes({ curve }: RecordedRun): number {
  return sum(curve.map(({ times }) => times.rollout + times.tipWriting + times.retrieval + times.update)) / 60_000;
}

/** Iterations that the training return is taken over. */
export const TRAIN_RETURN_ITERATIONS = 5;

/** Mean return of the rollouts without tips of the last iterations; null for a run that has no more than these. */
export function lastTrainReturn({ curve }: RecordedRun): number | null {
  if (curve.length <= TRAIN_RETURN_ITERATIONS) return null;
  const returns = curve.slice(-TRAIN_RETURN_ITERATIONS).flatMap((summary) => summary.meanReturnWithoutTips ?? []);
  return returns.length === 0 ? null : mean(returns);
}

/**
 * Successes of rollouts without tips until the last evaluation before the breakthrough, or until the end. Older
 * records count successes of all rollouts together, so that there may be only bounds.
 */
export function plainSuccessesBeforeBreakthrough(run: RecordedRun): Bounds {
  const breakthrough = breakthroughOf(run) ?? Infinity;
  const before = run.evaluations.findLast(({ iteration }) => iteration < breakthrough)?.iteration ?? 0;
  const last = breakthrough === Infinity ? Infinity : before;
  return run.curve
    .filter(({ iteration }) => iteration <= last)
    .map(plainSuccesses)
    .reduce(addBounds, { least: 0, most: 0 });
}

function plainSuccesses(summary: StoredSummary): Bounds {
  const { successRateWithoutTips, modeCounts } = summary;
  if (successRateWithoutTips === undefined) return boundPlainSuccesses(summary);
  const count = Math.round((successRateWithoutTips ?? 0) * modeCounts["on-policy"]);
  return { least: count, most: count };
}

/** What all successes together say of those without tips. */
function boundPlainSuccesses({ successRate, episodeCount, modeCounts, ...summary }: StoredSummary): Bounds {
  const successes = Math.round(successRate * episodeCount);
  const plain = modeCounts["on-policy"];
  const withTips = episodeCount - plain;
  const isAll = (meanReturn: number | null): boolean => meanReturn === SUCCESS_SCORE;
  const mostWithTips = isAll(summary.meanReturnWithTips) ? withTips : Math.max(0, withTips - 1);
  const mostPlain = isAll(summary.meanReturnWithoutTips) ? plain : Math.max(0, plain - 1);
  const leastWithTips = isAll(summary.meanReturnWithTips) ? withTips : 0;
  return {
    least: Math.max(0, successes - mostWithTips),
    most: Math.min(successes - leastWithTips, mostPlain),
  };
}

function addBounds(a: Bounds, b: Bounds): Bounds {
  return { least: a.least + b.least, most: a.most + b.most };
}

/** What two arms are compared by. */
export type Measure = (run: FinishedRun) => number | null;

/** Return at the end of a run, points. */
export const finalReturn: Measure = ({ end }) => end.heldOutReturn;
/** Success at the end of a run, a share. */
export const finalSuccess: Measure = ({ end }) => end.heldOutSuccess;
/** Mean held-out return over a run, points. */
export const returnOverRun: Measure = (run) => meanHeight(heldOutCurve(run));

/** Mean difference `a − b` over the pairs of runs of the same house and seed; null if there are none. */
export function pairedDifference(a: Arm, b: Arm, measure: Measure): Estimate | null {
  const differences = pairedDifferences(byHouseAndSeed(a, measure), byHouseAndSeed(b, measure));
  if (differences.length === 0) return null;
  return estimateMean(differences, Random.fromSeed(1).fork(`${a.id} minus ${b.id}`));
}

function byHouseAndSeed({ runs }: Arm, measure: Measure): Map<string, number> {
  return new Map(
    runs.flatMap((run) => {
      const value = measure(run);
      return value === null ? [] : [[placeOf(run), value] as const];
    }),
  );
}

/** What runs are paired by. */
export function placeOf({ config }: RecordedRun): string {
  return `house ${config.house}, seed ${config.seed}`;
}

/** The method that an arm changes: the one its name begins with. */
export function methodOf(arm: string): string | null {
  return ALGORITHMS.find(({ id }) => arm === id || arm.startsWith(`${id}-`))?.id ?? null;
}

/** An arm's name for people: “empo2-other-world-tips” is “EMPO² (other world tips)”. */
export function armLabel(arm: string): string {
  const algorithm = ALGORITHMS.find(({ id }) => id === methodOf(arm));
  if (algorithm === undefined) return arm;
  const change = arm.slice(algorithm.id.length + 1).replaceAll("-", " ");
  return change === "" ? algorithm.title : `${algorithm.title} (${change})`;
}
