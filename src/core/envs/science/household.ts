/**
 * @file The ten rooms with everything in them that heats, cools, gives water or holds something: for tasks in which
 * matter matters. Other tasks make do with a few furnishings that do nothing.
 */
import { ICE, paint, solid, SOIL, SPRING, substance, TAP, WATER } from "./substances.ts";
import { thing } from "./things.ts";
import type { RoomName, ThingSpec, ThingTemplate } from "./world.ts";

const OPEN = { lid: false, open: true } as const;
const CLOSED = { lid: true, open: false } as const;
const OFF = { on: false, works: true } as const;
const BROKEN = { on: false, works: false } as const;
/** Thermal conductivity by material; metals pass on everything. */
const CERAMIC = 0.02;
const WOODEN = 0.5;

/** What may be different from house to house. */
export interface HouseholdOptions {
  /** Names of devices in the kitchen that do not work. */
  readonly broken?: readonly string[];
  /** Ids of things that are always listed. */
  readonly relevant?: readonly string[];
}

/** A thing made from a template; its id is its name unless told otherwise. */
export function place(template: ThingTemplate, at: string, more: Partial<ThingSpec> = {}): ThingSpec {
  return { ...template, id: template.name, at, ...more };
}

/** Something open that holds things, of a material that passes heat on. */
export function vessel(name: string, at: string, id: string, conductivity = 1): ThingSpec {
  return thing(name, at, { id, container: OPEN, conductivity });
}

/** A standing thing that cannot be moved. */
function fixture(name: string, at: string, more: Partial<ThingSpec> = {}): ThingSpec {
  return thing(name, at, { movable: false, ...more });
}

function sink(room: RoomName, device: { readonly on: boolean; readonly works: boolean } = OFF): ThingSpec {
  return fixture("sink", room, { id: `${room} sink`, container: OPEN, device, faucet: TAP });
}

function kitchen(broken: readonly string[]): ThingSpec[] {
  const device = (name: string) => (broken.includes(name) ? BROKEN : OFF);
  return [
    sink("kitchen", device("sink")),
    fixture("stove", "kitchen", { container: OPEN, device: device("stove"), heater: { max: 260, needs: "device" } }),
    fixture("oven", "kitchen", { container: CLOSED, device: device("oven"), heater: { max: 540, needs: "device" } }),
    fixture("fridge", "kitchen", { container: CLOSED, cooler: { min: 2 } }),
    fixture("freezer", "kitchen", { container: CLOSED, cooler: { min: -18 } }),
    fixture("cupboard", "kitchen", { container: CLOSED }),
    vessel("pot", "cupboard", "pot"),
    vessel("cup", "cupboard", "ceramic cup", CERAMIC),
    thing("thermometer", "kitchen", { tool: "thermometer" }),
    thing("lighter", "kitchen", { tool: "lighter", device: OFF }),
    fixture("counter", "kitchen", { container: OPEN }),
    vessel("bowl", "counter", "fruit bowl", CERAMIC),
    place(solid("potato", { edible: true, burnsAt: 200 }), "fruit bowl"),
    vessel("cup", "fridge", "juice cup", WOODEN),
    place(substance("orange juice"), "juice cup"),
  ];
}

function workAndStudio(): ThingSpec[] {
  return [
    fixture("freezer", "workshop", { id: "cold freezer", container: CLOSED, cooler: { min: -86 } }),
    fixture("table", "workshop", { id: "workshop table", container: OPEN }),
    fixture("table", "studio", { id: "studio table", container: OPEN }),
    vessel("jug", "studio table", "studio jug"),
    ...paintCups("studio"),
  ];
}

function gardenAndFoundry(): ThingSpec[] {
  return [
    sink("greenhouse"),
    vessel("jug", "greenhouse", "greenhouse jug"),
    thing("shovel", "greenhouse", { tool: "shovel" }),
    place(solid("wood", { burnsAt: 350, relevant: true }), "outside"),
    thing("axe", "outside"),
    fixture("pit", "outside", { container: OPEN, heater: { max: 600, needs: "fuel" }, relevant: true }),
    fixture("fountain", "outside", { container: OPEN, faucet: SPRING }),
    place({ ...WATER, relevant: false }, "fountain", { id: "fountain water" }),
    fixture("ground", "outside", { digs: SOIL }),
    fixture("furnace", "foundry", {
      container: CLOSED,
      device: OFF,
      heater: { max: 3000, needs: "device" },
      relevant: true,
    }),
    sink("foundry"),
    fixture("steel table", "foundry", { container: OPEN }),
  ];
}

function otherRooms(): ThingSpec[] {
  return [
    thing("picture", "hallway"),
    sink("bathroom"),
    fixture("toilet", "bathroom", { container: OPEN, faucet: { gives: WATER, runs: "flush" } }),
    place({ ...WATER, relevant: false }, "toilet", { id: "toilet water" }),
    fixture("bathtub", "bathroom", { container: OPEN, device: OFF, faucet: TAP }),
    vessel("cup", "bathroom", "bathroom cup"),
    fixture("bed", "bedroom"),
    fixture("closet", "bedroom", { container: CLOSED, id: "bedroom closet" }),
    thing("book", "bedroom", { id: "bedroom book" }),
    fixture("couch", "living"),
    thing("chair", "living"),
  ];
}

/** Three cups of the primary paints; ids say where they stand. */
export function paintCups(at: string, name = "cup"): ThingSpec[] {
  return ["red", "blue", "yellow"].flatMap((colour) => {
    const cup = vessel(name, at, `${at} ${colour} cup`, WOODEN);
    return [cup, place(paint(colour), cup.id, { id: `${at} ${colour} paint` })];
  });
}

/** Everything that stands in the house. */
export function household({ broken = [], relevant = [] }: HouseholdOptions = {}): ThingSpec[] {
  const all = [...kitchen(broken), ...workAndStudio(), ...gardenAndFoundry(), ...otherRooms()];
  return all.map((spec) => (relevant.includes(spec.id) ? { ...spec, relevant: true } : spec));
}

/** Ice, as it lies in a freezer. */
export function iceIn(at: string): ThingSpec {
  return place(ICE, at, { id: "ice" });
}
