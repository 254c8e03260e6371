/** @file Guides by task. Tasks that are not listed are in the corpus as families of their own (`random-world.ts`). */
import type { WorldState } from "../../core/envs/science/world.ts";
import type { Guide } from "./guide.ts";
import {
  conductivityGuide,
  geneticsGuide,
  growFruitGuide,
  growPlantGuide,
  lifespanGuide,
  planesGuide,
  stagesGuide,
} from "./life-guides.ts";
import { matterGuide, meltingPointGuide, mixGuide, paintGuide, thermometerGuide } from "./matter-guides.ts";

/** A guide for the world that a state is the beginning of. */
export type GuideOf = (state: WorldState) => Guide;

/** Guides by name of the task. */
export const GUIDES: Readonly<Record<string, GuideOf>> = {
  ...Object.fromEntries(
    ["boil", "melt", "freeze", "change-the-state-of-matter-of"].map((task) => [task, matterGuide(task)]),
  ),
  "use-thermometer": thermometerGuide,
  "measure-melting-point-known-substance": meltingPointGuide,
  "measure-melting-point-unknown-substance": meltingPointGuide,
  "test-conductivity": conductivityGuide,
  "test-conductivity-of-unknown-substances": conductivityGuide,
  "grow-plant": growPlantGuide,
  "grow-fruit": growFruitGuide,
  "chemistry-mix": mixGuide,
  "chemistry-mix-paint-secondary-color": paintGuide,
  "chemistry-mix-paint-tertiary-color": paintGuide,
  "lifespan-longest-lived": lifespanGuide,
  "lifespan-shortest-lived": lifespanGuide,
  "lifespan-longest-lived-then-shortest-lived": lifespanGuide,
  "identify-life-stages-1": stagesGuide,
  "identify-life-stages-2": stagesGuide,
  "inclined-plane-determine-angle": planesGuide,
  "inclined-plane-friction-named-surfaces": planesGuide,
  "inclined-plane-friction-unnamed-surfaces": planesGuide,
  "mendelian-genetics-known-plant": geneticsGuide,
  "mendelian-genetics-unknown-plant": geneticsGuide,
};
