/**
 * @file What the page is told of the recorded runs: `results/index.json`, and one file for each experiment that is
 * fetched when someone looks at it. The build writes both from docs/results/runs; the page checks what it reads.
 */
import * as v from "valibot";

const TEXT = v.pipe(v.string(), v.maxLength(4000));
const NAME = v.pipe(v.string(), v.regex(/^[\w.,-]{1,200}$/));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const POINTS = v.pipe(v.number(), v.finite());
const SHARE = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** A mean with its 95 % interval; no interval for a single run. */
const ESTIMATE = v.object({
  count: COUNT,
  mean: POINTS,
  interval: v.nullable(v.tuple([POINTS, POINTS])),
});

const CELL = v.object({
  task: NAME,
  /** What the runs of a table differ in besides task and method: the preset, and which variations were used. */
  condition: TEXT,
  /** The arm that is a column of the table. */
  column: NAME,
  experiment: NAME,
  /** Names of the runs. */
  runs: v.array(NAME),
  heldOutReturn: ESTIMATE,
  heldOutSuccess: ESTIMATE,
  /** Of each run. */
  iterations: COUNT,
});

/** Text in one look; a link leads to a path of the Results view. */
const SPAN = v.object({
  text: TEXT,
  style: v.picklist(["plain", "strong", "emphasis", "code"]),
  place: v.nullable(v.array(NAME)),
});
/** What was written by hand about runs: paragraphs, which have one line, and lists. */
const REMARKS = v.array(v.object({ isList: v.boolean(), lines: v.array(v.array(SPAN)) }));

/** A table of the paper: its own numbers by task and column, return and (where it is told) success in percent. */
const TABLE = v.object({
  id: NAME,
  title: TEXT,
  paper: TEXT,
  /** What is different here, and what is to be said, by the condition of the cells. */
  conditions: v.array(v.object({ condition: TEXT, here: TEXT, remarks: REMARKS })),
  columns: v.array(v.object({ id: NAME, title: TEXT })),
  rows: v.array(v.object({ task: NAME, published: v.record(NAME, v.array(POINTS)) })),
});

/** `results/index.json`. */
export const RESULTS_INDEX_SCHEMA = v.object({
  tables: v.array(TABLE),
  cells: v.array(CELL),
  /** The paper's figures; each has a file of its own if any of its runs is finished. */
  figures: v.array(
    v.object({
      id: NAME,
      title: TEXT,
      paper: TEXT,
      /** Lines with finished runs, and lines in all. */
      finished: COUNT,
      planned: COUNT,
    }),
  ),
  experiments: v.array(
    v.object({
      id: NAME,
      title: TEXT,
      question: TEXT,
      planned: COUNT,
      finished: COUNT,
      /** What came out, in one sentence; null while nothing did. */
      headline: v.nullable(TEXT),
    }),
  ),
});

/** Iteration (or trial), mean, low and high end of the interval. */
const BAND_POINT = v.tuple([COUNT, POINTS, v.nullable(POINTS), v.nullable(POINTS)]);
/** Iteration (or trial), return, success. */
const EVALUATION = v.tuple([COUNT, POINTS, SHARE]);

/** Place on the axis, mean, low and high end of the interval. */
const LINE_POINT = v.tuple([POINTS, POINTS, v.nullable(POINTS), v.nullable(POINTS)]);

/** Milliseconds of an iteration by phase. */
const PHASES = v.object({ rollout: POINTS, tipWriting: POINTS, retrieval: POINTS, update: POINTS });

const LINE = v.object({
  label: TEXT,
  method: v.nullable(NAME),
  experiment: NAME,
  arm: NAME,
  runCount: COUNT,
  points: v.array(LINE_POINT),
  phases: v.nullable(PHASES),
});

const PLOT = v.object({
  kind: v.picklist(["curve", "trials", "phases"]),
  /** What is measured, with its unit, and what it is laid on. */
  measure: TEXT,
  axis: TEXT,
  /** Whether the measure is a return, which ends at 100. */
  isReturn: v.boolean(),
  lines: v.array(LINE),
});

/** `results/<figure>.json`. */
export const FIGURE_SCHEMA = v.object({
  id: NAME,
  title: TEXT,
  paper: TEXT,
  here: TEXT,
  headlines: v.array(TEXT),
  panels: v.array(v.object({ id: NAME, title: TEXT, plots: v.array(PLOT) })),
  /** Lines without a finished run. */
  missing: v.array(v.object({ experiment: NAME, arm: NAME })),
  remarks: REMARKS,
  failures: v.array(TEXT),
});

const ARM = v.object({
  id: NAME,
  label: TEXT,
  method: v.nullable(NAME),
  /** Borrowed from the experiment named in `referenceExperiment`. */
  isReference: v.boolean(),
  heldOutReturn: ESTIMATE,
  heldOutSuccess: ESTIMATE,
  minutes: POINTS,
  tokens: POINTS,
  /** How many runs reached the breakthrough return, and the median iteration; null without evaluations on the way. */
  breakthroughs: v.nullable(v.object({ reached: COUNT, runs: COUNT, median: v.nullable(POINTS) })),
  curve: v.array(BAND_POINT),
  trials: v.array(BAND_POINT),
});

const RUN = v.object({
  name: NAME,
  arm: NAME,
  /** Whether it is in the plan and finished, and so counts. */
  isCounted: v.boolean(),
  /** Settings that differ from the defaults. */
  config: v.record(NAME, v.union([v.string(), v.number()])),
  backend: TEXT,
  commit: v.nullable(TEXT),
  weightsHash: v.nullable(TEXT),
  rolloutsHash: v.nullable(TEXT),
  heldOutReturn: v.nullable(POINTS),
  heldOutSuccess: v.nullable(SHARE),
  failure: v.nullable(TEXT),
  minutes: POINTS,
  /** Held-out, memory off. */
  evaluations: v.array(EVALUATION),
  /** Memory on, fixed weights. */
  trials: v.array(EVALUATION),
  /** Mean return of the training rollouts of iterations 1, 2, … */
  training: v.array(POINTS),
  /** Id of a recording with rollouts and tips that the page can play, made by the same run. */
  recording: v.nullable(NAME),
});

/** `results/<experiment>.json`. */
export const EXPERIMENT_SCHEMA = v.object({
  id: NAME,
  title: TEXT,
  question: TEXT,
  planned: COUNT,
  headlines: v.array(TEXT),
  /** Runs that are not as planned, and how. */
  deviations: v.array(v.object({ run: NAME, text: TEXT })),
  referenceExperiment: v.nullable(NAME),
  remarks: REMARKS,
  arms: v.array(ARM),
  runs: v.array(RUN),
});

/** What there is. */
export type ResultsIndex = v.InferOutput<typeof RESULTS_INDEX_SCHEMA>;
/** A cell of table 1 or 2. */
export type TableCell = ResultsIndex["cells"][number];
/** A table of the paper. */
export type SiteTable = ResultsIndex["tables"][number];
/** What was written by hand about runs. */
export type SiteRemarks = v.InferOutput<typeof REMARKS>;
/** A figure of the paper, from our runs. */
export type SiteFigure = v.InferOutput<typeof FIGURE_SCHEMA>;
/** One plot of a figure. */
export type SitePlot = SiteFigure["panels"][number]["plots"][number];
/** An experiment with its arms and runs. */
export type SiteExperiment = v.InferOutput<typeof EXPERIMENT_SCHEMA>;
/** Runs that are compared as one. */
export type SiteArm = SiteExperiment["arms"][number];
/** A recorded run. */
export type SiteRun = SiteExperiment["runs"][number];
