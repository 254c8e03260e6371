/** @file Names of simplifications, as in ScienceWorld's `load`. */
import { ConfigError } from "../../base/errors.ts";
import type { Simplifications } from "./world.ts";

const NAMES = [
  "teleportAction",
  "openDoors",
  "openContainers",
  "selfWateringFlowerPots",
  "noElectricalAction",
] as const satisfies readonly (keyof Simplifications)[];

/** What `easy` stands for; open containers are not in it, whatever the real docstring says. */
const EASY: readonly string[] = ["teleportAction", "openDoors", "selfWateringFlowerPots", "noElectricalAction"];

/**
 * The simplifications that a preset names: `none`, `easy`, or names joined by commas.
 *
 * @param isElectric the task needs electrical actions: `easy` leaves them in
 * @throws {ConfigError} if a name is unknown, or an electric task would lose its actions
 */
export function parsePreset(preset: string, isElectric: boolean): Simplifications {
  const names = new Set(preset.split(",").filter((name) => name !== "" && name !== "none"));
  if (names.delete("easy")) {
    for (const name of EASY) if (name !== "noElectricalAction" || !isElectric) names.add(name);
  }
  for (const name of names) {
    if (!(NAMES as readonly string[]).includes(name)) {
      throw new ConfigError(`worlds: a preset of none, easy, ${NAMES.join(", ")}, got ${name}`);
    }
  }
  if (isElectric && names.has("noElectricalAction")) {
    throw new ConfigError("worlds: a preset that leaves electric tasks their actions, got noElectricalAction");
  }
  return {
    teleportAction: names.has("teleportAction"),
    openDoors: names.has("openDoors"),
    openContainers: names.has("openContainers"),
    selfWateringFlowerPots: names.has("selfWateringFlowerPots"),
    noElectricalAction: names.has("noElectricalAction"),
  };
}
