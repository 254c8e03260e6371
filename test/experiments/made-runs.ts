/** @file Made-up run folders: curves that a test chose, in the format that `train` writes. */
import type { EvaluationRecord } from "../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../src/core/training/run-config.ts";
import type { Experiment } from "../../src/experiments/planned-runs.ts";
import { parseRun, type RecordedRun, type RunFiles, type StoredSummary } from "../../src/experiments/recorded-runs.ts";

/** What a made-up run is to show. */
export interface MadeRun {
  readonly name: string;
  readonly changes?: Partial<RunConfig>;
  /** Held-out return by iteration, memory off. */
  readonly heldOut: readonly (readonly [iteration: number, meanReturn: number])[];
  /** Returns of the trials with memory on. */
  readonly trials?: readonly number[];
  readonly summaries?: readonly Partial<StoredSummary>[];
  readonly isFinished?: boolean;
}

export function madeFiles(run: MadeRun): RunFiles {
  const config = { ...DEFAULT_CONFIG, ...run.changes };
  const evaluations = run.heldOut.map(([iteration, meanReturn]) => evaluation(iteration, meanReturn, "off"));
  const trials = (run.trials ?? []).map((meanReturn, i) => evaluation(i + 1, meanReturn, "on"));
  const last = [...evaluations, ...trials].at(-1);
  const events = [
    { type: "runStarted", method: config.method, iteration: 0, backend: "wasm", config },
    ...[...evaluations, ...trials].map((record) => ({ type: "evaluated", evaluation: record })),
    ...madeSummaries(run).map((summary) => ({ type: "iterationFinished", summary })),
  ];
  const summary = {
    heldOutReturn: last?.meanReturn,
    heldOutSuccess: last?.successRate,
    weightsHash: "ab".repeat(32),
    rolloutsHash: "cd".repeat(32),
    commit: "0123456789abcdef0123456789abcdef01234567",
  };
  return {
    name: run.name,
    events: events.map((event, at) => `${JSON.stringify({ ...event, at })}\n`).join(""),
    summary: run.isFinished === false ? null : JSON.stringify(summary),
  };
}

export function madeRun(run: MadeRun): RecordedRun {
  return parseRun(madeFiles(run));
}

function madeSummaries({ summaries, heldOut }: MadeRun): StoredSummary[] {
  const last = heldOut.at(-1)?.[0] ?? 1;
  const wanted = summaries ?? Array.from({ length: last }, () => ({}));
  return wanted.map((changes, i) => ({
    iteration: i + 1,
    meanReturn: 30,
    successRate: 0,
    meanReturnWithTips: null,
    meanReturnWithoutTips: 30,
    bestScore: 30,
    modeCounts: { "on-policy": 40, "on-policy-with-tips": 0, "off-policy": 0 },
    expectedModeCounts: { "on-policy": 40, "on-policy-with-tips": 0, "off-policy": 0 },
    episodeCount: 40,
    tokenCount: 8000,
    totalTokenCount: 8000 * (i + 1),
    tipCount: 0,
    update: null,
    times: { rollout: 1000, tipWriting: 100, retrieval: 10, update: 890, evaluation: 5000 },
    ...changes,
  }));
}

function evaluation(iteration: number, meanReturn: number, memory: "off" | "on"): EvaluationRecord {
  const successRate = Math.max(0, (meanReturn - 30) / 70);
  return {
    iteration,
    meanReturn,
    successRate,
    episodeCount: 20,
    perVariation: [8, 9].map((variation) => ({ variation, meanReturn, successRate })),
    memory,
    split: "test",
  };
}

/** A curve from 43 that rises to a level around an iteration. */
export function risingCurve(level: number, around: number, last = 50): (readonly [number, number])[] {
  return Array.from({ length: last / 5 + 1 }, (_, i) => {
    const share = 1 / (1 + Math.exp(-(i * 5 - around) / 2.5));
    return [i * 5, 43 + (level - 43) * share] as const;
  });
}

/** An experiment of made-up runs, every arm on the same houses and seeds. */
export function madeExperiment(
  id: string,
  runs: readonly (MadeRun & { readonly arm: string })[],
): { readonly experiment: Experiment; readonly runs: readonly RecordedRun[] } {
  return {
    experiment: {
      id,
      title: `Made up: ${id}`,
      question: "Is a page made?",
      runs: runs.map(({ name, arm, changes }) => ({ name, arm, config: { ...DEFAULT_CONFIG, ...changes } })),
    },
    runs: runs.map(madeRun),
  };
}
