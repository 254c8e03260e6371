/** @file What happens by itself in a tick. A world runs only the processes that its things take part in. */
import { electricProcess } from "./electricity.ts";
import { faucetProcess } from "./faucets.ts";
import { fireProcess, heatProcess } from "./heat.ts";
import { animalProcess } from "./life-stages.ts";
import { planeProcess, stopwatchProcess } from "./planes.ts";
import { plantProcess } from "./plants.ts";
import { pollinationProcess } from "./pollination.ts";
import type { Thing, WorldSpec, WorldState } from "./world.ts";

/** Lets a tick pass; what went on or off is added to `changed`. */
export type Process = (state: WorldState, changed: Thing[]) => void;

/** Makers of processes, in the order in which they run; each looks for its things once, when a world is made. */
const MAKERS: readonly ((spec: WorldSpec) => Process | undefined)[] = [
  electricProcess,
  faucetProcess,
  heatProcess,
  fireProcess,
  planeProcess,
  stopwatchProcess,
  animalProcess,
  plantProcess,
  pollinationProcess,
];

/** The processes of a world. */
export function processesOf(spec: WorldSpec): readonly Process[] {
  return MAKERS.map((make) => make(spec)).filter((process) => process !== undefined);
}
