import { describe, expect, it } from "vitest";
import { doorDistances, neighboursOf } from "../../../../src/core/envs/science/floor-plan.ts";
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { exitsOf } from "../../../../src/core/envs/science/state.ts";
import type { RoomName } from "../../../../src/core/envs/science/world.ts";
import { play, start } from "./play.ts";

const TASK = "teaching-power-component";
const HOUSES = Array.from({ length: 40 }, (_, house) => house);

function sourcesOf(env: ScienceWorldEnv) {
  const sources = env.state.things.filter(({ spec }) => spec.electric?.role === "source");
  const works = ({ spec: { electric } }: (typeof sources)[number]) => electric?.role === "source" && electric.works;
  return { source: sources.find(works)!, dead: sources.find((thing) => !works(thing))!, count: sources.length };
}

function partName(env: ScienceWorldEnv): string {
  return env.spec.taskText.replace("power ", "");
}

/** Rooms of a shortest way, without the first. */
function wayTo(env: ScienceWorldEnv, target: RoomName): RoomName[] {
  const distances = doorDistances(env.spec.floorPlan, target);
  const way: RoomName[] = [];
  for (let room = env.state.agentRoom; room !== target;) {
    room = neighboursOf(env.spec.floorPlan, room).find((next) => distances.get(next)! < distances.get(room)!)!;
    way.push(room);
  }
  return way;
}

describe("the teaching world", () => {
  it("has its only working source five doors away and a dead one within one door", () => {
    for (const house of HOUSES) {
      const env = start(TASK, { house });
      const distances = doorDistances(env.spec.floorPlan, env.spec.startRoom);
      const { source, dead, count } = sourcesOf(env);
      expect(count).toBe(2);
      expect(distances.get(source.at as RoomName)).toBe(5);
      expect(distances.get(dead.at as RoomName)).toBeLessThanOrEqual(1);
    }
  });

  it("has decoys of a wrong colour in five rooms, all neighbours of the start among them", () => {
    for (const house of HOUSES) {
      const env = start(TASK, { house });
      const part = partName(env);
      const decoys = env.state.things.filter(({ spec, name }) => spec.electric?.role === "part" && name !== part);
      const rooms = new Set(decoys.map(({ at }) => at));
      expect(rooms.size).toBe(5);
      for (const { room } of exitsOf(env.state, env.spec.startRoom)) expect(rooms).toContain(room);
      expect(rooms).not.toContain(env.spec.startRoom);
    }
  });

  it("fixes layout, places and sources by house, colours by variation", () => {
    const facts = (house: number, variation: number) => {
      const env = start(TASK, { house, variation });
      const { source, dead } = sourcesOf(env);
      return [env.spec.floorPlan, env.spec.startRoom, source.id, source.at, dead.id, dead.at];
    };
    expect(facts(3, 0)).toEqual(facts(3, 9));
    expect(facts(3, 0)).not.toEqual(facts(4, 0));
  });

  it("shows test colours to no one who trains", () => {
    const words = (variations: readonly number[]) =>
      variations.flatMap((variation) =>
        start(TASK, { variation })
          .spec.things.filter(({ electric }) => electric?.role === "part")
          .map(({ name }) => name),
      );
    const train = new Set(words([0, 1, 2, 3, 4, 5]));
    for (const name of words([8, 9, 10, 11])) expect(train).not.toContain(name);
  });

  it("pays 5 at the start, then 38 and 43, and then nothing more without leaving", () => {
    for (const house of HOUSES) {
      const env = start(TASK, { house });
      const part = partName(env);
      expect(env.reset().score).toBe(5);
      expect(play(env, [`focus on ${part}`, `pick up ${part}`]).map(({ score }) => score)).toEqual([38, 43]);
      for (const action of env.validActions()) {
        if (action.startsWith("go ")) continue;
        const snapshot = env.snapshot();
        expect(env.step(action).score).toBeLessThanOrEqual(43);
        env.restore(snapshot);
      }
    }
  });

  it("pays nothing for walking until the source is in sight, and 100 for one connection there", () => {
    for (const house of HOUSES) {
      const env = start(TASK, { house });
      const part = partName(env);
      const { source } = sourcesOf(env);
      const way = wayTo(env, source.at as RoomName);
      const actions = [`focus on ${part}`, `pick up ${part}`, ...way.map((room) => `go ${room}`)];
      expect(play(env, actions).map(({ score }) => score)).toEqual([38, 43, 43, 43, 43, 43, 48]);
      expect(env.step(`connect ${part} to ${source.name}`)).toMatchObject({
        text: `connected ; ${part} on`,
        score: 100,
        done: true,
      });
    }
  });

  it("answers a dead source with nothing", () => {
    const env = start(TASK, { house: 2 });
    const part = partName(env);
    const { dead } = sourcesOf(env);
    play(env, [`focus on ${part}`, `pick up ${part}`, ...wayTo(env, dead.at as RoomName).map((room) => `go ${room}`)]);
    expect(env.step(`connect ${part} to ${dead.name}`)).toMatchObject({ text: "nothing happens", score: 43 });
  });

  it("must be walked in every preset, with open doors, in fourteen turns", () => {
    for (const preset of ["easy", "none"]) {
      const env = start(TASK, { preset });
      expect(env.step("teleport kitchen").text).toBe("no known action matches");
      expect(env.state.doorsOpen.every((open) => open)).toBe(true);
      const observations = play(
        env,
        Array.from({ length: 13 }, () => "look around"),
      );
      expect(observations.map(({ done }) => done).indexOf(true)).toBe(12);
    }
  });
});
