/** @file What a page tells of an experiment: its arms in numbers, the arms they are compared with, and what is amiss. */
import { CONFIG_FIELDS, type RunConfig } from "../core/training/run-config.ts";
import { armResult, methodOf, placeOf, type Arm, type ArmResult, type FinishedRun } from "./arm-results.ts";
import { plannedRun, trainingRunOf, type Experiment, type RunPlace } from "./planned-runs.ts";
import type { RecordedRun } from "./recorded-runs.ts";

/** The arms that others are compared with. */
const REFERENCE_ARMS: readonly string[] = ["empo2", "grpo"];

/** An experiment with the runs that are stored of it. */
export interface StoredExperiment {
  readonly experiment: Experiment;
  readonly runs: readonly RecordedRun[];
  /** Written by a person, shown on the page as it is. */
  readonly remarks: string | null;
}

/** An experiment of a folder of runs that no plan knows: what the runs themselves say. */
export function unplannedExperiment(id: string, runs: readonly RecordedRun[]): Experiment {
  return {
    id,
    title: id,
    question: "These runs are stored, and no plan of this version names them.",
    runs: runs.map(({ name, config }) => ({ name, arm: name.replace(/\.house-\d+\.seed-\d+$/, ""), config })),
  };
}

/** A stored run that is not as planned, and how. */
export interface Deviation {
  readonly run: string;
  readonly text: string;
}

/** Everything on the page of an experiment. */
export interface ExperimentReport {
  readonly experiment: Experiment;
  readonly remarks: string | null;
  readonly finishedCount: number;
  /** Runs of the plan, and finished ones with more seeds than it asks for. */
  readonly plannedCount: number;
  /** With at least one finished run, in the order of the plan. */
  readonly arms: readonly ArmResult[];
  /** Borrowed from another experiment, the same houses and seeds; none if the experiment has its own. */
  readonly references: readonly ArmResult[];
  readonly referenceExperiment: Experiment | null;
  readonly deviations: readonly Deviation[];
}

/** Works out the report of each experiment that has finished runs. */
export function reportExperiments(stored: readonly StoredExperiment[]): ExperimentReport[] {
  return stored.map((entry) => reportExperiment(entry, stored)).filter(({ finishedCount }) => finishedCount > 0);
}

function reportExperiment(entry: StoredExperiment, all: readonly StoredExperiment[]): ExperimentReport {
  const { experiment, remarks } = entry;
  const arms = armsOf(entry);
  const lender = arms.some(({ id }) => REFERENCE_ARMS.includes(id)) ? null : lenderFor(arms, entry, all);
  return {
    experiment,
    remarks,
    finishedCount: arms.reduce((count, { runs }) => count + runs.length, 0),
    plannedCount: new Set([
      ...experiment.runs.map(({ name }) => name),
      ...arms.flatMap(({ runs }) => runs.map(({ name }) => name)),
    ]).size,
    arms: arms.map(armResult),
    references: lender === null ? [] : borrowedArms(lender, arms).map(armResult),
    referenceExperiment: lender?.experiment ?? null,
    deviations: [...deviationsOf(entry), ...baseDeviations(entry, all)],
  };
}

/** Finished runs by the arm that the plan gives them; also those with more seeds than were planned. */
export function armsOf({ experiment, runs }: StoredExperiment): Arm[] {
  const finished = new Map(runs.filter(isFinished).map((run) => [run.name, run]));
  const names = new Set([...experiment.runs.map(({ name }) => name), ...finished.keys()]);
  const planned = [...names].flatMap((name) => plannedRun(experiment, name) ?? []);
  const ids = [...new Set(experiment.runs.map(({ arm }) => arm))];
  return ids
    .map((id) => ({ id, runs: planned.flatMap(({ arm, name }) => (arm === id ? (finished.get(name) ?? []) : [])) }))
    .filter((arm) => arm.runs.length > 0);
}

function isFinished(run: RecordedRun): run is FinishedRun {
  return run.end !== null;
}

/** Settings that have to agree for runs of two experiments to be compared. */
const SHARED: readonly (keyof RunConfig)[] = [
  "task",
  "preset",
  "base",
  "iterations",
  "tasksPerIteration",
  "groupSize",
  "evaluateEvery",
  "evaluationEpisodes",
];

