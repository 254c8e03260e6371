/** @file What a table or figure of the paper comes to here: its arms over the same houses and seeds, and what is missing. */
import { Random } from "../core/base/random.ts";
import { mean } from "../core/base/stats.ts";
import {
  armResult,
  finalReturn,
  finalSuccess,
  pairedDifference,
  placeOf,
  returnOverRun,
  type Arm,
  type ArmResult,
  type FinishedRun,
} from "./arm-results.ts";
import { chosenOnDev } from "./dev-choice.ts";
import { armsOf, type StoredExperiment } from "./experiment-report.ts";
import { WITH_MEMORY } from "./memory-plan.ts";
import {
  armsOfItem,
  type ArmRef,
  type Panel,
  type PaperFigure,
  type PaperItem,
  type PaperTable,
  type TableRow,
} from "./paper-items.ts";
import { estimateMean, type Estimate } from "./statistics.ts";

/** A line of a figure. */
export interface ItemLine {
  readonly ref: ArmRef;
  readonly label: string;
  readonly result: ArmResult;
}

/** Differences of runs of the same house and seed. */
export interface Comparison {
  readonly heldOutReturn: Estimate;
  readonly heldOutSuccess: Estimate;
  /** Of the mean height of the curves; null where one was evaluated at its end only. */
  readonly meanReturn: Estimate | null;
}

/** A panel with the lines that have finished runs. */
export interface PanelReport {
  readonly panel: Panel;
  readonly lines: readonly ItemLine[];
}

/** A row of a table; arms without finished runs are left out. */
export interface RowReport {
  readonly row: TableRow;
  readonly results: ReadonlyMap<string, ArmResult>;
  readonly overGrpo: Comparison | null;
  /** The other arm with the highest mean return, and EMPO²'s difference to it. */
  readonly best: { readonly arm: ArmResult; readonly difference: Comparison } | null;
}

interface ReportBase {
  /** Arms without a finished run. */
  readonly missing: readonly ArmRef[];
  /** Runs that failed, “experiment/run: why”. */
  readonly failures: readonly string[];
}

/** A figure, worked out. */
export interface FigureReport extends ReportBase {
  readonly item: PaperFigure;
  readonly panels: readonly PanelReport[];
}

/** A table, worked out. */
export interface TableReport extends ReportBase {
  readonly item: PaperTable;
  readonly rows: readonly RowReport[];
}

/** A table or figure, worked out. */
export type ItemReport = FigureReport | TableReport;

/** Works out an item; null if none of its runs is finished. */
export function reportItem(item: PaperItem, recorded: readonly StoredExperiment[]): ItemReport | null {
  const stored = item.kind === "table" && item.isChosenOnDev === true ? chosenOnDev(recorded) : recorded;
  const finished = new Map(
    stored.flatMap((entry) => armsOf(entry).map((arm) => [keyOf(entry.experiment.id, arm.id), arm] as const)),
  );
  const refs = armsOfItem(item);
  const missing = refs.filter(({ experiment, arm }) => !finished.has(keyOf(experiment, arm)));
  if (missing.length === refs.length) return null;
  const failures = failuresOf(refs, stored);
  return item.kind === "figure"
    ? { item, missing, failures, panels: item.panels.flatMap((panel) => reportPanel(panel, finished)) }
    : { item, missing, failures, rows: item.rows.flatMap((row) => reportRow(row, item, finished)) };
}

const keyOf = (experiment: string, arm: string): string => `${experiment}/${arm}`;

function failuresOf(refs: readonly ArmRef[], stored: readonly StoredExperiment[]): string[] {
  return stored.flatMap(({ experiment, runs }) =>
    runs.flatMap(({ name, failure }) => {
      const arm = experiment.runs.find((run) => run.name === name)?.arm;
      const isShown = refs.some((ref) => ref.experiment === experiment.id && ref.arm === arm);
      return isShown && failure !== null ? [`${experiment.id}/${name}: ${failure}`] : [];
    }),
  );
}

function reportPanel(panel: Panel, finished: ReadonlyMap<string, Arm>): PanelReport[] {
  const found = panel.lines.flatMap((ref) => {
    const arm = finished.get(keyOf(ref.experiment, ref.arm));
    return arm === undefined ? [] : [{ ref, arm }];
  });
  if (found.length === 0) return [];
  const arms = inTheSamePlaces(found.map(({ arm }) => arm));
  const lines = found.map(({ ref }, i) => {
    const result = armResult(arms[i]!);
    return { ref, label: ref.label ?? result.label, result };
  });
  return [{ panel, lines }];
}

