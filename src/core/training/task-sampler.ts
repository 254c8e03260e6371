import { ConfigError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { Split, TaskRef, TaskSpec } from "../envs/env.ts";
import type { RunConfig } from "./run-config.ts";

/** References to variations of a run's task. */
export function taskRefs(spec: TaskSpec, config: RunConfig, variations: readonly number[]): TaskRef[] {
  const { preset, house } = config;
  return variations.map((variation) => ({ world: spec.world, task: spec.task, variation, preset, house }));
}

/** The task variations of one iteration: all train variations in order if they fit, else a random choice (§6.1). */
export function sampleTasks(spec: TaskSpec, config: RunConfig, random: Random): TaskRef[] {
  const variations = spec.splits.train.slice(0, config.trainVariations);
  const count = config.tasksPerIteration;
  if (count <= variations.length) {
    const chosen = count === variations.length ? variations : random.sample(variations, count);
    return taskRefs(spec, config, chosen);
  }
  const repeated = Array.from({ length: count }, (_, i) => variations[i % variations.length]!);
  return taskRefs(spec, config, repeated);
}

/**
 * The variations an evaluation uses: the first ones of the split, as many as the configuration says (§6.1).
 *
 * @throws {ConfigError} if the split is empty
 */
export function evaluationTasks(spec: TaskSpec, config: RunConfig, split: Split): TaskRef[] {
  const variations = spec.splits[split].slice(0, config.evaluationVariations);
  if (variations.length === 0) throw new ConfigError(`evaluation: a split with variations, got ${spec.task} ${split}`);
  return taskRefs(spec, config, variations);
}
