/** @file Frozen policies on a new task: real files and worlds, a table in the place of the network. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CheckpointError, ConfigError } from "../../src/core/base/errors.ts";
import type { EvaluationRecord } from "../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { Progress, TriedPolicy } from "../../src/protocol/messages.ts";
import { tryPolicies, type TrialsPorts } from "../../src/runtime/policy-trials.ts";
import type { TrialsRequest } from "../../src/runtime/run-host-ports.ts";
import { encodeSessionFile } from "../../src/runtime/session-file.ts";
import { emptyCheckpoint } from "../support/fake-run.ts";
import { TabularPolicy } from "../support/tabular-policy.ts";

const BASE: TriedPolicy = { type: "base", config: DEFAULT_CONFIG };

function checkpoint(): TriedPolicy {
  const { buffer } = encodeSessionFile(emptyCheckpoint({ ...DEFAULT_CONFIG, method: "grpo" }));
  return { type: "checkpoint", bytes: buffer };
}

/** What was told, and how often a policy was opened and given back. */
async function tried(changes: Partial<TrialsRequest>) {
  const told: [policy: number, record: EvaluationRecord][] = [];
  const progress: (Progress | null)[] = [];
  const counts = { opened: 0, disposed: 0, bases: [] as string[] };
  const request: TrialsRequest = {
    ...{ policies: [BASE], task: "teaching-power-component", preset: "easy", house: 2, seed: 1 },
    ...{ trials: 2, episodes: 1, backend: "auto" },
    onProgress: (one) => progress.push(one),
    onTrial: (policy, record) => told.push([policy, record]),
    goesOn: () => true,
    ...changes,
  };
  const ports: TrialsPorts = {
    clock: { now: () => 0 },
    loadBase: async (name) => {
      counts.bases.push(name);
      return readFileSync(new URL(`../../public/base/${name}.safetensors`, import.meta.url));
    },
    openPolicy: async () => {
      counts.opened++;
      const policy = new TabularPolicy({ words: "look around" });
      return Object.assign(policy, { dispose: () => counts.disposed++ });
    },
  };
  const error = await tryPolicies(request, ports).then(
    () => null,
    (reason: unknown) => reason,
  );
  return { told, progress, counts, error };
}

test("each policy is tried with memory, then without, on the task's test variations, and given back", async () => {
  const { told, counts, error } = await tried({ policies: [BASE, checkpoint()] });
  expect(error).toBeNull();
  expect(told.map(([policy, { memory, iteration }]) => [policy, memory, iteration])).toEqual(
    [0, 1].flatMap((policy) => ["on", "off"].flatMap((memory) => [1, 2].map((trial) => [policy, memory, trial]))),
  );
  expect(told[0]![1]).toMatchObject({ split: "test", episodeCount: 4 });
  expect(counts).toEqual({ opened: 2, disposed: 2, bases: ["base"] });
});

test("progress is told after every trial, and is over after the last", async () => {
  const { progress } = await tried({});
  expect(progress.map((one) => one?.fraction ?? null)).toEqual([0.25, 0.5, 0.75, null]);
});

test("ends after the trial in flight when it is told to, and gives the policy back", async () => {
  let left = 2; // Asked before each policy, before each of its two courses, and after every trial.
  const { told, counts } = await tried({ policies: [BASE, BASE], goesOn: () => left-- > 0 });
  expect(told).toHaveLength(1);
  expect(counts).toMatchObject({ opened: 1, disposed: 1 });
});

test.each([
  ["too many trials", { trials: 1000 }, ConfigError],
  ["no policy", { policies: [] }, ConfigError],
  ["an unknown task", { task: "no-such-task" }, ConfigError],
  ["an impossible house", { house: -1 }, ConfigError],
  ["a damaged file", { policies: [{ type: "checkpoint", bytes: new ArrayBuffer(8) } as const] }, CheckpointError],
])("%s is an error, and nothing is tried", async (_what, changes, kind) => {
  const { told, error, counts } = await tried(changes);
  expect(error).toBeInstanceOf(kind);
  expect(told).toEqual([]);
  expect(counts.opened).toBe(counts.disposed);
});
