import { describe, expect, it } from "vitest";
import { buildWorld } from "../../../../src/core/envs/science/create-env.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { thingById } from "../../../../src/core/envs/science/state.ts";
import { flowerPot, livingThing, standardThings, thing } from "../../../../src/core/envs/science/things.ts";
import type { ThingSpec, WorldSpec } from "../../../../src/core/envs/science/world.ts";
import { play, ref, start, wiresOf } from "./play.ts";

const TASK = ref("find-plant", { preset: "none" });
const CUP = { container: { lid: false, open: true } } as const;

/** A kitchen with these things in the real house. */
function kitchen(things: readonly ThingSpec[], more: Partial<WorldSpec> = {}): ScienceWorldEnv {
  const box = thing("red box", "kitchen", { relevant: true, ...CUP });
  const spec = buildWorld(TASK);
  const env = new ScienceWorldEnv(TASK, {
    ...spec,
    startRoom: "kitchen",
    things: [...standardThings(), box, ...things],
    ...more,
  });
  env.reset();
  return env;
}

describe("the first observation", () => {
  it("tells the task, then the room", () => {
    const env = kitchen([thing("cup", "kitchen", CUP)]);
    expect(env.reset().text).toBe(
      "task find plant to red box kitchen . see red box cup ; exit hallway closed bathroom closed outside closed ; in kitchen",
    );
  });

  it("says easy where one can teleport", () => {
    const easy = new ScienceWorldEnv(ref("power-component"), buildWorld(ref("power-component")));
    expect(easy.reset().text).toMatch(/^task power red bulb easy \. see .* ; exit hallway/);
  });
});

describe("room views", () => {
  it("list contents of open containers, hide those of closed ones, and tell states", () => {
    const env = kitchen([
      thing("fridge", "kitchen", { container: { lid: true, open: false } }),
      thing("soap", "fridge"),
      thing("stove", "kitchen", { device: { on: false, works: true } }),
      flowerPot(3, "kitchen", true),
      livingThing("peach tree", "pot 3", { kind: "plant", species: "peach", stage: "adult" }),
    ]);
    expect(env.step("look around").text).toContain("see red box fridge closed stove off peach tree in pot 3 ;");
    expect(env.step("open fridge").text).toBe("fridge : soap");
    env.step("activate stove");
    expect(env.step("look around").text).toContain("see red box soap in fridge stove on peach tree in pot 3 ;");
  });

  it("list what belongs to the task always, and other things up to fourteen words", () => {
    const others = Array.from({ length: 20 }, (_, i) => thing("cup", "kitchen", { id: `cup ${i}` }));
    const env = kitchen([...others, thing("book", "kitchen", { relevant: true })]);
    expect(env.step("look around").text.match(/cup/g)).toHaveLength(11);
    expect(env.step("look around").text).toContain("book");
  });

  it("tell of nothing where nothing is", () => {
    const env = kitchen([], { startRoom: "foundry" });
    expect(env.step("look around").text).toBe("see nothing ; exit outside closed ; in foundry");
  });
});

describe("doors", () => {
  it("are closed without simplifications and must be opened", () => {
    const env = kitchen([]);
    expect(env.step("go hallway").text).toBe("door closed");
    expect(env.step("open door hallway").text).toBe("open");
    expect(env.step("open door to hallway").text).toBe("already open");
    expect(env.step("go to the hallway").text).toMatch(/ ; in hallway$/);
    expect(env.step("go foundry").text).toBe("no known action matches");
    expect(env.step("close door kitchen").text).toBe("closed");
    expect(env.step("go kitchen").text).toBe("door closed");
  });

  it("can be passed by teleporting where that is allowed, and only there", () => {
    expect(kitchen([]).step("teleport foundry")).toMatchObject({ text: "no known action matches", moves: 0 });
    const env = start("find-plant", { preset: "teleportAction" });
    expect(env.step("teleport foundry").text).toMatch(/^see .* ; exit outside closed ; in foundry$/);
  });
});

