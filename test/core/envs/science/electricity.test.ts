import { describe, expect, it } from "vitest";
import type { WorldSpec } from "../../../../src/core/envs/science/world.ts";
import { buildWorld } from "../../../../src/core/envs/science/create-env.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { connectedTo, thingById } from "../../../../src/core/envs/science/state.ts";
import { play, ref, wiresOf } from "./play.ts";

const TASK = ref("power-component");

/** Variation 0 in the workshop, with the part focused. */
function workshop(more: Partial<WorldSpec> = {}): { env: ScienceWorldEnv; a: string; b: string; c: string } {
  const env = new ScienceWorldEnv(TASK, { ...buildWorld(TASK), startRoom: "workshop", ...more });
  env.reset();
  env.step("focus on red bulb");
  const [a, b, c] = wiresOf(env);
  return { env, a, b, c };
}

/** Wires both poles of a source to the bulb: crossed as in the real rules, or like to like. */
function circuit(source: string, a: string, b: string, crossed = true): string[] {
  return [
    `connect ${source} anode to ${a} 1`,
    `connect ${source} cathode to ${b} 1`,
    `connect ${a} 2 to red bulb ${crossed ? "cathode" : "anode"}`,
    `connect ${b} 2 to red bulb ${crossed ? "anode" : "cathode"}`,
  ];
}

function isLit(env: ScienceWorldEnv): boolean {
  return thingById(env.state, "red bulb").lit;
}

describe("polarity", () => {
  it("lights a part whose anode leads to the battery's cathode, one tick after closing", () => {
    const { env, a, b } = workshop();
    play(env, circuit("battery", a, b));
    expect(isLit(env)).toBe(false);
    expect(env.step("wait1").text).toBe("nothing ; red bulb on");
    expect(isLit(env)).toBe(true);
  });

  it("never lights a part wired like to like, and takes nothing for it", () => {
    const { env, a, b } = workshop();
    play(env, circuit("battery", a, b, false));
    expect(env.step("wait")).toMatchObject({ text: "nothing", score: 77, done: false });
  });

  it("is the other way round in a world with that rule", () => {
    const rules = { crossedPolarity: false, directConnection: false, lightDelayTicks: 1 } as const;
    const { env, a, b } = workshop({ rules });
    play(env, circuit("battery", a, b, false));
    expect(env.step("wait1").score).toBe(100);
    const crossed = workshop({ rules });
    play(crossed.env, circuit("battery", crossed.a, crossed.b));
    expect(crossed.env.step("wait").score).toBe(77);
  });

  it("does not care which end of a wire is which", () => {
    const { env, a, b } = workshop();
    play(env, [
      `connect ${a} 2 to battery anode`,
      `connect red bulb cathode to ${a} 1`,
      `connect battery cathode to ${b} 1`,
      `connect red bulb anode to ${b} 2`,
    ]);
    expect(env.step("wait1").score).toBe(100);
  });
});

describe("terminals", () => {
  it("take one connection each", () => {
    const { env, a, b } = workshop();
    env.step(`connect battery anode to ${a} 1`);
    expect(env.step(`connect battery anode to ${b} 1`).text).toBe("used");
    expect(env.step(`connect ${a} 1 to red bulb anode`).text).toBe("used");
    expect(connectedTo(env.state, b, "1")).toBeUndefined();
  });

  it("must be named: a thing's name alone is refused", () => {
    const { env, a } = workshop();
    expect(env.step(`connect battery to ${a}`).text).toBe("need terminal");
    expect(env.step(`connect battery anode to red bulb`).text).toBe("need terminal");
  });

  it("of one thing cannot be joined", () => {
    const { env, a } = workshop();
    expect(env.step(`connect ${a} 1 to ${a} 2`).text).toBe("nothing happens");
  });

  it("can be called `terminal 1`, and `to` can be left out", () => {
    const { env, a } = workshop();
    expect(env.step(`connect battery anode ${a} terminal 1`).text).toBe("connected");
  });

  it("are freed by disconnecting one of them, or the whole thing", () => {
    const { env, a, b } = workshop();
    play(env, circuit("battery", a, b));
    expect(env.step("disconnect battery anode").text).toBe("ok");
    expect(connectedTo(env.state, a, "1")).toBeUndefined();
    expect(connectedTo(env.state, a, "2")).toEqual({ thing: "red bulb", name: "cathode" });
    expect(env.step("disconnect red bulb").text).toBe("ok");
    expect(connectedTo(env.state, b, "2")).toBeUndefined();
    expect(env.step("disconnect red bulb").text).toBe("not connected");
  });

  it("are freed when the thing is moved, alone or in its container", () => {
    const { env, a } = workshop();
    env.step(`connect battery anode to ${a} 1`);
    env.step(`pick up ${a}`);
    expect(connectedTo(env.state, "battery", "anode")).toBeUndefined();
    env.step(`connect battery anode to ${a} 1`);
    env.step("put down battery");
    expect(connectedTo(env.state, "battery", "anode")).toEqual({ thing: a, name: "1" });
    env.step("pick up battery");
    expect(env.state.connections.size).toBe(0);
  });
});

