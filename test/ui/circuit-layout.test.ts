import { expect, test } from "vitest";
import type { CircuitElementView, CircuitView } from "../../src/core/envs/env.ts";
import { layoutCircuit, RIM } from "../../src/ui/worlds/circuit-layout.ts";

function element(name: string, role: CircuitElementView["role"]): CircuitElementView {
  return { name, role, on: null, terminals: ["1", "2"] };
}

const BATTERY = element("battery", "source");
const BULB = element("red bulb", "part");
const RED = element("red wire", "wire");
const BLUE = element("blue wire", "wire");

function laidOut(elements: readonly CircuitElementView[], closed: boolean) {
  const circuit: CircuitView = { elements, closed };
  return layoutCircuit(circuit);
}

test("a closed circuit goes once around: the source on the left, the part on the right, the wires above and below", () => {
  const { nodes, leads, looseEnds } = laidOut([BATTERY, RED, BULB, BLUE], true);
  expect(nodes.map(({ element: { name }, at }) => [name, at])).toEqual([
    ["battery", { x: 0, y: RIM.height / 2 }],
    ["red bulb", { x: RIM.width, y: RIM.height / 2 }],
  ]);
  expect(leads.map(({ wire, middle }) => [wire?.name, middle])).toEqual([
    ["red wire", { x: RIM.width / 2, y: 0 }],
    ["blue wire", { x: RIM.width / 2, y: RIM.height }],
  ]);
  expect(leads[0]!.points).toEqual([
    { x: 0, y: RIM.height / 2 },
    { x: 0, y: 0 },
    { x: RIM.width, y: 0 },
    { x: RIM.width, y: RIM.height / 2 },
  ]);
  expect(looseEnds).toEqual([]);
});

test("things connected without a wire have a line between them", () => {
  const { nodes, leads } = laidOut([BATTERY, BULB], true);
  expect(nodes).toHaveLength(2);
  expect(leads.map(({ wire }) => wire)).toEqual([null, null]);
});

test("an open chain leaves a gap, and its wires end loose", () => {
  const { leads, looseEnds } = laidOut([RED, BULB, BLUE], false);
  expect(leads.map(({ wire }) => wire?.name)).toEqual(["red wire", "blue wire"]);
  expect(looseEnds).toHaveLength(2);
  expect(looseEnds[0]).toEqual(leads[0]!.points[0]);
  expect(looseEnds[1]).toEqual(leads[1]!.points.at(-1));
  expect(looseEnds[0]).not.toEqual(looseEnds[1]);
  expect(laidOut([BATTERY, RED], false).looseEnds).toHaveLength(1);
});

test("a ring of wires alone is drawn too", () => {
  const { nodes, leads, looseEnds } = laidOut([RED, BLUE], true);
  expect([nodes.length, leads.length, looseEnds.length]).toEqual([0, 2, 0]);
});
