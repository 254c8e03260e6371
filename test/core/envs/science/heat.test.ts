import { describe, expect, it } from "vitest";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import { place, vessel } from "../../../../src/core/envs/science/household.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { solid, substance } from "../../../../src/core/envs/science/substances.ts";
import type { ThingSpec } from "../../../../src/core/envs/science/world.ts";
import { play, ref, start } from "./play.ts";

const TO_WATER = ["teleport kitchen", "open cupboard", "move pot to sink", "activate sink", "deactivate sink"];

/** A house with some things more, and goals that nothing meets. */
function house(things: readonly ThingSpec[], startRoom: "kitchen" | "outside" = "kitchen"): ScienceWorldEnv {
  const { spec } = createScienceEnv(ref("boil"));
  const orderedGoals = [{ text: "nothing", condition: { type: "never" } as const }];
  const env = new ScienceWorldEnv(ref("boil"), {
    ...spec,
    orderedGoals,
    startRoom,
    maxTurns: 500,
    maxMoves: 5000,
    things: [...spec.things, ...things],
  });
  env.reset();
  return env;
}

function thingIn(env: ScienceWorldEnv, id: string) {
  return env.state.things.find((thing) => thing.id === id)!;
}

function waterIn(env: ScienceWorldEnv, at: string) {
  return env.state.things.find((thing) => thing.spec.matter === "water" && thing.at === at)!;
}

/** Ticks until something holds; free actions let no tick pass, so that each tick is one `look in pot`. */
function ticksUntil(env: ScienceWorldEnv, isDone: () => boolean): number {
  for (let ticks = 1; ticks <= 100; ticks++) {
    env.step("look at pot");
    if (isDone()) return ticks;
  }
  return Infinity;
}

describe("heat", () => {
  it("brings what lies in a heater a tenth of the way to it, each tick", () => {
    const env = house([thing("brick", "stove")]);
    env.step("activate stove");
    expect(thingIn(env, "brick").temperature).toBeCloseTo(10 + 0.1 * 250, 9);
    env.step("wait1");
    expect(thingIn(env, "brick").temperature).toBeCloseTo(260 - 250 * 0.9 ** 3, 9);
  });

  it.each([
    ["stove", 260],
    ["oven", 540],
    ["furnace", 3000],
  ])("of the %s goes up to %i degrees", (heater, max) => {
    const env = house([thing("brick", heater)]);
    play(env, [heater === "furnace" ? "teleport foundry" : "look around", `activate ${heater}`]);
    expect(thingIn(env, "brick").temperature).toBeCloseTo(10 + 0.1 * (max - 10), 9);
    for (let i = 0; i < 20; i++) env.step("wait");
    expect(thingIn(env, "brick").temperature).toBeCloseTo(max, 3);
  });

  it.each([
    ["fridge", 2],
    ["freezer", -18],
    ["cold freezer", -86],
  ])("leaves what is in the %s, down to %i degrees, without being turned on", (cooler, min) => {
    const env = house([thing("brick", cooler)]);
    env.step("wait1");
    expect(thingIn(env, "brick").temperature).toBeCloseTo(min + (10 - min) * 0.9 ** 2, 9);
  });

  it("passes between a container and what it holds by the smaller conductivity", () => {
    const env = house([
      vessel("bowl", "kitchen", "test bowl", 0.4),
      place(solid("brick", { conductivity: 0.9, temperature: 110 }), "test bowl"),
    ]);
    env.step("look in oven");
    // The bowl first: 4 % of 100 degrees; then the brick, of what is left.
    expect(thingIn(env, "test bowl").temperature).toBeCloseTo(14, 9);
    expect(thingIn(env, "brick").temperature).toBeCloseTo(110 - 0.04 * 96, 9);
  });

  it("freezes a pot of water in 12 to 22 ticks, and melts it on the stove in 1 to 3", () => {
    const env = house([]);
    play(env, [...TO_WATER, "open freezer", "move pot to freezer"]);
    const water = waterIn(env, "pot");
    // Moving it was the first tick.
    const ticks = 1 + ticksUntil(env, () => water.phase === "solid");
    expect(ticks).toBeGreaterThanOrEqual(12);
    expect(ticks).toBeLessThanOrEqual(22);
    expect(water.name).toBe("ice");
    play(env, ["wait", "activate stove", "move pot to stove"]);
    expect(1 + ticksUntil(env, () => water.phase === "liquid")).toBeLessThanOrEqual(3);
    expect(water.name).toBe("water");
  });

  it("boils a pot of water on the stove in 12 to 22 ticks", () => {
    const env = house([]);
    play(env, [...TO_WATER, "activate stove", "move pot to stove"]);
    const water = waterIn(env, "pot");
    const ticks = 1 + ticksUntil(env, () => water.phase === "gas");
    expect(ticks).toBeGreaterThanOrEqual(12);
    expect(ticks).toBeLessThanOrEqual(22);
    expect(water.name).toBe("steam");
    expect(env.step("look in pot").text).toBe("pot : steam");
  });

  it("is told by the thermometer, digit by digit", () => {
    const env = house([place(solid("brick", { temperature: -47.6 }), "kitchen")]);
    play(env, ["pick up thermometer"]);
    expect(env.step("use thermometer on brick").text).toBe("thermometer minus 4 8 degrees");
    expect(env.step("use thermometer on stove").text).toBe("thermometer 1 0 degrees");
  });

  it("does nothing on a stove that is broken", () => {
    const env = start("boil", { variation: 1 });
    play(env, [...TO_WATER, "move pot to stove"]);
    expect(env.step("activate stove").text).toBe("broken");
    env.step("wait");
    expect(waterIn(env, "pot").temperature).toBe(10);
  });

  it("renames what melts and boils", () => {
    const env = house([place(substance("chocolate"), "stove"), place(substance("lead"), "oven")]);
    play(env, ["activate stove", "activate oven", "wait"]);
    expect(thingIn(env, "chocolate").name).toBe("liquid chocolate");
    for (let i = 0; i < 3; i++) env.step("wait");
    expect(thingIn(env, "lead").name).toBe("liquid lead");
    expect(env.step("pick up liquid lead").text).toBe("no known action matches");
    play(env, ["open oven"]);
    expect(env.step("pick up liquid lead").text).toBe("not movable");
  });
});

