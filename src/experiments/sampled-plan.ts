/**
 * @file Table 1 with variations that stand for their splits. The first five of a train split are often one thing asked five
 * times, and the first twenty of a test split another one; here they are samples of the splits (core/training/task-sampler.ts).
 */
import { shippedBaseFor } from "../core/training/config-defaults.ts";
import { EMPO2, GRPO } from "./arms.ts";
import { gridRuns, PROTOCOL_EPISODES, type Experiment } from "./planned-runs.ts";

/** The tasks of table 1 whose splits hold more than ten train variations; the others are used nearly whole as they are. */
export const SAMPLED_TASKS: readonly string[] = [
  "chemistry-mix",
  "chemistry-mix-paint-secondary-color",
  "chemistry-mix-paint-tertiary-color",
  "find-animal",
  "find-living-thing",
  "find-non-living-thing",
  "find-plant",
  "lifespan-longest-lived",
  "lifespan-longest-lived-then-shortest-lived",
  "lifespan-shortest-lived",
  "test-conductivity",
  "test-conductivity-of-unknown-substances",
  "measure-melting-point-known-substance",
  "use-thermometer",
];

/** As many train variations as the paper has, and ten times as many. */
export const SAMPLE_SIZES = [5, 50] as const;
export type SampleSize = (typeof SAMPLE_SIZES)[number];

/** The experiment of a task with that many sampled train variations. */
export function sampledExperimentOf(task: string, size: SampleSize): string {
  return size === 5 ? `${task}-sampled` : `${task}-sampled-${size}`;
}

/** EMPO² and GRPO on each of the tasks, twice as long as in table 1: more is to be learned. */
export const SAMPLED_EXPERIMENTS: readonly Experiment[] = SAMPLE_SIZES.flatMap((size) =>
  SAMPLED_TASKS.map((task) => ({
    id: sampledExperimentOf(task, size),
    title: `${task}, easy, with ${size} sampled train variations`,
    question: `The first train variations are alike, and so are the first test variations. What do the methods learn from ${size} variations of the whole split, and what of it holds in the whole test split?`,
    runs: gridRuns({
      arms: [EMPO2, GRPO],
      houses: [0],
      seeds: [1, 2, 3],
      common: {
        ...{ task, preset: "easy", base: shippedBaseFor(task), variationChoice: "sampled", trainVariations: size },
        ...{ iterations: 60, evaluateEvery: 10, evaluationEpisodes: PROTOCOL_EPISODES },
      },
    }),
  })),
);
