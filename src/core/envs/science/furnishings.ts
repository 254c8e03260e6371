/** @file What stands in the ten rooms whatever the task. A world shows a few of them, so that views stay short. */
import type { Random } from "../../base/random.ts";
import { thing } from "./things.ts";
import { ROOM_NAMES, type RoomName, type ThingSpec } from "./world.ts";

/** A standing thing: how it is, and what is in it. */
interface Furnishing {
  readonly name: string;
  readonly more?: Partial<ThingSpec>;
  readonly contents?: readonly Furnishing[];
}

const OPEN = { lid: false, open: true } as const;
const CLOSED = { lid: true, open: false } as const;
const HEATER = { on: false, works: true } as const;

function item(name: string, more?: Partial<ThingSpec>, contents: readonly Furnishing[] = []): Furnishing {
  return { name, ...(more && { more }), contents };
}

function fixed(name: string, more: Partial<ThingSpec> = {}, contents: readonly Furnishing[] = []): Furnishing {
  return item(name, { movable: false, ...more }, contents);
}

function vessel(name: string, contents: readonly Furnishing[] = []): Furnishing {
  return item(name, { container: OPEN }, contents);
}

function liquid(name: string): Furnishing {
  return item(name, { phase: "liquid" });
}

const SINK = fixed("sink", { container: OPEN, device: HEATER });

const STANDING: Readonly<Record<RoomName, readonly Furnishing[]>> = {
  kitchen: [
    SINK,
    fixed("stove", { container: OPEN, device: HEATER }),
    fixed("oven", { container: CLOSED, device: HEATER }),
    fixed("fridge", { container: CLOSED }, [vessel("cup", [liquid("juice")])]),
    fixed("freezer", { container: CLOSED }),
    fixed("cupboard", { container: CLOSED }, [vessel("pot"), vessel("cup")]),
    item("thermometer", { tool: "thermometer" }),
    item("lighter"),
    item("soap"),
    vessel("bowl", [item("apple", { edible: true }), item("potato", { edible: true })]),
    item("chair"),
    item("painting"),
  ],
  hallway: [item("picture"), item("painting")],
  bathroom: [SINK, fixed("toilet", { container: OPEN }), fixed("bathtub", { container: OPEN }), vessel("cup")],
  bedroom: [fixed("bed"), fixed("closet", { container: CLOSED }), item("table"), item("book")],
  living: [fixed("couch"), item("chair"), item("table"), item("book")],
  workshop: [item("table"), fixed("freezer", { container: CLOSED })],
  greenhouse: [vessel("jug"), SINK, item("shovel")],
  studio: [
    vessel("jug"),
    vessel("cup", [liquid("red paint")]),
    fixed("cupboard", { container: CLOSED }),
    item("table"),
  ],
  outside: [item("axe"), fixed("pit", { container: OPEN }), item("wood"), fixed("fountain", { container: OPEN })],
  foundry: [fixed("furnace", { container: CLOSED, device: HEATER }), SINK, item("steel table")],
};

/** Fewest and most standing things in a room. */
const FEWEST = 2;
const MOST = 3;

function isMovable({ more }: Furnishing): boolean {
  return more?.movable !== false;
}

function asThings(furnishing: Furnishing, at: string): ThingSpec[] {
  const id = `${at} ${furnishing.name}`;
  const contents = (furnishing.contents ?? []).flatMap((content) => asThings(content, id));
  return [thing(furnishing.name, at, { ...furnishing.more, id }), ...contents];
}

/** A few standing things, at least one of them movable. */
function choose(random: Random, standing: readonly Furnishing[]): Furnishing[] {
  const first = random.pick(standing.filter(isMovable));
  const others = standing.filter((furnishing) => furnishing !== first);
  return [first, ...random.sample(others, FEWEST - 1 + random.integer(MOST - FEWEST + 1))];
}

/** Two or three standing things in each room except those named, which are full without. */
export function furnish(random: Random, except: readonly RoomName[] = []): ThingSpec[] {
  return ROOM_NAMES.filter((room) => !except.includes(room)).flatMap((room) =>
    choose(random.fork(room), STANDING[room]).flatMap((furnishing) => asThings(furnishing, room)),
  );
}
