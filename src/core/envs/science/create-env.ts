/** @file ScienceWorld's tasks, and worlds by name. */
import { ConfigError } from "../../base/errors.ts";
import type { TaskRef, TaskSpec } from "../env.ts";
import { ScienceWorldEnv } from "./science-world-env.ts";
import { parsePreset } from "./simplifications.ts";
import type { TaskType } from "./task-type.ts";
import { chemistryMix, mixSecondaryColour, mixTertiaryColour } from "./tasks/chemistry.ts";
import { findAnimal, findLivingThing, findNonLivingThing, findPlant } from "./tasks/classification.ts";
import { testConductivity, testUnknownConductivity } from "./tasks/conductivity.ts";
import { powerComponent, powerComponentRenewable } from "./tasks/electricity.ts";
import { knownPlantGenetics, unknownPlantGenetics } from "./tasks/genetics.ts";
import { growFruit, growPlant } from "./tasks/growing.ts";
import { identifyAnimalStages, identifyPlantStages } from "./tasks/life-stages.ts";
import { longestLived, longestThenShortestLived, shortestLived } from "./tasks/lifespan.ts";
import { determineAngle, namedFriction, unnamedFriction } from "./tasks/planes.ts";
import { boil, changeState, freeze, melt } from "./tasks/matter.ts";
import { knownMeltingPoint, unknownMeltingPoint, useThermometer } from "./tasks/measurement.ts";
import { teachingPowerComponent } from "./tasks/teaching.ts";
import type { WorldSpec } from "./world.ts";

const TASK_TYPES: readonly TaskType[] = [
  powerComponent,
  powerComponentRenewable,
  testConductivity,
  testUnknownConductivity,
  findLivingThing,
  findNonLivingThing,
  findPlant,
  findAnimal,
  growPlant,
  growFruit,
  longestLived,
  shortestLived,
  longestThenShortestLived,
  identifyAnimalStages,
  identifyPlantStages,
  determineAngle,
  namedFriction,
  unnamedFriction,
  knownPlantGenetics,
  unknownPlantGenetics,
  teachingPowerComponent,
  boil,
  melt,
  freeze,
  changeState,
  useThermometer,
  knownMeltingPoint,
  unknownMeltingPoint,
  chemistryMix,
  mixSecondaryColour,
  mixTertiaryColour,
];

/** Everything eased, doors to be walked through, nothing eased. */
const PRESETS: readonly string[] = ["easy", "openDoors", "none"];

/** Tasks of this world. */
export function scienceTaskSpecs(): TaskSpec[] {
  return TASK_TYPES.map(({ name, id, description, variationCount, splits, maxTurns, presets }) => ({
    world: "scienceworld",
    task: name,
    id,
    description,
    variationCount,
    splits,
    maxTurns,
    presets: presets ?? PRESETS,
  }));
}

/**
 * The world a task reference names.
 *
 * @throws {ConfigError} if it names none
 */
export function buildWorld({ task, variation, preset, house }: TaskRef): WorldSpec {
  const type = TASK_TYPES.find(({ name }) => name === task);
  if (type === undefined) {
    throw new ConfigError(`worlds: a task of ${TASK_TYPES.map(({ name }) => name).join(", ")}, got ${task}`);
  }
  if (!Number.isSafeInteger(variation) || variation < 0 || variation >= type.variationCount) {
    throw new ConfigError(`worlds: a variation of 0…${type.variationCount - 1} for ${task}, got ${variation}`);
  }
  if (!Number.isSafeInteger(house) || house < 0) {
    throw new ConfigError(`worlds: a house number of 0, 1, 2, …, got ${house}`);
  }
  return type.build({ variation, house, simplifications: parsePreset(preset, type.isElectric) });
}

/**
 * An episode of the world a task reference names.
 *
 * @throws {ConfigError} if it names none
 */
export function createScienceEnv(task: TaskRef): ScienceWorldEnv {
  return new ScienceWorldEnv(task, buildWorld(task));
}
