import { expect, test } from "vitest";
import { createEnv, taskSpec } from "../../src/core/envs/registry.ts";
import { retrieveTips } from "../../src/core/memory/tip-memory.ts";
import { Random } from "../../src/core/base/random.ts";
import { bucketOf, tipBucketOf } from "../../src/core/envs/buckets.ts";
import { embed } from "../../src/core/text/embedder.ts";
import { encode, TOKEN } from "../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { taskRefs } from "../../src/core/training/task-sampler.ts";
import { tipKeys } from "../../src/runtime/tip-keys.ts";
import { makeTip } from "../support/run-fixtures.ts";

const WORLDS = { createEnv, taskSpec };

test("a tip by hand is found at the start of an episode of its task variation", () => {
  const spec = taskSpec(DEFAULT_CONFIG.task);
  const [task] = taskRefs(spec, DEFAULT_CONFIG, spec.splits.train);
  const bucket = bucketOf(task!);
  const tip = makeTip(1, { bucket, key: tipKeys(DEFAULT_CONFIG, WORLDS)(bucket) });
  const start = embed([TOKEN.bos, ...encode(createEnv(task!).reset().text)]);
  const [found] = retrieveTips([tip], start, { minSimilarity: 0.5, retrievalSize: 10 }, Random.fromSeed(1));
  expect(found?.similarity).toBeCloseTo(1);
});

test("a tip for all variations is keyed by the first", () => {
  const config = { ...DEFAULT_CONFIG, tipScope: "task" } as const;
  const [first] = taskRefs(taskSpec(config.task), config, taskSpec(config.task).splits.train);
  const start = embed([TOKEN.bos, ...encode(createEnv(first!).reset().text)]);
  expect(tipKeys(config, WORLDS)(tipBucketOf(first!, "task"))).toEqual(start);
  expect(() => tipKeys(config, WORLDS)(bucketOf(first!))).toThrow("a task variation of this run");
});

test("a tip for a task variation that the run does not have is refused", () => {
  expect(() => tipKeys(DEFAULT_CONFIG, WORLDS)("nowhere/easy/house-0/variation-0")).toThrow(
    "a task variation of this run",
  );
});