/** The arms in the houses and with the seeds that all of them have; as they are if there are none. */
function inTheSamePlaces(arms: readonly Arm[]): Arm[] {
  const placesOf = ({ runs }: Arm): Set<string> => new Set(runs.map(placeOf));
  const places = arms.map(placesOf);
  const shared = [...places[0]!].filter((place) => places.every((own) => own.has(place)));
  if (shared.length === 0) return [...arms];
  return arms.map(({ id, runs }) => ({ id, runs: runs.filter((run) => shared.includes(placeOf(run))) }));
}

function reportRow(
  row: TableRow,
  { arms, hasMemoryAtTest = false }: PaperTable,
  finished: ReadonlyMap<string, Arm>,
): RowReport[] {
  const results = new Map(
    arms.flatMap((id) => {
      const arm = finished.get(keyOf(row.experiment, id));
      return arm === undefined ? [] : [[id, armResult(arm)] as const];
    }),
  );
  if (results.size === 0) return [];
  const armOf = (id: string): string => (hasMemoryAtTest ? (WITH_MEMORY.get(id) ?? id) : id);
  const empo2 = results.get(armOf("empo2"));
  const grpo = results.get(armOf("grpo"));
  const others = [...results].filter(([id]) => id !== armOf("empo2")).map(([, result]) => result);
  const best = others.toSorted((a, b) => b.heldOutReturn.mean - a.heldOutReturn.mean)[0];
  const toBest = empo2 === undefined || best === undefined ? null : compareArms(empo2, best);
  return [
    {
      row,
      results,
      overGrpo: empo2 === undefined || grpo === undefined ? null : compareArms(empo2, grpo),
      best: toBest === null ? null : { arm: best!, difference: toBest },
    },
  ];
}

/** The differences `a − b`, paired by house and seed; null if there are no pairs. */
export function compareArms(a: ArmResult, b: ArmResult): Comparison | null {
  const heldOutReturn = pairedDifference(a.arm, b.arm, finalReturn);
  const heldOutSuccess = pairedDifference(a.arm, b.arm, finalSuccess);
  if (heldOutReturn === null || heldOutSuccess === null) return null;
  return { heldOutReturn, heldOutSuccess, meanReturn: pairedDifference(a.arm, b.arm, returnOverRun) };
}

/** A mean over tasks of a number that each task has, with an interval over tasks. */
export function overTasks(values: readonly number[], name: string): Estimate | null {
  return values.length === 0 ? null : estimateMean(values, Random.fromSeed(1).fork(`over tasks: ${name}`));
}

/** What a policy's memory gave it over the trials, from the first to the last. */
export interface TrialGain {
  readonly first: number;
  readonly last: number;
  /** Points, a run a value. */
  readonly gain: Estimate;
  /** Last over first minus 1; null unless both means are positive, as signed returns have no ratio. */
  readonly share: number | null;
}

/** The gain of an arm whose runs had trials; null if it had none. */
export function trialGain({ arm, trials }: ArmResult): TrialGain | null {
  const [first, last] = [trials[0], trials.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const gains = arm.runs.map(gainOf);
  const [from, to] = [first.estimate.mean, last.estimate.mean];
  return {
    first: from,
    last: to,
    gain: estimateMean(gains, Random.fromSeed(1).fork(`${arm.id} gain`)),
    share: from > 0 && to > 0 ? to / from - 1 : null,
  };
}

/** Of one run, points. */
export function gainOf({ trials }: FinishedRun): number {
  return (trials.at(-1)?.meanReturn ?? 0) - (trials[0]?.meanReturn ?? 0);
}

/** Milliseconds an iteration spends in each phase, mean over runs. */
export interface PhaseShares {
  readonly rollout: number;
  readonly tipWriting: number;
  readonly retrieval: number;
  readonly update: number;
}

/** Where the time of an arm's iterations went. */
export function phaseTimes({ arm }: ArmResult): PhaseShares {
  const summaries = arm.runs.flatMap(({ curve }) => curve);
  const of = (phase: keyof PhaseShares): number => mean(summaries.map(({ times }) => times[phase]));
  return { rollout: of("rollout"), tipWriting: of("tipWriting"), retrieval: of("retrieval"), update: of("update") };
}
