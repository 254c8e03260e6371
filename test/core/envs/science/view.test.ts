import { expect, test } from "vitest";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";

/** The workshop of power-component, variation 0, with the part of the task and two wires. */
function workshop(): { env: ScienceWorldEnv; part: string; wires: readonly string[] } {
  const env = createScienceEnv({
    world: "scienceworld",
    task: "power-component",
    variation: 0,
    preset: "easy",
    house: 0,
  });
  env.reset();
  env.step("teleport workshop");
  const things = env.view().rooms.find(({ name }) => name === "workshop")!.things;
  const part = env.spec.taskText.replace("power ", "");
  const wires = things.map(({ name }) => name).filter((name) => name.endsWith(" wire"));
  return { env, part, wires };
}

function names(env: ScienceWorldEnv): string[][] {
  return env.view().circuits.map(({ elements }) => elements.map(({ name }) => name));
}

test("nothing is a circuit before it is connected, and no longer when it is disconnected", () => {
  const { env, wires } = workshop();
  expect(env.view().circuits).toEqual([]);
  env.step(`connect battery anode to ${wires[0]} 1`);
  expect(names(env)).toEqual([["battery", wires[0]]]);
  env.step(`disconnect ${wires[0]}`);
  expect(env.view().circuits).toEqual([]);
});

test("a circuit is told in the order of its connections, from the source, with the terminals between", () => {
  const { env, part, wires } = workshop();
  env.step(`connect ${wires[1]} 2 to ${part} anode`);
  env.step(`connect ${wires[0]} 2 to ${part} cathode`);
  expect(names(env)).toEqual([[wires[0], part, wires[1]]]);
  env.step(`connect battery anode to ${wires[0]} 1`);
  expect(env.view().circuits).toEqual([
    {
      closed: false,
      elements: [
        { name: "battery", role: "source", on: null, terminals: ["cathode", "anode"] },
        { name: wires[0], role: "wire", on: null, terminals: ["1", "2"] },
        { name: part, role: "part", on: false, terminals: ["cathode", "anode"] },
        { name: wires[1], role: "wire", on: null, terminals: ["2", "1"] },
      ],
    },
  ]);
  env.step(`connect ${wires[1]} 1 to battery cathode`);
  env.step("wait1");
  env.step("wait1");
  const [circuit] = env.view().circuits;
  expect(circuit!.closed).toBe(true);
  expect(circuit!.elements.map(({ name, on }) => [name, on])).toEqual([
    ["battery", null],
    [wires[0], null],
    [part, true],
    [wires[1], null],
  ]);
});

test("two chains are two circuits, and a ring of wires alone has an end", () => {
  const { env, part, wires } = workshop();
  env.step(`connect ${wires[0]} 1 to ${wires[1]} 1`);
  env.step(`connect ${wires[0]} 2 to ${wires[1]} 2`);
  env.step(`connect ${wires[2]} 1 to ${part} anode`);
  expect(env.view().circuits.map(({ elements, closed }) => [elements.length, closed])).toEqual(
    expect.arrayContaining([
      [2, true],
      [2, false],
    ]),
  );
});

test("temperatures are told where something is warm or cold, and only there", () => {
  const { env } = workshop();
  expect(env.view().rooms.flatMap(({ things }) => things.map(({ temperature }) => temperature))).not.toContain(10);
  const boil = createScienceEnv({ world: "scienceworld", task: "boil", variation: 0, preset: "easy", house: 0 });
  boil.reset();
  const temperatures = boil.view().rooms.flatMap(({ things }) => things.map(({ temperature }) => temperature));
  expect(temperatures).toContain(10);
  expect(temperatures).not.toContain(null);
});

test("a plant is told with its stages, and in the one that it has grown to", () => {
  const env = createScienceEnv({ world: "scienceworld", task: "grow-plant", variation: 0, preset: "easy", house: 0 });
  env.reset();
  const all = () => env.view().rooms.flatMap(({ things }) => things.flatMap((thing) => [thing, ...thing.contents]));
  const seeds = [...all(), ...env.view().inventory].filter(({ living }) => living?.stage === "seed");
  expect(seeds.length).toBeGreaterThan(0);
  expect(seeds[0]!.living).toEqual({
    kind: "plant",
    stage: "seed",
    stages: ["seed", "seedling", "adult", "reproducing", "dead"],
  });
});
