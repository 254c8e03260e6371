/** @file Small plain-data parts of runs: events, tips, commits. */
import type { IterationSummary, RolloutRecord, TrainingEvent } from "../../src/core/events/training-event.ts";
import type { Tip } from "../../src/core/memory/tip.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { RunCommit } from "../../src/storage/run-store.ts";

/** A tip, different for each id. */
export function makeTip(id: number, changes: Partial<Tip> = {}): Tip {
  return {
    id,
    bucket: "bucket-a",
    tokens: [10, 11, id % 500],
    score: 50,
    iteration: 1,
    key: [3, 4],
    author: "policy",
    pinned: false,
    retrievedCount: 0,
    ...changes,
  };
}

/** A rollout with one action of two tokens after a tip. */
export function makeRollout(rolloutId: string, iteration: number): RolloutRecord {
  return {
    rolloutId,
    iteration,
    task: { world: "scienceworld", task: "power-component", variation: 0, preset: "easy", house: 1 },
    groupId: "g",
    mode: "off-policy",
    firstObservation: "you see",
    turns: [],
    retrieved: [],
    tip: null,
    score: 50,
    intrinsicReturn: 0,
    advantage: null,
    tokens: [1, 20, 2, 30, 3, 5, 40, 6],
    segments: [
      { kind: "observation", start: 0, end: 2 },
      { kind: "tip", start: 2, end: 5 },
      { kind: "prompt", start: 5, end: 6 },
      { kind: "action", start: 6, end: 8 },
    ],
  };
}

/** The summary of a finished iteration. */
export function makeSummary(iteration: number): IterationSummary {
  const modeCounts = { "on-policy": 1, "on-policy-with-tips": 0, "off-policy": 0 };
  return {
    iteration,
    meanReturn: 10,
    successRate: 0,
    meanReturnWithTips: null,
    meanReturnWithoutTips: 10,
    successRateWithTips: null,
    successRateWithoutTips: 0,
    bestScore: 10,
    modeCounts,
    expectedModeCounts: modeCounts,
    episodeCount: 1,
    tokenCount: 8,
    totalTokenCount: 8 * iteration,
    tipCount: 0,
    update: null,
    times: { rollout: 1, tipWriting: 0, retrieval: 0, update: 1, evaluation: 0 },
  };
}

/** What one iteration tells. */
export function iterationEvents(iteration: number): TrainingEvent[] {
  const { task, mode, firstObservation } = makeRollout("r", iteration);
  const rolloutId = `${iteration}.g.0`;
  const turn = {
    action: "open door",
    observation: "open",
    score: 0,
    reward: 0,
    intrinsicReward: 0,
    logProbs: [-1],
    entropies: [1],
  };
  return [
    { type: "iterationStarted", iteration, tasks: [task] },
    { type: "turnTaken", rolloutId, task, mode, firstObservation, turn },
    { type: "rolloutsFinished", iteration, rollouts: [makeRollout(rolloutId, iteration)] },
    { type: "iterationFinished", summary: makeSummary(iteration) },
  ];
}

/** A commit of an iteration. */
export function makeCommit(runId: string, iteration: number, changes: Partial<RunCommit> = {}): RunCommit {
  return {
    runId,
    config: DEFAULT_CONFIG,
    iteration,
    payload: new Uint8Array([1, 2, 3, iteration]),
    tips: [makeTip(1), makeTip(2)],
    events: iterationEvents(iteration),
    finished: false,
    pendingChanges: [],
    ...changes,
  };
}
