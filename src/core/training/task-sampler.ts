import { ConfigError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import type { Split, TaskRef, TaskSpec } from "../envs/env.ts";
import type { RunConfig } from "./run-config.ts";

/** References to variations of a run's task. */
export function taskRefs(spec: TaskSpec, config: RunConfig, variations: readonly number[]): TaskRef[] {
  const { preset, house } = config;
  return variations.map((variation) => ({ world: spec.world, task: spec.task, variation, preset, house }));
}

/**
 * The variations of a split that a run uses. Variations are numbered so that neighbours are alike (the first five of
 * test-conductivity all ask about foil), so a sample is of the whole split; it hangs on task and split alone, and a
 * larger one holds the smaller ones.
 */
function variationsInUse({ task, splits }: TaskSpec, split: Split, config: RunConfig, count: number): number[] {
  const inOrder =
    config.variationChoice === "first"
      ? splits[split]
      : Random.fromSeed(1).fork(`variations of ${task}, ${split}`).shuffled(splits[split]);
  return inOrder.slice(0, count);
}

/** The task variations of one iteration: all train variations in order if they fit, else a random choice (§6.1). */
export function sampleTasks(spec: TaskSpec, config: RunConfig, random: Random): TaskRef[] {
  const variations = variationsInUse(spec, "train", config, config.trainVariations);
  const count = config.tasksPerIteration;
  if (count <= variations.length) {
    const chosen = count === variations.length ? variations : random.sample(variations, count);
    return taskRefs(spec, config, chosen);
  }
  const repeated = Array.from({ length: count }, (_, i) => variations[i % variations.length]!);
  return taskRefs(spec, config, repeated);
}

/**
 * The variations an evaluation uses, as many of the split as the configuration says (§6.1).
 *
 * @throws {ConfigError} if the split is empty
 */
export function evaluationTasks(spec: TaskSpec, config: RunConfig, split: Split): TaskRef[] {
  const variations = variationsInUse(spec, split, config, config.evaluationVariations);
  if (variations.length === 0) throw new ConfigError(`evaluation: a split with variations, got ${spec.task} ${split}`);
  return taskRefs(spec, config, variations);
}
