/** @file Makers of things, so that a task's description reads as a list of what is where. */
import { EVERYWHERE, INVENTORY, type ElectricSpec, type LivingSpec, type ThingSpec } from "./world.ts";

/** What most things are: solid, and left out of a view when space is short. */
export function thing(name: string, at: string, more: Partial<ThingSpec> = {}): ThingSpec {
  return { id: name, name, at, relevant: false, movable: true, phase: "solid", ...more };
}

/** Something electric that belongs to the task. */
function electric(name: string, at: string, spec: ElectricSpec, more: Partial<ThingSpec> = {}): ThingSpec {
  return thing(name, at, { relevant: true, electric: spec, ...more });
}

/** A light bulb, motor or buzzer. */
export function part(name: string, at: string, id = name): ThingSpec {
  return electric(name, at, { role: "part" }, { id });
}

/** A wire of a colour. */
export function wire(colour: string, at: string): ThingSpec {
  return electric(`${colour} wire`, at, { role: "wire", conducts: true });
}

/** Something with two terminals, to find out whether it conducts. */
export function testObject(name: string, at: string, conducts: boolean, isContainer: boolean): ThingSpec {
  const container = { lid: false, open: true };
  return electric(name, at, { role: "object", conducts }, isContainer ? { container } : {});
}

/** A battery: delivers always and everywhere. */
export function battery(at: string): ThingSpec {
  return electric("battery", at, { role: "source", needs: "nothing", works: true });
}

/** A switch; conducts while it is on. */
export function electricSwitch(at: string): ThingSpec {
  return electric("switch", at, { role: "switch" }, { device: { on: false, works: true } });
}

/** A solar panel or wind generator: delivers while it stands outside. */
export function renewableSource(name: "solar" | "wind", at: string): ThingSpec {
  return electric(name, at, { role: "source", needs: { room: "outside" }, works: true });
}

/** A gas or nuclear generator: delivers while it is activated. */
export function fuelledSource(name: "gas" | "nuclear", at: string): ThingSpec {
  return electric(
    name,
    at,
    { role: "source", needs: "activation", works: true },
    { device: { on: false, works: true } },
  );
}

/** A source of a teaching world: asks for nothing, and may be dead. */
export function plainSource(name: string, at: string, works: boolean): ThingSpec {
  return electric(name, at, { role: "source", needs: "nothing", works });
}

/** An answer box of a colour. */
export function answerBox(colour: string, at: string): ThingSpec {
  return thing(`${colour} box`, at, { relevant: true, container: { lid: false, open: true } });
}

/** An animal or plant. */
export function livingThing(name: string, at: string, living: LivingSpec): ThingSpec {
  return thing(name, at, { relevant: true, living });
}

/** An inclined plane. */
export function inclinedPlane(
  { name, angle, friction }: { readonly name: string; readonly angle: number; readonly friction: number },
  at: string,
): ThingSpec {
  return thing(name, at, { relevant: true, container: { lid: false, open: true }, slope: { angle, friction } });
}

/** Counts ticks while it is on. */
export function stopwatch(at: string): ThingSpec {
  return thing("stopwatch", at, { relevant: true, device: { on: false, works: true }, stopwatch: true });
}

/** A numbered flower pot. */
export function flowerPot(number: number, at: string, relevant: boolean): ThingSpec {
  return thing(`pot ${number}`, at, { relevant, container: { lid: false, open: true } });
}

/** What every ScienceWorld agent starts with: an orange, and air around it. */
export function standardThings(): ThingSpec[] {
  return [
    thing("orange", INVENTORY, { id: "inventory orange", edible: true }),
    thing("air", EVERYWHERE, { phase: "gas" }),
  ];
}
