/** @file What plans are made of: runs by name, and grids of arms, houses and seeds. */
import { DEFAULT_CONFIG, type RunConfig } from "../core/training/run-config.ts";

/** One run of an experiment. */
export interface PlannedRun {
  /** Unique in its experiment; letters, digits, dots and dashes, at the end `.seed-` and the seed. */
  readonly name: string;
  /** What it is compared as: one line or bar of the figures. */
  readonly arm: string;
  readonly config: RunConfig;
}

/** A set of runs that answer one question. */
export interface Experiment {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly runs: readonly PlannedRun[];
}

/** What is compared, and how it differs from the default settings. */
export interface PlannedArm {
  readonly arm: string;
  readonly changes: Partial<RunConfig>;
}

/** Every arm in every house with every seed. */
export interface Grid {
  readonly arms: readonly PlannedArm[];
  readonly houses: readonly number[];
  readonly seeds: readonly number[];
  readonly common: Partial<RunConfig>;
}

/** Episodes per test variation in every evaluation, as the protocol asks (method.md §5). */
export const PROTOCOL_EPISODES = 20;

/** The runs of a grid, seed after seed, so that a sweep that was stopped has all arms. */
export function gridRuns({ arms, houses, seeds, common }: Grid): PlannedRun[] {
  return seeds.flatMap((seed) =>
    houses.flatMap((house) =>
      arms.map(({ arm, changes }) => ({
        name: `${arm}.house-${house}.seed-${seed}`,
        arm,
        config: { ...DEFAULT_CONFIG, ...common, ...changes, house, seed },
      })),
    ),
  );
}

const SEED = /\.seed-\d+$/;

/** A planned run with another seed; if it begins with a trained policy, with the one of that seed. */
function atSeed({ name, arm, config }: PlannedRun, seed: number): PlannedRun {
  const base = trainingRunOf(config.base) === null ? config.base : config.base.replace(SEED, `.seed-${seed}`);
  return { name: name.replace(SEED, `.seed-${seed}`), arm, config: { ...config, base, seed } };
}

/** The experiment with seeds 1 to `count`, fewer or more than are planned, whatever its runs are otherwise. */
export function withSeeds(experiment: Experiment, count: number): Experiment {
  const firsts = firstByStem(experiment);
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  return { ...experiment, runs: seeds.flatMap((seed) => [...firsts.values()].map((run) => atSeed(run, seed))) };
}

/** The plan of a run, by its name; runs with more seeds than were planned are planned like the others. */
export function plannedRun(experiment: Experiment, name: string): PlannedRun | null {
  const own = experiment.runs.find((run) => run.name === name);
  if (own !== undefined) return own;
  const like = firstByStem(experiment).get(name.replace(SEED, ""));
  const seed = SEED.exec(name)?.[0].slice(".seed-".length);
  return like === undefined || seed === undefined ? null : atSeed(like, Number(seed));
}

function firstByStem({ runs }: Experiment): Map<string, PlannedRun> {
  const firsts = new Map<string, PlannedRun>();
  for (const run of runs) {
    const stem = run.name.replace(SEED, "");
    if (!firsts.has(stem)) firsts.set(stem, run);
  }
  return firsts;
}

/** A run by its folder in docs/results/runs. */
export interface RunPlace {
  readonly experiment: string;
  readonly run: string;
}

/** How a configuration names the policy at the end of another run as its base. No file in public/base has a comma. */
export function trainedPolicy({ experiment, run }: RunPlace): string {
  return `${experiment},${run}`;
}

/** The run whose policy a base is; null if it is a file of its own. */
export function trainingRunOf(base: string): RunPlace | null {
  const comma = base.indexOf(",");
  return comma < 0 ? null : { experiment: base.slice(0, comma), run: base.slice(comma + 1) };
}
