/** @file Every task of both worlds takes any action at all: sense, nonsense and what a stranger might type. */
import { expect, test } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import type { TextEnv } from "../../../src/core/envs/env.ts";
import { createEnv, taskSpecs } from "../../../src/core/envs/registry.ts";
import { unknownWords } from "../../../src/core/text/tokenizer.ts";
import { WORDS } from "../../../src/core/text/vocabulary.ts";
import { recordFigures, sized } from "../../support/long.ts";

const SPECS = taskSpecs();
const ACTIONS = sized(3100, 100_000);
const STRANGE = [
  "",
  " ",
  "\0",
  "__proto__",
  "constructor toString",
  "<img src=x onerror=alert(1)>",
  "‮open door",
  "😀 go kitchen",
  "go ".repeat(2000),
  "search [" + "a".repeat(500) + "]",
  "click[buy now]",
  "-1",
  "NaN",
];
/** Between two looks at the list of valid actions, which is what takes time. */
const LOOK_EVERY = 5;

function anyAction(random: Random, valid: readonly string[]): string {
  const kind = random.uniform();
  if (kind < 0.5 && valid.length > 0) return random.pick(valid);
  if (kind < 0.9) return Array.from({ length: random.integer(7) }, () => random.pick(WORDS)).join(" ");
  return random.pick(STRANGE);
}

/** What was thrown, and where. */
const thrown: string[] = [];

function attempt<Result>(work: () => Result, where: string): Result {
  try {
    return work();
  } catch (error) {
    thrown.push(`${where}: ${String(error)}`);
    throw error;
  }
}

/** Plays so many actions, in episodes of at most a hundred. */
function play(random: Random, create: () => TextEnv, actions: number): void {
  let env = create();
  let { text, score, done } = env.reset();
  let valid: readonly string[] = [];
  for (let i = 0; i < actions; i++) {
    if (i % 100 === 99) env = create();
    if (i % 100 === 99 || done) ({ text, score, done } = env.reset());
    if (i % LOOK_EVERY === 0) valid = env.validActions();
    const action = anyAction(random, valid);
    const where = `${JSON.stringify(env.task)}, after ${i} actions, “${action.slice(0, 60)}”`;
    const next = attempt(() => env.step(action), where);
    expect(unknownWords(next.text), where).toEqual([]);
    expect(Number.isFinite(next.score) && Math.abs(next.score) <= 100, where).toBe(true);
    if (done) expect(next.done, where).toBe(true);
    if (i % 50 === 0) expect(() => structuredClone(env.view()), where).not.toThrow();
    ({ text, score, done } = next);
  }
  expect([text.length > 0, Number.isFinite(score)]).toEqual([true, true]);
}

test(`all tasks take ${ACTIONS} actions of any kind`, { timeout: sized(120_000, 3_600_000) }, () => {
  const each = Math.ceil(ACTIONS / SPECS.length);
  for (const spec of SPECS) {
    const random = Random.fromSeed(11).fork(spec.task);
    play(
      random,
      () =>
        createEnv({
          ...{ world: spec.world, task: spec.task, variation: random.integer(spec.variationCount) },
          ...{ preset: random.pick(spec.presets), house: random.integer(3) },
        }),
      each,
    );
  }
  recordFigures("worldActions", { tasks: SPECS.length, actions: each * SPECS.length, uncaughtErrors: thrown.length });
});
