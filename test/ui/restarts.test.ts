import { expect, test } from "vitest";
import { Restarts } from "../../src/ui/actions/restarts.ts";

const MINUTE = 60_000;

test("three workers are replaced within five minutes, the fourth is not", () => {
  const restarts = new Restarts();
  expect([0, 1, 2, 4].map((minute) => restarts.mayRestart(minute * MINUTE))).toEqual([true, true, true, false]);
});

test("workers that die once in a while are always replaced", () => {
  const restarts = new Restarts();
  for (let i = 0; i < 50; i++) expect(restarts.mayRestart(i * 2 * MINUTE)).toBe(true);
});

test("a finished iteration begins the count anew", () => {
  const restarts = new Restarts();
  for (let i = 0; i < 3; i++) restarts.mayRestart(i);
  restarts.reset();
  expect(restarts.mayRestart(4)).toBe(true);
});
