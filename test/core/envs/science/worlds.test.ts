import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { createScienceEnv, scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import { doorDistances, floorPlanOfHouse, REAL_HOUSE } from "../../../../src/core/envs/science/floor-plan.ts";
import { splitVariations } from "../../../../src/core/envs/science/task-type.ts";
import { wordId } from "../../../../src/core/text/vocabulary.ts";
import { ref, start } from "./play.ts";

const TASKS = scienceTaskSpecs();
const PRESETS = ["easy", "none", "teleportAction,openContainers", "openDoors"];
const HOUSES = [0, 1, 7];

/** All words and verbs a clumsy player may put together. */
const BABBLE =
  "open close go look around at in activate focus on move to pour use read connect disconnect wait wait1 pick up put down mix teleport door kitchen hallway workshop outside red blue bulb wire motor battery anode cathode 1 2 0 cup pot box orange air egg tree solar gas switch inventory task reset the";

/** Random words half of the time, else an action that does something. */
function randomAction(random: Random, validActions: () => readonly string[]): string {
  const valid = random.chance(0.5) ? validActions() : [];
  if (valid.length > 0) return random.pick(valid);
  const words = BABBLE.split(" ");
  return Array.from({ length: 1 + random.integer(6) }, () => random.pick(words)).join(" ");
}

describe("all worlds", () => {
  it("speak only words of the vocabulary and never fail, whatever is done", () => {
    const unknown = new Set<string>();
    const random = Random.fromSeed(1);
    let lowest = 0;
    const check = (text: string) => {
      for (const word of text.split(" ")) if (wordId(word) === undefined) unknown.add(word);
    };
    for (const { task, variationCount } of TASKS) {
      for (const preset of PRESETS) {
        for (const house of HOUSES) {
          for (let episode = 0; episode < 2; episode++) {
            const env = createScienceEnv(ref(task, { preset, house, variation: random.integer(variationCount) }));
            check(env.reset().text);
            for (let done = false; !done;) {
              const observation = env.step(randomAction(random, () => env.validActions()));
              check(observation.text);
              for (const action of env.validActions()) check(action);
              lowest = Math.min(lowest, observation.score);
              done = observation.done;
            }
          }
        }
      }
    }
    expect([...unknown]).toEqual([]);
    expect(lowest).toBe(-100);
  }, 20_000);

  it("survive ten thousand babbled actions in one world", () => {
    const random = Random.fromSeed(2);
    const env = start("power-component", { preset: "none" });
    for (let i = 0; i < 10_000; i++) {
      if (env.step(randomAction(random, () => env.validActions())).done) env.reset();
    }
  });

  it("give the same transcript for the same task and actions", () => {
    for (const { task } of TASKS) {
      const transcript = () => {
        const random = Random.fromSeed(3);
        const env = start(task, { variation: 3, house: 2 });
        return Array.from({ length: 12 }, () => env.step(randomAction(random, () => env.validActions())));
      };
      expect(transcript()).toEqual(transcript());
    }
  });

  it("keep observations short", () => {
    const lengths: number[] = [];
    for (const { task, variationCount } of TASKS) {
      const random = Random.fromSeed(4);
      for (let episode = 0; episode < 20; episode++) {
        const env = start(task, { variation: random.integer(variationCount), house: episode % 3 });
        for (let i = 0; i < 12; i++) {
          const actions = env.validActions().filter((action) => !action.startsWith("focus"));
          if (actions.length === 0) break;
          lengths.push(env.step(random.pick(actions)).text.split(" ").length);
        }
      }
    }
    const sorted = lengths.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThanOrEqual(27);
    expect(sorted.at(-1)).toBeLessThanOrEqual(40);
  });

  it("offer between ten and sixty actions, none of them unknown or ambiguous beyond a number", () => {
    for (const { task } of TASKS) {
      const env = start(task, { variation: 1, preset: "easy" });
      for (const action of env.validActions()) {
        const trial = start(task, { variation: 1, preset: "easy" });
        expect(trial.step(action).text).not.toBe("no known action matches");
      }
      expect(env.validActions().length).toBeGreaterThanOrEqual(10);
      expect(env.validActions().length).toBeLessThanOrEqual(60);
    }
  });
});

describe("variations", () => {
  it("are split as in ScienceWorld: half, quarter, rest", () => {
    expect(splitVariations(20)).toMatchObject({ dev: [10, 11, 12, 13, 14], test: [15, 16, 17, 18, 19] });
    expect(splitVariations(126).dev[0]).toBe(62);
    expect(splitVariations(126).test[0]).toBe(93);
    expect(splitVariations(14)).toEqual({
      train: [0, 1, 2, 3, 4, 5],
      dev: [6, 7, 8],
      test: [9, 10, 11, 12, 13],
    });
    expect(splitVariations(1)).toEqual({ train: [0], dev: [], test: [0] });
    expect(splitVariations(2)).toEqual({ train: [0], dev: [], test: [1] });
    expect(splitVariations(3)).toEqual({ train: [0], dev: [1], test: [2] });
    expect(splitVariations(4)).toEqual({ train: [0, 1], dev: [2], test: [3] });
  });

  it("have the real counts and turn limits", () => {
    expect(TASKS.map(({ id, variationCount, maxTurns }) => [id, variationCount, maxTurns])).toEqual([
      ["3-1", 20, 20],
      ["3-2", 20, 30],
      ["3-3", 900, 20],
      ["3-4", 600, 20],
      ["4-1", 300, 20],
      ["4-2", 300, 20],
      ["4-3", 300, 20],
      ["4-4", 300, 20],
      ["5-1", 126, 30],
      ["5-2", 126, 60],
      ["7-1", 125, 20],
      ["7-2", 125, 20],
      ["7-3", 125, 20],
      ["8-1", 14, 30],
      ["8-2", 10, 20],
      ["9-1", 168, 20],
      ["9-2", 1386, 20],
      ["9-3", 162, 20],
      ["10-1", 120, 60],
      ["10-2", 480, 60],
      ["teaching", 12, 14],
      ["1-1", 30, 30],
      ["1-2", 30, 30],
      ["1-3", 30, 30],
      ["1-4", 30, 30],
      ["2-1", 540, 20],
      ["2-2", 436, 30],
      ["2-3", 300, 30],
      ["6-1", 32, 30],
      ["6-2", 36, 20],
      ["6-3", 36, 20],
    ]);
  });

  it("of power-component hold parts in the test block that training has not", () => {
    const parts = (variations: readonly number[]) =>
      new Set(variations.map((variation) => start("power-component", { variation }).spec.taskText));
    const { train, test } = TASKS[0]!.splits;
    expect([...parts(train)]).toEqual(["power red bulb", "power green bulb", "power blue bulb"]);
    expect([...parts(test)]).toEqual(["power motor", "power buzzer"]);
  });

  it("of find-animal go through sets, rooms and colours, the set outermost", () => {
    const text = (variation: number) => start("find-animal", { variation }).spec.taskText;
    expect([0, 1, 6, 29, 30].map(text)).toEqual([
      "find animal to red box kitchen",
      "find animal to green box kitchen",
      "find animal to red box bathroom",
      "find animal to purple box workshop",
      "find animal to red box kitchen",
    ]);
    const animals = (variation: number) =>
      start("find-animal", { variation })
        .state.things.filter(({ spec }) => spec.living)
        .map(({ name }) => name);
    expect(animals(0)).toEqual(animals(29));
    expect(animals(0)).not.toEqual(animals(30));
  });

  it("start in all ten rooms, with an orange in the inventory", () => {
    const rooms = new Set<string>();
    for (let variation = 0; variation < 60; variation++) {
      const env = start("find-plant", { variation });
      rooms.add(env.state.agentRoom);
      expect(env.step("inventory").text).toBe("have orange");
    }
    expect(rooms.size).toBe(10);
  });
});

describe("houses", () => {
  it("number 0 is the real one: bathroom through the kitchen, foundry through outside", () => {
    expect(floorPlanOfHouse(0)).toBe(REAL_HOUSE);
    const distances = doorDistances(REAL_HOUSE, "hallway");
    expect([distances.get("bathroom"), distances.get("outside"), distances.get("foundry")]).toEqual([2, 2, 3]);
  });

  it("with other numbers are generated: connected, at most four doors a room, the same for the same number", () => {
    for (let house = 1; house < 200; house++) {
      const plan = floorPlanOfHouse(house);
      expect(doorDistances(plan, "kitchen").size).toBe(10);
      const doors = new Map<string, number>();
      for (const room of plan.doors.flat()) doors.set(room, (doors.get(room) ?? 0) + 1);
      expect(Math.max(...doors.values())).toBeLessThanOrEqual(4);
      expect(plan.doors.length).toBeGreaterThanOrEqual(9);
      expect(plan.doors.length).toBeLessThanOrEqual(11);
    }
    expect(floorPlanOfHouse(5)).toEqual(floorPlanOfHouse(5));
    expect(floorPlanOfHouse(5)).not.toEqual(floorPlanOfHouse(6));
  });

  it("hold the same task things in the same rooms", () => {
    const places = (house: number) =>
      start("power-component", { house })
        .state.things.filter(({ spec }) => spec.electric?.role === "source")
        .map(({ name, at }) => `${name} ${at}`)
        .sort();
    expect(places(4)).toEqual(places(0));
  });
});