describe("circuits", () => {
  it("go dark when they are opened", () => {
    const { env, a, b } = workshop({ orderedGoals: neverEnding() });
    play(env, [...circuit("battery", a, b), "wait1"]);
    expect(isLit(env)).toBe(true);
    expect(env.step(`disconnect ${a}`).text).toBe("ok ; red bulb off");
  });

  it("run through a switch only while it is on", () => {
    const { env, a, b, c } = workshop({ orderedGoals: neverEnding() });
    play(env, [
      `connect battery anode to ${a} 1`,
      `connect ${a} 2 to switch 1`,
      `connect switch 2 to ${c} 1`,
      `connect ${c} 2 to red bulb cathode`,
      `connect battery cathode to ${b} 1`,
      `connect ${b} 2 to red bulb anode`,
      "wait",
    ]);
    expect(isLit(env)).toBe(false);
    expect(env.step("activate switch").text).toBe("switch on");
    expect(env.step("wait1").text).toBe("nothing ; red bulb on");
    expect(env.step("deactivate switch").text).toBe("switch off ; red bulb off");
  });

  it("do not light from two different sources", () => {
    const { env, a, b } = workshop();
    play(env, [
      "activate gas",
      `connect battery anode to ${a} 1`,
      `connect gas cathode to ${b} 1`,
      `connect ${a} 2 to red bulb cathode`,
      `connect ${b} 2 to red bulb anode`,
      "wait",
    ]);
    expect(isLit(env)).toBe(false);
  });

  it("survive a ring of wires", () => {
    const { env, a, b } = workshop();
    play(env, [`connect ${a} 1 to ${b} 1`, `connect ${a} 2 to ${b} 2`]);
    expect(env.step("wait").text).toBe("nothing");
  });
});

describe("sources", () => {
  it("gas delivers only when activated", () => {
    const { env, a, b } = workshop();
    play(env, [...circuit("gas", a, b), "wait"]);
    expect(isLit(env)).toBe(false);
    env.step("activate gas");
    expect(env.step("wait1").score).toBe(100);
  });

  it("solar delivers only outside, standing there", () => {
    const inside = workshop();
    play(inside.env, [...circuit("solar", inside.a, inside.b), "wait"]);
    expect(isLit(inside.env)).toBe(false);

    const { env, a, b } = workshop();
    play(env, ["pick up solar", `pick up ${a}`, `pick up ${b}`, "pick up red bulb", "teleport outside"]);
    play(env, [...circuit("solar", a, b), "wait1"]);
    expect(isLit(env)).toBe(false);
    play(env, ["disconnect solar", "put down solar", ...circuit("solar", a, b).slice(0, 2)]);
    expect(env.step("wait1").score).toBe(100);
  });

  it("of the wrong kind end the renewable task when they light the part", () => {
    const task = ref("power-component-renewable-vs-nonrenewable-energy");
    const env = new ScienceWorldEnv(task, { ...buildWorld(task), startRoom: "workshop" });
    env.reset();
    const [a, b] = wiresOf(env);
    play(env, ["focus on red bulb", ...circuit("battery", a, b)]);
    expect(env.step("wait1")).toMatchObject({ text: "nothing ; red bulb on ; bad", score: -100, done: true });
  });

  it("of the named kind solve the nonrenewable variations inside", () => {
    const task = ref("power-component-renewable-vs-nonrenewable-energy", { variation: 1 });
    const env = new ScienceWorldEnv(task, { ...buildWorld(task), startRoom: "workshop" });
    expect(env.reset().text).toMatch(/^task power red bulb use nonrenewable easy \. see .* ; in workshop$/);
    const [a, b] = wiresOf(env);
    play(env, ["focus on red bulb", "activate nuclear", ...circuit("nuclear", a, b)]);
    expect(env.step("wait1").score).toBe(100);
  });
});

/** Goals that nothing completes, to look at what comes after light. */
function neverEnding(): WorldSpec["orderedGoals"] {
  return [{ text: "never", condition: { type: "never" } }];
}