describe("ticks", () => {
  it("are none for looking around, the inventory, the task, and what is not understood", () => {
    const env = kitchen([]);
    const free = ["look around", "inventory", "task", "sing", "pick up moon", "focus on", ""];
    expect(play(env, free).map(({ moves }) => moves)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("are one for other actions even if they fail, two for wait1, eleven for wait", () => {
    const env = kitchen([thing("stove", "kitchen", { movable: false })]);
    const actions = ["pick up stove", "go hallway", "eat red box", "wait1", "wait", "pick up red box"];
    expect(play(env, actions).map(({ moves }) => moves)).toEqual([1, 2, 3, 5, 16, 17]);
  });

  it("end the episode when more than a hundred have passed", () => {
    const env = kitchen([]);
    const observations = play(
      env,
      Array.from({ length: 10 }, () => "wait"),
    );
    expect(observations.map(({ done }) => done)).toEqual([...Array.from({ length: 9 }, () => false), true]);
    expect(observations.at(-1)!.moves).toBe(110);
  });
});

describe("turns", () => {
  it("end the episode at the task's limit, free actions included", () => {
    const env = kitchen([], { maxTurns: 3 });
    expect(play(env, ["inventory", "inventory", "inventory"]).map(({ done }) => done)).toEqual([false, false, true]);
  });
});

describe("ambiguous actions", () => {
  const cups = [
    thing("cup", "kitchen", { id: "cup a", ...CUP }),
    thing("bowl", "kitchen", CUP),
    thing("cup", "bowl", { id: "cup b" }),
  ];

  it("are asked about by number, for free, and a digit answers", () => {
    const env = kitchen(cups);
    expect(env.step("pick up cup")).toMatchObject({ text: "which 0 cup 1 cup in bowl", moves: 0 });
    expect(env.validActions()).toEqual(["0", "1"]);
    expect(env.step("1")).toMatchObject({ text: "have cup", moves: 1 });
    expect(thingById(env.state, "cup b").at).toBe("inventory");
  });

  it("are given up by any other input, which costs a tick", () => {
    for (const input of ["2", "look around", "pick up cup"]) {
      const env = kitchen(cups);
      env.step("pick up cup");
      expect(env.step(input)).toMatchObject({ text: "no known action matches", moves: 1 });
      expect(env.step("inventory").text).toBe("have orange");
    }
  });

  it("are avoided by telling where the thing is", () => {
    const env = kitchen(cups);
    expect(env.step("pick up cup in bowl").text).toBe("have cup");
    expect(env.step("put down cup in inventory").text).toBe("moved");
  });

  it("arise when a colour is left out", () => {
    const env = start("power-component");
    env.step("teleport workshop");
    const [a, b, c] = wiresOf(env);
    expect(env.step("pick up wire").text).toBe(`which 0 ${a} 1 ${b} 2 ${c}`);
    expect(env.step("2").text).toBe(`have ${c}`);
    expect(env.step("connect battery anode to wire 1").text).toBe(`which 0 ${a} 1 1 ${b} 1 2 ${c} 1`);
  });
});

describe("things", () => {
  const things = [
    thing("apple", "kitchen", { edible: true }),
    thing("cup", "kitchen", CUP),
    thing("water", "cup", { phase: "liquid" }),
    thing("bowl", "kitchen", CUP),
    thing("oven", "kitchen", { movable: false, container: { lid: true, open: false } }),
    thing("stove", "kitchen", { movable: false, device: { on: false, works: false } }),
    thing("recipe", "kitchen", { text: "salt water" }),
    thing("thermometer", "kitchen", { tool: "thermometer" }),
  ];

  it.each([
    ["pick up apple", "have apple"],
    ["take the apple", "have apple"],
    ["move apple to inventory", "have apple"],
    ["move apple to bowl", "moved"],
    ["put apple in bowl", "moved"],
    ["move orange to kitchen", "moved"],
    ["put down apple", "not in inventory"],
    ["drop orange", "moved"],
    ["move apple to oven", "oven closed"],
    ["move apple to stove", "nothing happens"],
    ["move bowl to bowl", "not movable"],
    ["move water to bowl", "not movable"],
    ["pick up water", "not movable"],
    ["pick up oven", "not movable"],
    ["pour water into bowl", "moved"],
    ["pour cup into bowl", "moved"],
    ["pour apple into bowl", "nothing happens"],
    ["eat apple", "ok"],
    ["eat cup", "not edible"],
    ["read recipe", "salt water"],
    ["read cup", "nothing happens"],
    ["activate stove", "broken"],
    ["activate cup", "nothing happens"],
    ["open cup", "nothing happens"],
    ["open oven", "oven : nothing"],
    ["close oven", "already closed"],
    ["look in oven", "oven closed"],
    ["look in cup", "cup : water"],
    ["examine apple", "apple"],
    ["look at door hallway", "door hallway closed"],
    ["use thermometer on water", "thermometer 1 0 degrees"],
    ["use apple on water", "nothing happens"],
    ["mix cup", "nothing happens"],
    ["dunk apple into cup", "nothing happens"],
    ["flush cup", "nothing happens"],
    ["connect apple to cup", "nothing happens"],
    ["inventory", "have orange"],
    ["task", "task find plant to red box kitchen"],
    ["wait", "nothing"],
    ["OPEN The Door To Hallway", "open"],
  ])("%s: %s", (action, text) => {
    expect(kitchen(things).step(action).text).toBe(text);
  });

  it("tell where their terminals lead when looked at", () => {
    const env = start("power-component");
    env.step("teleport workshop");
    const [a] = wiresOf(env);
    env.step(`connect battery anode to ${a} 1`);
    expect(env.step(`look at ${a}`).text).toBe(`${a} : 1 to battery anode`);
  });
});

describe("simplifications", () => {
  it("take electrical actions away from tasks that need none", () => {
    expect(start("find-plant").step("connect pot to orange").text).toBe("no known action matches");
    expect(start("find-plant", { preset: "none" }).step("connect orange to orange").text).toBe("nothing happens");
  });

  it("open lids with openContainers, which easy does not name", () => {
    const isAnyClosed = (preset: string) =>
      start("find-plant", { preset }).state.things.some(({ spec, open }) => spec.container?.lid && !open);
    expect([isAnyClosed("none"), isAnyClosed("easy"), isAnyClosed("easy,openContainers")]).toEqual([true, true, false]);
  });
});

describe("snapshots", () => {
  it("bring back the world as it was, with its score", () => {
    const env = start("power-component");
    env.step("teleport workshop");
    const snapshot = env.snapshot();
    const first = play(env, ["focus on red bulb", "pick up red bulb", "wait"]);
    env.restore(snapshot);
    expect(play(env, ["focus on red bulb", "pick up red bulb", "wait"])).toEqual(first);
  });

  it("forget progress with `reset task`", () => {
    const env = start("power-component");
    play(env, ["teleport workshop", "focus on red bulb", "teleport hallway"]);
    expect(env.step("reset task").score).toBeLessThan(63);
  });
});

describe("the view for people", () => {
  it("shows rooms, doors, inventory and goals with their points", () => {
    const view = start("power-component").view();
    expect(view.rooms.map(({ name }) => name)).toHaveLength(10);
    expect(view.doors).toHaveLength(10);
    expect(view.doors.every(({ open }) => open)).toBe(true);
    expect(view.inventory.map(({ name }) => name)).toEqual(["orange"]);
    expect(view.goals.filter(({ kind }) => kind === "ordered").map(({ points }) => points)).toEqual([50, 50]);
    expect(view.goals.filter(({ kind }) => kind === "optional").map(({ points }) => Math.round(points * 100))).toEqual([
      667, 667, 667, 667, 667,
    ]);
  });

  it("tells connections and states", () => {
    const env = start("power-component");
    env.step("teleport workshop");
    const [a] = wiresOf(env);
    env.step(`connect battery anode to ${a} 1`);
    const workshop = env.view().rooms.find(({ name }) => name === "workshop")!;
    expect(workshop.things.find(({ name }) => name === a)!.states).toEqual(["1 wired to battery anode"]);
    expect(workshop.things.find(({ name }) => name === "switch")!.states).toEqual(["off"]);
  });
});
