/** @file A made-up run as its events, with the real types: for tests of what the page makes of them. */
import { Random } from "../../../src/core/base/random.ts";
import type { TaskRef } from "../../../src/core/envs/env.ts";
import type {
  EvaluationRecord,
  IterationSummary,
  LearningMode,
  RolloutRecord,
  TrainingEvent,
  TurnRecord,
} from "../../../src/core/events/training-event.ts";
import { encode } from "../../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../../src/core/training/run-config.ts";
import type { RunView } from "../../../src/ui/store/run-view.ts";
import { emptyView, reduceView } from "../../../src/ui/store/run-view.ts";

/** What a made-up run looks like. */
export interface RunPlan {
  readonly iterations: number;
  readonly groupSize: number;
  readonly turns: number;
  readonly config: Partial<RunConfig>;
}

const PLAN: RunPlan = { iterations: 3, groupSize: 4, turns: 2, config: {} };
const MODES: readonly LearningMode[] = ["on-policy", "on-policy", "on-policy-with-tips", "off-policy"];
const TASK: TaskRef = { world: "scienceworld", task: "power-component", variation: 0, preset: "easy", house: 1 };

/** All events of a run, in order. */
export function runEvents(changes: Partial<RunPlan> = {}): TrainingEvent[] {
  const plan = { ...PLAN, ...changes };
  const config = { ...DEFAULT_CONFIG, ...plan.config };
  const { method } = config;
  return [
    { type: "runStarted", method, iteration: 0, backend: "cpu", config },
    { type: "evaluated", evaluation: evaluation(0, 10) },
    ...Array.from({ length: plan.iterations }, (_, i) => iterationEvents(i + 1, plan)).flat(),
  ];
}

/** The events of one iteration. */
export function iterationEvents(iteration: number, changes: Partial<RunPlan> = {}): TrainingEvent[] {
  const plan = { ...PLAN, ...changes };
  const rollouts = Array.from({ length: plan.groupSize }, (_, i) => rollout(iteration, i, plan));
  const [watched] = rollouts;
  return [
    { type: "iterationStarted", iteration, tasks: [TASK] },
    { type: "phaseStarted", phase: "rollout", iteration },
    ...watched!.turns.map((turn): TrainingEvent => {
      const { rolloutId, task, mode, firstObservation } = watched!;
      return { type: "turnTaken", rolloutId, task, mode, firstObservation, turn };
    }),
    { type: "phaseStarted", phase: "update", iteration },
    { type: "policyUpdated", iteration, stats: summary(iteration).update!, tokens: tokenRecords(rollouts) },
    { type: "rolloutsFinished", iteration, rollouts },
    { type: "evaluated", evaluation: evaluation(iteration, 10 + iteration) },
    { type: "iterationFinished", summary: summary(iteration) },
  ];
}

/** One finished rollout. */
export function rollout(iteration: number, index: number, { turns, groupSize }: RunPlan = PLAN): RolloutRecord {
  const random = Random.fromSeed(iteration * 1000 + index);
  const score = random.integer(99);
  const mode = MODES[index % MODES.length]!;
  const tip = { turn: 0, tipId: 1, similarity: 0.8, text: "kitchen ; no focus ; score 3 0", score: 30 };
  return {
    rolloutId: `${iteration}.group-0.${index}`,
    iteration,
    task: TASK,
    groupId: `${iteration}.group-0`,
    mode,
    firstObservation: "task power red bulb . in kitchen see red bulb ; exit hallway",
    turns: Array.from({ length: turns }, (_, i) => turn(i === turns - 1 ? score : 0)),
    retrieved: mode === "on-policy" ? [] : [tip],
    tip: `kitchen ; go hallway ; open door ${index}`,
    score,
    intrinsicReturn: 0.5,
    advantage: index - (groupSize - 1) / 2,
    tokens: encode("<bos> task power red bulb > go hallway <end>"),
    segments: [
      { kind: "observation", start: 0, end: 5 },
      { kind: "prompt", start: 5, end: 6 },
      { kind: "action", start: 6, end: 9 },
    ],
  };
}

function turn(score: number): TurnRecord {
  return {
    action: "go hallway",
    observation: "in hallway see door",
    score,
    reward: score,
    intrinsicReward: 0,
    logProbs: [-0.1, -0.2, -0.05],
    entropies: [0.3, 0.4, 0.1],
  };
}

function tokenRecords(rollouts: readonly RolloutRecord[]) {
  return rollouts.map(({ rolloutId }, i) => ({
    rolloutId,
    ratios: [1, 1.1, 0.7],
    masked: [false, i === 0, false],
  }));
}

/** A finished iteration in numbers. */
export function summary(iteration: number): IterationSummary {
  const modeCounts = { "on-policy": 2, "on-policy-with-tips": 1, "off-policy": 1 };
  return {
    iteration,
    meanReturn: iteration * 10,
    successRate: 0,
    meanReturnWithTips: iteration * 12,
    meanReturnWithoutTips: iteration * 8,
    successRateWithTips: 0,
    successRateWithoutTips: 0,
    bestScore: 80,
    modeCounts,
    expectedModeCounts: { "on-policy": 3, "on-policy-with-tips": 1 / 3, "off-policy": 2 / 3 },
    episodeCount: 4,
    tokenCount: 100,
    totalTokenCount: iteration * 100,
    tipCount: iteration * 4,
    update: {
      loss: 0.5 / iteration,
      meanRatio: 1.02,
      clipFraction: 0.1,
      maskedFraction: 0.01,
      entropy: 0.5,
      klToBase: null,
      gradNorm: 0.9,
      tokenCount: 12,
    },
    times: { rollout: 300, tipWriting: 50, retrieval: 10, update: 200, evaluation: 40 },
  };
}

/** A point of the held-out curve. */
export function evaluation(iteration: number, meanReturn: number): EvaluationRecord {
  return { iteration, meanReturn, successRate: 0, episodeCount: 8, perVariation: [], memory: "off", split: "test" };
}

/** What the page knows of a run after these events. */
export function viewOf(events: readonly TrainingEvent[], title = "EMPO², seed 1"): RunView {
  return reduceView(emptyView({ key: "run", title, source: "live", method: "empo2", config: {} }), events);
}
