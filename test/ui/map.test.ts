import { expect, test } from "vitest";
import { createScienceEnv } from "../../src/core/envs/science/create-env.ts";
import { createEnv, taskSpecs } from "../../src/core/envs/registry.ts";
import { layoutRooms } from "../../src/ui/map-layout.ts";
import { replayViews } from "../../src/ui/replay.ts";

test("every room of every floor plan has a place of its own, and most doors join neighbours", () => {
  let doors = 0;
  let neighbours = 0;
  for (const house of [0, 1, 2, 3]) {
    const env = createScienceEnv({
      world: "scienceworld",
      task: "power-component",
      variation: 0,
      preset: "easy",
      house,
    });
    env.reset();
    const view = env.view();
    const pairs = view.doors.map(({ between }) => between);
    const { cells } = layoutRooms(
      view.rooms.map(({ name }) => name),
      pairs,
    );
    const places = new Set([...cells.values()].map(({ column, row }) => `${column},${row}`));
    expect(places.size).toBe(view.rooms.length);
    for (const [from, to] of pairs) {
      const a = cells.get(from)!;
      const b = cells.get(to)!;
      doors += 1;
      if (Math.abs(a.column - b.column) + Math.abs(a.row - b.row) === 1) neighbours += 1;
    }
  }
  expect(neighbours / doors).toBeGreaterThan(0.6);
});

test("the same plan is laid out the same way", () => {
  const doors = [["a", "b"] as const, ["b", "c"] as const];
  expect(layoutRooms(["a", "b", "c"], doors)).toBe(layoutRooms(["a", "b", "c"], doors));
});

test("a rollout played again shows the world before the first action and after each", () => {
  const spec = taskSpecs()[0]!;
  const task = { world: spec.world, task: spec.task, variation: 0, preset: "easy", house: 1 };
  const env = createEnv(task);
  env.reset();
  const [action] = env.validActions();
  const views = replayViews("a", task, [action!, "look around"]);
  expect(views).toHaveLength(3);
  env.step(action!);
  expect(views[1]).toEqual(env.view());
  expect(replayViews("a", task, [action!])).toEqual(views.slice(0, 2));
  expect(replayViews("a", task, ["look around"])[0]).toEqual(views[0]);
});
