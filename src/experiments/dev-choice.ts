/**
 * @file When to stop, chosen on dev variations: every run of table 1 has a twin of the same settings and seed that is
 * evaluated on the dev split (docs/adr/0019). The two are one run, weight for weight, so the iteration at which the twin is
 * best is the one at which the run is read on the test split.
 */
import { EMPO2, GRPO } from "./arms.ts";
import type { StoredExperiment } from "./experiment-report.ts";
import type { Experiment } from "./planned-runs.ts";
import type { RecordedRun } from "./recorded-runs.ts";

const TWINNED_ARMS: readonly string[] = [EMPO2.arm, GRPO.arm];
const TWINNED_SEEDS: readonly number[] = [1, 2, 3];

/** The experiment whose runs are the twins of another one's. */
export function twinOf({ id, title, runs }: Experiment): Experiment {
  return {
    id: twinIdOf(id),
    title: `${title}, evaluated on dev variations`,
    question: "At which iteration is each run best on dev variations? The same runs as those of table 1.",
    runs: runs
      .filter(({ arm, config }) => TWINNED_ARMS.includes(arm) && TWINNED_SEEDS.includes(config.seed))
      .map(({ config, ...run }) => ({ ...run, config: { ...config, evaluationSplit: "dev" } })),
  };
}

/** The name of the experiment of an experiment's twins. */
export function twinIdOf(id: string): string {
  return `${id}-dev`;
}

/**
 * The experiments that have twins, with the runs that have one, each as if it had ended at the iteration that is best on
 * dev variations, the earliest of equals; that of the base policy is one of them.
 */
export function chosenOnDev(stored: readonly StoredExperiment[]): StoredExperiment[] {
  const byId = new Map(stored.map((entry) => [entry.experiment.id, entry]));
  return stored.flatMap((entry) => {
    const twins = byId.get(twinIdOf(entry.experiment.id))?.runs ?? [];
    const runs = entry.runs.flatMap((run) => chosenRun(run, twins.find(isTwinOf(run))) ?? []);
    return runs.length === 0 ? [] : [{ ...entry, runs }];
  });
}

/** Same name, and the same weights at the end. */
function isTwinOf({ name, end }: RecordedRun): (other: RecordedRun) => boolean {
  return (other) => other.name === name && other.end !== null && other.end.weightsHash === end?.weightsHash;
}

function chosenRun(run: RecordedRun, twin: RecordedRun | undefined): RecordedRun | null {
  const best = twin?.evaluations.toSorted((a, b) => b.meanReturn - a.meanReturn || a.iteration - b.iteration)[0];
  const read = run.evaluations.find(({ iteration }) => iteration === best?.iteration);
  if (run.end === null || read === undefined) return null;
  return { ...run, end: { ...run.end, heldOutReturn: read.meanReturn, heldOutSuccess: read.successRate } };
}
