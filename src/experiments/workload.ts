/** @file How much work runs are, so that the time they take can be told before and while they are made. */
import { taskSpec } from "../core/envs/registry.ts";
import { algorithmById } from "../core/algorithms/registry.ts";
import { evaluationTasks } from "../core/training/task-sampler.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { median } from "./statistics.ts";

/** Trials of a method that is evaluated with its memory. */
const TRIALS = 10;
/** An evaluated episode costs about half of a learned one: it is neither scored again nor updated on. */
const EVALUATION_SHARE = 0.5;

/** Rows of the corpus that are learned with an update where a run rehearses. */
const REHEARSED_ROWS = 32;

/** The work of a run, in learned episodes. */
export function workload(config: RunConfig): number {
  const { iterations, tasksPerIteration, groupSize, evaluateEvery, evaluationEpisodes } = config;
  const method = algorithmById(config.method);
  const variations = evaluationTasks(taskSpec(config.task), config, "test").length;
  const onTheWay = evaluateEvery === 0 ? 0 : Math.floor((iterations - 1) / evaluateEvery) + 1;
  const atTheEnd = method.usesMemoryAtTest ? TRIALS : 1;
  const candidates = method.rescorerAtTest === undefined ? 1 : config.candidateActions;
  const evaluated = (onTheWay + atTheEnd) * variations * evaluationEpisodes * candidates;
  const rehearsed = config.rehearsalCoefficient === 0 ? 0 : REHEARSED_ROWS;
  return iterations * (tasksPerIteration * groupSize + rehearsed) + EVALUATION_SHARE * evaluated;
}

/** A run that was timed. */
export interface TimedRun {
  readonly config: RunConfig;
  readonly seconds: number;
}

/** Seconds that runs will take on one core, from runs of the same task, else from all; null if nothing was timed. */
export function estimatedSeconds(configs: readonly RunConfig[], timed: readonly TimedRun[]): number | null {
  if (timed.length === 0) return null;
  const rateOf = ({ config, seconds }: TimedRun): number => seconds / workload(config);
  const rates = new Map<string, number>();
  const rate = (task: string): number => {
    const alike = timed.filter(({ config }) => config.task === task);
    return median((alike.length === 0 ? timed : alike).map(rateOf));
  };
  return configs.reduce((total, config) => {
    if (!rates.has(config.task)) rates.set(config.task, rate(config.task));
    return total + workload(config) * rates.get(config.task)!;
  }, 0);
}
