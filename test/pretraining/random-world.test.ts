import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { doorDistances, REAL_HOUSE } from "../../src/core/envs/science/floor-plan.ts";
import { createState, outerPlace, thingById } from "../../src/core/envs/science/state.ts";
import { ROOM_NAMES } from "../../src/core/envs/science/world.ts";
import { unknownWords } from "../../src/core/text/tokenizer.ts";
import type {
  CarryMission,
  FindMission,
  HaulMission,
  MissionWorld,
  WiringMission,
} from "../../src/pretraining/mission.ts";
import { randomMissionWorld } from "../../src/pretraining/random-world.ts";
import { BASE_CORPUS } from "../../src/pretraining/recipe.ts";

const COUNT = 3000;
const ROOT = Random.fromSeed(5).fork("random worlds");
const WORLDS = Array.from({ length: COUNT }, (_, i) => randomMissionWorld(ROOT.fork(i), BASE_CORPUS.mix));

function ofFamily<M extends MissionWorld["mission"]>(family: M["family"]) {
  return WORLDS.filter(({ mission }) => mission.family === family) as (MissionWorld & { readonly mission: M })[];
}
const WIRING = ofFamily<WiringMission>("wiring");
const CARRY = ofFamily<CarryMission>("carry");
const FIND = ofFamily<FindMission>("find");
const HAUL = ofFamily<HaulMission>("haul");

function roomOf({ spec }: MissionWorld, id: string): string {
  const state = createState(spec);
  return outerPlace(state, thingById(state, id));
}

/** Each of the values is as frequent as the others, within what chance does once in ten thousand. */
function expectEven(found: readonly string[], values: readonly string[]): void {
  const expected = found.length / values.length;
  const counts = values.map((value) => found.filter((other) => other === value).length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(found.length);
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // Wilson–Hilferty: the upper 1e-4 quantile of χ².
  const degrees = values.length - 1;
  expect(chiSquare, counts.join(" ")).toBeLessThan(
    degrees * (1 - 2 / (9 * degrees) + 3.72 * Math.sqrt(2 / (9 * degrees))) ** 3,
  );
}

/** A coin that was tossed so often shows heads about half of the time. */
function expectFair(heads: readonly boolean[]): void {
  const share = heads.filter(Boolean).length / heads.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / heads.length));
}

describe("random worlds", () => {
  it("are of the four families as often as the recipe says", () => {
    const { wiring, carry, find, haul } = BASE_CORPUS.mix;
    const total = wiring + carry + find + haul;
    [
      [WIRING.length, wiring / total],
      [CARRY.length, carry / total],
      [FIND.length, find / total],
      [HAUL.length, haul / total],
    ].forEach(([count, share]) => {
      expect(Math.abs(count! / COUNT - share!)).toBeLessThan(4 * Math.sqrt((share! * (1 - share!)) / COUNT));
    });
  });

  it("are told in words of the vocabulary, with all rooms within reach", () => {
    for (const { spec } of WORLDS.slice(0, 500)) {
      expect(unknownWords([spec.taskText, ...spec.things.map(({ name }) => name)].join(" "))).toEqual([]);
      expect(doorDistances(spec.floorPlan, spec.startRoom).size).toBe(ROOM_NAMES.length);
    }
  });
});

describe("no fact of the real house is a fact of the corpus", () => {
  it("wires light a part crossed in half of the worlds, wherever it is and whatever powers it", () => {
    const crossed = (worlds: typeof WIRING) => worlds.map(({ spec }) => spec.rules.crossedPolarity);
    expectFair(crossed(WIRING));
    expectFair(crossed(WIRING.filter((world) => roomOf(world, "part") === "workshop")));
    expectFair(crossed(WIRING.filter(({ mission }) => mission.source === "battery")));
    expectFair(crossed(WIRING.filter(({ mission }) => mission.source !== "battery")));
    expectFair(crossed(WIRING.filter(({ spec }) => spec.simplifications.teleportAction)));
  });

  it("the part, its sources, animals, plants and boxes stand in any room equally often", () => {
    expectEven(
      WIRING.map((world) => roomOf(world, "part")),
      ROOM_NAMES,
    );
    expectEven(
      CARRY.map((world) => roomOf(world, "part")),
      ROOM_NAMES,
    );
    expectEven(
      CARRY.map((world) => roomOf(world, world.mission.workingSource)),
      ROOM_NAMES,
    );
    expectEven(
      FIND.map(({ mission }) => mission.boxRoom),
      ROOM_NAMES,
    );
    for (const kind of ["animal", "plant"]) {
      const rooms = FIND.map((world) => {
        const thing = world.spec.things.find(({ living }) => living?.kind === kind)!;
        return roomOf(world, thing.id);
      });
      expectEven(rooms, ROOM_NAMES);
    }
  });

  it("a source of a named kind delivers in any room, or when activated, whichever source it is", () => {
    expectFair(HAUL.map(({ spec }) => spec.rules.crossedPolarity));
    expectEven(
      HAUL.flatMap(({ mission }) => mission.site ?? []),
      ROOM_NAMES,
    );
    expectEven(
      HAUL.flatMap(({ mission }) => (mission.site === null ? [] : mission.source)),
      ["solar", "wind", "gas", "nuclear"],
    );
    expectEven(
      HAUL.flatMap(({ mission }) => (mission.needsActivation ? mission.source : [])),
      ["solar", "wind", "gas", "nuclear"],
    );
    expect(HAUL.some(({ mission }) => mission.site === null && !mission.needsActivation)).toBe(true);
  });

  it("an episode starts in any room equally often", () => {
    expectEven(
      WORLDS.map(({ spec }) => spec.startRoom),
      ROOM_NAMES,
    );
  });

  it("any of the sources may be the one that works", () => {
    expectEven(
      CARRY.map(({ mission }) => mission.workingSource),
      ["battery", "solar", "wind", "gas", "nuclear"],
    );
  });

  it("a door between two rooms of the real house is as likely as any other", () => {
    const pair = (a: string, b: string) => [a, b].toSorted().join("–");
    const counts = new Map<string, number>();
    for (const { spec } of WORLDS)
      for (const [a, b] of spec.floorPlan.doors) counts.set(pair(a, b), (counts.get(pair(a, b)) ?? 0) + 1);
    expect(counts.size).toBe(45);
    const doors = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const real = REAL_HOUSE.doors.map(([a, b]) => counts.get(pair(a, b))!);
    const mean = real.reduce((sum, count) => sum + count, 0) / real.length;
    // Ten pairs of about 750 each: the mean of ten is within 5 % of the mean of all.
    expect(Math.abs(mean / (doors / 45) - 1)).toBeLessThan(0.05);
    for (const count of counts.values()) expect(Math.abs(count / (doors / 45) - 1)).toBeLessThan(0.2);
  });

  it("no world has the real floor plan", () => {
    const doorsOf = (plan: typeof REAL_HOUSE) =>
      plan.doors
        .map((door) => [...door].toSorted().join("–"))
        .toSorted()
        .join();
    expect(WORLDS.some(({ spec }) => doorsOf(spec.floorPlan) === doorsOf(REAL_HOUSE))).toBe(false);
  });
});
