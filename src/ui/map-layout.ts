/**
 * @file Places rooms on a small grid so that rooms with a door between them are neighbours. The same plan gets the
 * same places: swaps are tried in a seeded order and kept while they help.
 */
import { Random } from "../core/base/random.ts";

/** Column and row of a room. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

export interface MapLayout {
  readonly cells: ReadonlyMap<string, Cell>;
  readonly columns: number;
  readonly rows: number;
}

type Door = readonly [string, string];

const ROUNDS = 4000;
const RESTARTS = 3;
const DIAGONAL_COST = 1.2;
const BLOCKED_COST = 4;

const KNOWN = new Map<string, MapLayout>();

/** Places for the rooms of a floor plan. */
export function layoutRooms(rooms: readonly string[], doors: readonly Door[]): MapLayout {
  const key = `${rooms.join()}|${doors.map((door) => door.join("-")).join()}`;
  let layout = KNOWN.get(key);
  if (layout === undefined) KNOWN.set(key, (layout = search(rooms, doors)));
  return layout;
}

function search(rooms: readonly string[], doors: readonly Door[]): MapLayout {
  const columns = rooms.length <= 4 ? 2 : rooms.length <= 9 ? 3 : 4;
  const rows = Math.max(1, Math.ceil(rooms.length / columns));
  const random = Random.fromSeed(1);
  let best: (string | null)[] = [];
  let bestCost = Infinity;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const empty = new Array<null>(columns * rows - rooms.length).fill(null);
    const slots = random.shuffled<string | null>([...rooms, ...empty]);
    const cost = improve(slots, doors, { columns, random });
    if (cost < bestCost) [best, bestCost] = [slots, cost];
  }
  const cells = new Map<string, Cell>();
  best.forEach((room, slot) => {
    if (room !== null) cells.set(room, cellOf(slot, columns));
  });
  return { cells, columns, rows };
}

function cellOf(slot: number, columns: number): Cell {
  return { column: slot % columns, row: Math.floor(slot / columns) };
}

/** Swaps slots while that does not make the plan worse. */
function improve(
  slots: (string | null)[],
  doors: readonly Door[],
  { columns, random }: { columns: number; random: Random },
): number {
  let cost = costOf(slots, doors, columns);
  for (let round = 0; round < ROUNDS && cost > doors.length; round++) {
    const a = random.integer(slots.length);
    const b = random.integer(slots.length);
    swap(slots, a, b);
    const swapped = costOf(slots, doors, columns);
    const temperature = 1.5 * (1 - round / ROUNDS) ** 2;
    if (swapped <= cost || random.chance(Math.exp((cost - swapped) / Math.max(temperature, 1e-6)))) cost = swapped;
    else swap(slots, a, b);
  }
  return cost;
}

function swap(slots: (string | null)[], a: number, b: number): void {
  const kept = slots[a] ?? null;
  slots[a] = slots[b] ?? null;
  slots[b] = kept;
}

/** Length of all doors' lines, more for diagonal ones and for those that pass behind another room. */
function costOf(slots: readonly (string | null)[], doors: readonly Door[], columns: number): number {
  const slotOf = new Map(slots.map((room, slot) => [room, slot]));
  let cost = 0;
  for (const [from, to] of doors) {
    const a = cellOf(slotOf.get(from)!, columns);
    const b = cellOf(slotOf.get(to)!, columns);
    const across = Math.abs(a.column - b.column);
    const down = Math.abs(a.row - b.row);
    cost += across + down;
    if (across > 0 && down > 0) cost += DIAGONAL_COST * Math.min(across, down);
    if (across === 0 || down === 0) cost += BLOCKED_COST * Math.max(0, across + down - 1);
  }
  return cost;
}
