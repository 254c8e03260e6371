/** @file A remedy in the tips' reader, not in the method: a base that leaves what tips call bad, where a wrong answer costs everything. */
import { EMPO2, GRPO } from "./arms.ts";
import { gridRuns, PROTOCOL_EPISODES, type Experiment, type PlannedArm } from "./planned-runs.ts";

const ANSWER_TASKS: readonly string[] = ["lifespan-shortest-lived", "lifespan-longest-lived", "test-conductivity"];

/** More tips at the start, because what is bad has a bad score and comes last. */
const ARMS: readonly PlannedArm[] = [
  EMPO2,
  { arm: "empo2-3-tips", changes: { ...EMPO2.changes, tipsAtStart: 3 } },
  GRPO,
];

/** The base `avoiding` (docs/results/bases) goes on with `general` by the recipe of that name. */
export const AVOIDING_EXPERIMENTS: readonly Experiment[] = ANSWER_TASKS.map((task) => ({
  id: `${task}-avoiding`,
  title: `${task}, easy, from a base that leaves what tips call bad`,
  question: "The base of all tasks is told what is bad and does it. Does EMPO² get further from one that leaves it?",
  runs: gridRuns({
    arms: ARMS,
    houses: [0],
    seeds: [1, 2, 3],
    common: {
      ...{ task, preset: "easy", base: "avoiding" },
      ...{ iterations: 30, evaluateEvery: 5, evaluationEpisodes: PROTOCOL_EPISODES },
    },
  }),
}));
