import { ConfigError } from "../core/base/errors.ts";
import { tipBucketOf } from "../core/envs/buckets.ts";
import type { TaskRef, TaskSpec, TextEnv } from "../core/envs/env.ts";
import { embed, type Embedding } from "../core/text/embedder.ts";
import { encode, TOKEN } from "../core/text/tokenizer.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { taskRefs } from "../core/training/task-sampler.ts";

/** The worlds, as functions. */
export interface Worlds {
  readonly createEnv: (task: TaskRef) => TextEnv;
  readonly taskSpec: (task: string) => TaskSpec;
}

/**
 * Keys of tips that a person writes: what an episode of the task variation begins with, so that the tip is found at
 * its start. Tips that all variations share are keyed by the first one.
 */
export function tipKeys(config: RunConfig, { createEnv, taskSpec }: Worlds): (bucket: string) => Embedding {
  return (bucket) => {
    const spec = taskSpec(config.task);
    const { train, dev, test } = spec.splits;
    const task = taskRefs(spec, config, [...train, ...dev, ...test]).find(
      (ref) => tipBucketOf(ref, config.tipScope) === bucket,
    );
    if (task === undefined) throw new ConfigError(`add tip: a task variation of this run, got "${bucket}"`);
    return embed([TOKEN.bos, ...encode(createEnv(task).reset().text)]);
  };
}
