import { describe, expect, test } from "vitest";
import { Player } from "../../../src/ui/recorded/player.ts";
import { parseLine, type TimedEvent } from "../../../src/ui/recorded/recorded-run.ts";
import { firstAfter, timelineOf } from "../../../src/ui/recorded/timeline.ts";
import { runEvents } from "../support/run-events.ts";

/** Events of a run in which every event takes some milliseconds. */
function timed(iterations: number, msPerEvent: number): TimedEvent[] {
  return runEvents({ iterations }).map((event, i) => ({ at: i * msPerEvent, event }));
}

describe("the timeline", () => {
  test("gives every iteration the same length, however long it took", () => {
    const slow = timelineOf(timed(3, 1000));
    const fast = timelineOf(timed(3, 1));
    expect(slow).toEqual(fast);
    expect(slow.length).toBe(3);
  });

  test("never goes back, even if the clock did", () => {
    const events = timed(4, 100).map((item, i) => (i % 3 === 0 ? { ...item, at: -5000 } : item));
    const { positions } = timelineOf(events);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test("finds the first event after a place", () => {
    expect([-1, 0, 0.5, 1, 9].map((position) => firstAfter([0, 0, 1, 2], position))).toEqual([0, 2, 2, 3, 4]);
  });
});

describe("the player", () => {
  function play(events: readonly TimedEvent[]) {
    const told: string[] = [];
    const player = new Player((_key, batch, fresh) => {
      if (fresh) told.length = 0;
      told.push(...batch.map(({ type }) => type));
    });
    player.add("a", events);
    return { player, told, all: events.map(({ event }) => event.type) };
  }

  test("tells every event once and in order, whatever the steps", () => {
    const { player, told, all } = play(timed(3, 10));
    player.complete("a");
    while (!player.isAtEnd) player.advance(0.17);
    expect(told).toEqual(all);
  });

  test("tells everything anew when it goes back", () => {
    const { player, told, all } = play(timed(3, 10));
    player.complete("a");
    player.seek(Infinity);
    player.seek(1);
    expect(told.length).toBeLessThan(all.length);
    expect(told).toEqual(all.slice(0, told.length));
    expect(told.filter((type) => type === "iterationFinished")).toHaveLength(1);
  });

  test("does not run ahead of what is loaded, and goes on when more comes", () => {
    const events = timed(3, 10);
    const half = events.findIndex(({ event }) => event.type === "iterationStarted" && event.iteration === 3);
    const { player, told } = play(events.slice(0, half));
    player.advance(99);
    expect(player.position).toBe(1);
    expect(player.isAtEnd).toBe(false);
    player.add("a", events.slice(half));
    player.complete("a");
    player.advance(99);
    expect(told).toEqual(events.map(({ event }) => event.type));
    expect(player.isAtEnd).toBe(true);
  });

  test("plays two runs in step", () => {
    const told = new Map<string, number>();
    const player = new Player((key, batch) => {
      told.set(key, (told.get(key) ?? 0) + batch.filter(({ type }) => type === "iterationFinished").length);
    });
    for (const [key, ms] of [
      ["slow", 900],
      ["fast", 3],
    ] as const) {
      player.add(key, timed(4, ms));
      player.complete(key);
    }
    player.advance(2);
    expect([...told]).toEqual([
      ["slow", 2],
      ["fast", 2],
    ]);
  });
});

test("lines that are torn, foreign or without a time are passed over", () => {
  const good = `{"at":5,"type":"phaseStarted","phase":"update","iteration":1}`;
  expect(parseLine(good)).toEqual([{ at: 5, event: { type: "phaseStarted", phase: "update", iteration: 1 } }]);
  for (const line of ["", "  ", good.slice(0, 20), "null", "[]", `"x"`, `{"type":"a"}`, `{"at":"5","type":"a"}`]) {
    expect(parseLine(line)).toEqual([]);
  }
});
