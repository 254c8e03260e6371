/** @file What the policy reads, word for word, in every task: a change of rendering shows in test/golden/prompts.txt. */
import { expect, it } from "vitest";
import type { TaskRef, TextEnv } from "../../../src/core/envs/env.ts";
import { createEnv, taskSpecs } from "../../../src/core/envs/registry.ts";
import type { GenerateRequest, Policy } from "../../../src/core/policy/policy.ts";
import { rollOut } from "../../../src/core/rollout/rollout-engine.ts";
import { tipTokens } from "../../../src/core/rollout/remember.ts";
import { bucketOf } from "../../../src/core/envs/buckets.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { decode, encode } from "../../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import { toRunSettings } from "../../../src/core/training/settings.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";
import { dependenciesOf, memoryOf, request, tipOf } from "./rollout-fixtures.ts";

/** Turns of an episode here. */
const TURNS = 2;

/** An episode of the task that is over after two turns. */
function shortEnv(task: TaskRef): TextEnv {
  const env = createEnv(task);
  let turns = 0;
  return {
    task,
    reset: () => env.reset(),
    step: (action) => ({ ...env.step(action), done: ++turns === TURNS }),
    validActions: () => env.validActions(),
    view: () => env.view(),
  };
}

/** The first thing that can be done in the task, then one from the middle of the list. */
function actionsOf(task: TaskRef): [first: string, second: string] {
  const env = createEnv(task);
  env.reset();
  const first = env.validActions()[0]!;
  env.step(first);
  const others = env.validActions();
  return [first, others[Math.floor(others.length / 2)]!];
}

/** Writes these actions, and the first of them again as its tip. */
function scriptedPolicy(actions: readonly string[]): Policy {
  const write = ({ turn, stopTokens }: GenerateRequest) => {
    const tokens = [...encode(actions[turn] ?? actions[0]!), stopTokens.at(-1)!];
    return { tokens, logProbs: tokens.map(() => 0), entropies: tokens.map(() => 0) };
  };
  const policy = new TabularPolicy({ words: "", contextLength: 384 });
  policy.open = () => ({ generate: async (requests) => requests.map(write), close: () => undefined });
  return policy;
}

async function trajectoryOf(task: TaskRef): Promise<Trajectory> {
  const actions = actionsOf(task);
  const tip = {
    ...tipOf("", createEnv(task).reset().text),
    bucket: bucketOf(task),
    stateBucket: bucketOf(task),
    tokens: tipTokens(encode(actions[0]), 50),
  };
  const dependencies = dependenciesOf(scriptedPolicy(actions), { memory: memoryOf(tip), createEnv: shortEnv });
  const config = { ...toRunSettings(DEFAULT_CONFIG).rollout, writeTips: true };
  const [trajectory] = await rollOut([request(1, { task, mode: "on-policy-with-tips" })], config, dependencies);
  return trajectory!;
}

/** A line for everything that is read, and one for each prompt with what is written after it. */
function linesOf({ sequence }: Trajectory): string[] {
  return sequence.segments.flatMap(({ kind, start, end }, i) => {
    const words = decode(sequence.tokens.slice(start, end));
    const isWritten = kind === "action" || kind === "writtenTip";
    if (isWritten) return [`${decode(sequence.tokens.slice(start - 1, start))} ${words}`];
    return kind === "prompt" && sequence.segments[i + 1] !== undefined ? [] : [`  ${words}`];
  });
}

it("every task is read as on the day it was looked at", async () => {
  const { preset, house } = DEFAULT_CONFIG;
  const parts: string[] = [];
  for (const { world, task, splits } of taskSpecs()) {
    const variation = splits.train[0]!;
    const trajectory = await trajectoryOf({ world, task, variation, preset, house });
    expect(trajectory.turns).toHaveLength(TURNS);
    expect(trajectory.retrieved).toHaveLength(1);
    const title = `${task}, variation ${variation}, house ${house}, ${preset}: ${trajectory.sequence.tokens.length} tokens`;
    parts.push([title, ...linesOf(trajectory)].join("\n"));
  }
  await expect(`${parts.join("\n\n")}\n`).toMatchFileSnapshot("../../golden/prompts.txt");
});
