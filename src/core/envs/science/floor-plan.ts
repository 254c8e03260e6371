/** @file Floor plans: the real house, and random connected ones with the same rooms. */
import { Random } from "../../base/random.ts";
import { ROOM_NAMES, type FloorPlan, type RoomName } from "./world.ts";

/** ScienceWorld's house: ten doors; the bathroom only through the kitchen, the foundry only through outside. */
export const REAL_HOUSE: FloorPlan = {
  doors: [
    ["hallway", "kitchen"],
    ["hallway", "living"],
    ["hallway", "bedroom"],
    ["hallway", "workshop"],
    ["hallway", "greenhouse"],
    ["hallway", "studio"],
    ["kitchen", "bathroom"],
    ["kitchen", "outside"],
    ["greenhouse", "outside"],
    ["foundry", "outside"],
  ],
};

const MAX_TREE_DOORS = 3;
const MAX_DOORS = 4;
const EXTRA_DOORS = 2;

/** A random tree over the ten rooms and up to two more doors; no room has more than four. */
export function generateFloorPlan(random: Random): FloorPlan {
  const rooms = random.shuffled(ROOM_NAMES);
  const doorCounts = new Map<RoomName, number>(rooms.map((room) => [room, 0]));
  const doors: [RoomName, RoomName][] = [];
  const doorCount = (room: RoomName) => doorCounts.get(room)!;
  const addDoor = (a: RoomName, b: RoomName) => {
    doors.push([a, b]);
    doorCounts.set(a, doorCount(a) + 1);
    doorCounts.set(b, doorCount(b) + 1);
  };

  rooms.slice(1).forEach((room, i) => {
    addDoor(random.pick(rooms.slice(0, i + 1).filter((other) => doorCount(other) < MAX_TREE_DOORS)), room);
  });
  for (let i = 0; i < EXTRA_DOORS; i++) {
    const [a, b] = random.sample(rooms, 2) as [RoomName, RoomName];
    const isJoined = doors.some(([c, d]) => (a === c && b === d) || (a === d && b === c));
    if (!isJoined && doorCount(a) < MAX_DOORS && doorCount(b) < MAX_DOORS) addDoor(a, b);
  }
  return { doors: random.shuffled(doors) };
}

/** The floor plan of a house: 0 is the real one, every other number names a generated one. */
export function floorPlanOfHouse(house: number): FloorPlan {
  return house === 0 ? REAL_HOUSE : generateFloorPlan(Random.fromSeed(house).fork("floor plan"));
}

/** Rooms behind the doors of a room. */
export function neighboursOf({ doors }: FloorPlan, room: RoomName): RoomName[] {
  return doors.flatMap(([a, b]) => (a === room ? [b] : b === room ? [a] : []));
}

/** Doors on the shortest way from a room to each room. */
export function doorDistances(plan: FloorPlan, from: RoomName): ReadonlyMap<RoomName, number> {
  const distances = new Map<RoomName, number>([[from, 0]]);
  const queue = [from];
  for (const room of queue) {
    for (const next of neighboursOf(plan, room)) {
      if (distances.has(next)) continue;
      distances.set(next, distances.get(room)! + 1);
      queue.push(next);
    }
  }
  return distances;
}