function thing(name: string, at: string): ThingSpec {
  return place(solid(name), at);
}

describe("fire", () => {
  it("is lit by a lighter that is on, and heats the pit to 600 degrees", () => {
    const env = house([thing("brick", "pit")], "outside");
    const wood = thingIn(env, "wood");
    play(env, ["teleport kitchen", "pick up lighter", "teleport outside", "move wood to pit"]);
    expect(env.step("use lighter on wood").text).toBe("lighter off");
    env.step("activate lighter");
    env.step("use lighter on wood");
    expect(wood.temperature).toBeCloseTo(10 + 0.1 * 2190, 9);
    expect(wood.burning).toBe(0);
    env.step("use lighter on wood");
    expect(wood.burning).toBeGreaterThan(0);
    expect(wood.temperature).toBe(550);
    expect(env.step("look around").text).toContain("wood burn");
    env.step("wait1");
    expect(thingIn(env, "brick").temperature).toBeGreaterThan(10 + 0.1 * 590);
  });

  it("leaves ash", () => {
    const twig = place(solid("book", { burnsAt: 200 }), "oven", { id: "twig", burns: { at: 200, ticks: 5 } });
    const env = house([twig]);
    play(env, ["activate oven", "wait"]);
    expect(thingIn(env, "twig").at).toBe("gone");
    expect(env.step("open oven").text).toBe("oven : ash");
  });

  it("is put out by water in the same container, which boils", () => {
    const paper = place(solid("paper", { burnsAt: 210, temperature: 250 }), "pot");
    const env = house([paper, place(substance("water"), "pot")]);
    env.step("open cupboard");
    expect(thingIn(env, "paper").burning).toBe(0);
    expect(thingIn(env, "paper").temperature).toBe(200);
    expect(waterIn(env, "pot").phase).toBe("gas");
  });
});

describe("water", () => {
  it("comes from a sink that is on, into it and the open containers in it, once each", () => {
    const env = house([]);
    play(env, ["open cupboard", "move pot to sink", "activate sink", "wait1"]);
    expect(env.step("look in sink").text).toBe("sink : water in pot water");
    env.step("deactivate sink");
    expect(env.step("look in sink").text).toBe("sink : water in pot");
  });

  it("cannot be picked up or moved, but poured out of what can be tipped, and dunked into", () => {
    const env = house([]);
    play(env, ["open cupboard", "activate sink"]);
    const texts = play(env, ["pick up water", "move water to pot", "pour water into pot", "dunk pot in sink"]);
    expect(texts.map(({ text }) => text)).toEqual(["not movable", "not movable", "not movable", "moved"]);
    expect(env.step("look in pot").text).toBe("pot : water");
    expect(env.step("pour water in pot into bowl").text).toBe("moved");
    expect(env.step("look in pot").text).toBe("pot : nothing");
    expect(env.step("dunk pot in stove").text).toBe("nothing happens");
  });

  it("is poured with everything else that is in the container", () => {
    const env = house([place(substance("salt"), "pot"), place(substance("water"), "pot")]);
    play(env, ["open cupboard", "pour pot into cup"]);
    expect(env.step("look in cup").text).toBe("cup : salt water");
    expect(env.step("pour salt into pot").text).toBe("nothing happens");
  });

  it("is in the toilet, and again after a flush", () => {
    const env = house([]);
    play(env, ["open cupboard", "pick up pot", "teleport bathroom", "dunk pot in toilet"]);
    expect(env.step("look in toilet").text).toBe("toilet : nothing");
    expect(env.step("flush toilet").text).toBe("ok");
    expect(env.step("look in toilet").text).toBe("toilet : water");
    expect(env.step("flush sink").text).toBe("nothing happens");
  });

  it("goes where its container goes", () => {
    const env = house([]);
    play(env, ["open cupboard", "move pot to sink", "activate sink", "pick up pot", "teleport hallway"]);
    expect(env.step("inventory").text).toBe("have orange water in pot");
  });
});

describe("a shovel", () => {
  it("digs soil out of the ground", () => {
    const env = house([]);
    play(env, ["teleport greenhouse", "pick up shovel", "teleport outside"]);
    expect(env.step("use shovel on ground").text).toBe("dig soil");
    expect(env.step("use shovel on wood").text).toBe("nothing happens");
    expect(env.step("pick up soil").text).toBe("have soil");
  });
});
