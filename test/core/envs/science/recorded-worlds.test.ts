/**
 * @file Worlds that stored runs and base policies were made in. Whatever the engine learns, their transcripts stay
 * as they are: observations, scores, ticks and valid actions.
 */
import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { randomMissionWorld } from "../../../../src/pretraining/random-world.ts";
import { BASE_CORPUS } from "../../../../src/pretraining/recipe.ts";
import { ref } from "./play.ts";

const PRESETS = ["easy", "none", "teleportAction,openContainers", "openDoors"];
const HOUSES = [0, 1, 7];
const EPISODES = 4;

/** All words and verbs a clumsy player may put together. */
const BABBLE =
  "open close go look around at in activate deactivate focus on move to pour use read connect disconnect wait wait1 pick up put down drop eat flush dunk mix teleport door kitchen hallway workshop outside greenhouse red blue bulb wire motor battery anode cathode 1 2 0 cup pot box orange air egg tree solar gas switch sink stove fridge fountain juice paint thermometer soap lighter shovel table inventory task the";

/** FNV-1a over UTF-16 units. */
function hashed(hash: number, text: string): number {
  let result = hash;
  for (let i = 0; i < text.length; i++) result = Math.imul(result ^ text.charCodeAt(i), 16_777_619) >>> 0;
  return result;
}

function randomAction(random: Random, valid: readonly string[]): string {
  if (valid.length > 0 && random.chance(0.6)) return random.pick(valid);
  const words = BABBLE.split(" ");
  return Array.from({ length: 1 + random.integer(5) }, () => random.pick(words)).join(" ");
}

/** Facts about things that their view did not have when these hashes were taken. */
const LATER_FACTS = ["temperature", "living"];

/** Hash of everything one random episode shows. */
function episodeHash(start: number, env: ScienceWorldEnv, random: Random): number {
  let hash = hashed(start, env.reset().text);
  for (let done = false; !done;) {
    const valid = env.validActions();
    hash = hashed(hash, valid.join(";"));
    const { text, score, moves, done: isDone } = env.step(randomAction(random, valid));
    hash = hashed(hash, `${text}|${score}|${moves}`);
    done = isDone;
  }
  const { kind, circuits, ...facts } = env.view();
  expect([kind, Array.isArray(circuits)]).toEqual(["rooms", true]); // told since, too
  return hashed(
    hash,
    JSON.stringify(facts, (key, value: unknown) => (LATER_FACTS.includes(key) ? undefined : value)),
  );
}

function taskHash(task: string, variations: readonly number[]): number {
  const random = Random.fromSeed(11).fork(task);
  let hash = 2_166_136_261;
  for (const preset of PRESETS)
    for (const house of HOUSES)
      for (const variation of variations)
        for (let episode = 0; episode < EPISODES; episode++) {
          const env = createScienceEnv(ref(task, { preset, house, variation }));
          hash = episodeHash(hash, env, random.fork(`${preset} ${house} ${variation} ${episode}`));
        }
  return hash;
}

describe("recorded worlds do not change", () => {
  it.each([
    ["power-component", [0, 7, 19], 2_050_425_533],
    ["power-component-renewable-vs-nonrenewable-energy", [0, 7, 19], 1_044_077_991],
    ["find-living-thing", [0, 31, 299], 1_244_537_254],
    ["find-non-living-thing", [0, 31, 299], 1_755_689_958],
    ["find-plant", [0, 31, 299], 2_750_788_688],
    ["find-animal", [0, 31, 299], 4_143_897_433],
    ["teaching-power-component", [0, 5, 11], 1_199_404_997],
  ])("%s", (task, variations, expected) => {
    expect(taskHash(task, variations)).toBe(expected);
  });

  it("random worlds of the corpus", () => {
    const random = Random.fromSeed(12);
    let hash = 2_166_136_261;
    for (let i = 0; i < 200; i++) {
      const { spec } = randomMissionWorld(random.fork(`world ${i}`), BASE_CORPUS.mix);
      hash = episodeHash(hash, new ScienceWorldEnv(ref("corpus"), spec), random.fork(`player ${i}`));
    }
    expect(hash).toBe(2_686_789_964);
  });
});