/** Another experiment with runs of the plain methods, otherwise made like these. */
function lenderFor(
  arms: readonly Arm[],
  borrower: StoredExperiment,
  all: readonly StoredExperiment[],
): StoredExperiment | null {
  const own = arms[0]?.runs[0]?.config;
  if (own === undefined) return null;
  const fits = (arm: Arm): boolean =>
    REFERENCE_ARMS.includes(arm.id) && SHARED.every((key) => arm.runs[0]!.config[key] === own[key]);
  return all.find((other) => other !== borrower && armsOf(other).some(fits)) ?? null;
}

function borrowedArms(lender: StoredExperiment, arms: readonly Arm[]): Arm[] {
  const places = new Set(arms.flatMap(({ runs }) => runs.map(placeOf)));
  return armsOf(lender)
    .filter(({ id }) => REFERENCE_ARMS.includes(id))
    .map(({ id, runs }) => ({ id, runs: runs.filter((run) => places.has(placeOf(run))) }))
    .filter(({ runs }) => runs.length > 0);
}

function deviationsOf({ experiment, runs }: StoredExperiment): Deviation[] {
  return runs.flatMap((run) => {
    const plan = plannedRun(experiment, run.name);
    if (plan === null) return [{ run: run.name, text: "not in the plan, not counted" }];
    const texts = deviationTexts(run, plan.config);
    return texts.map((text) => ({ run: run.name, text }));
  });
}

/** Runs that begin with another run's policy must begin with just that; all others of one base with the same file. */
function baseDeviations({ runs }: StoredExperiment, all: readonly StoredExperiment[]): Deviation[] {
  const hashes = new Map<string, Set<string>>();
  for (const { config, end } of runs) {
    const known = hashes.get(config.base) ?? new Set();
    if (end?.baseHash != null) hashes.set(config.base, known.add(end.baseHash));
  }
  return runs.flatMap(({ name, config, end }) => {
    if (end?.baseHash == null) return [];
    const place = trainingRunOf(config.base);
    const trained = place === null ? null : weightsOf(place, all);
    if (trained !== null && trained !== end.baseHash) {
      return [{ run: name, text: `began with another policy than the stored run \`${config.base}\` ended with` }];
    }
    const files = hashes.get(config.base)?.size ?? 1;
    return files > 1 ? [{ run: name, text: `base policy \`${config.base}\` was ${end.baseHash.slice(0, 12)}` }] : [];
  });
}

function weightsOf({ experiment, run }: RunPlace, all: readonly StoredExperiment[]): string | null {
  const stored = all.find((entry) => entry.experiment.id === experiment);
  return stored?.runs.find(({ name }) => name === run)?.end?.weightsHash ?? null;
}

function deviationTexts(run: RecordedRun, plan: RunConfig): string[] {
  const { config, failure, changedAt } = run;
  const texts: string[] = [];
  if (failure !== null) texts.push(`failed (${failure})`);
  const changed = differingSettings(config, plan);
  if (changed !== "") texts.push(`made with ${changed}`);
  if (changedAt.length > 0) texts.push(`settings changed by hand after iteration ${changedAt.join(", ")}`);
  return texts;
}

/** The settings in which a configuration differs from another, as “key value”. */
export function differingSettings(
  config: RunConfig,
  other: RunConfig,
  except: readonly (keyof RunConfig)[] = [],
): string {
  return CONFIG_FIELDS.filter(({ key }) => !except.includes(key) && config[key] !== other[key])
    .map(({ key }) => `${key} ${settingText(config[key])}`)
    .join(", ");
}

function settingText(value: string | number | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))).replace("-", "−") : (value ?? "unset");
}

/** The arms of a report and those they are compared with; references first. */
export function shownArms({ references, arms }: ExperimentReport): ArmResult[] {
  return [...references, ...arms];
}

/** The arm of that name, own or borrowed. */
export function findArm(report: ExperimentReport, id: string): ArmResult | null {
  return shownArms(report).find(({ arm }) => arm.id === id) ?? null;
}

/** Whether an experiment changes methods, instead of comparing them as they are. */
export function hasChangedArms({ arms }: ExperimentReport): boolean {
  return arms.some(({ arm }) => arm.id !== methodOf(arm.id));
}
