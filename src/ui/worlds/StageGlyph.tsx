import type { LivingView } from "../../core/envs/env.ts";
import styles from "./StageGlyph.module.css";

/** Strokes of a 16 × 16 drawing for each stage of a plant. */
const PLANT_PATHS: Readonly<Partial<Record<string, string>>> = {
  seed: "M8 6c2 0 3 2 3 3.6S9.8 13 8 13s-3-1.8-3-3.400S6 6 8 6z",
  seedling: "M8 14V9M8 9C8 7 6.5 6 4.5 6 4.5 8 6 9 8 9zM8 10c0-2 1.5-3 3.5-3 0 2-1.5 3-3.5 3z",
  adult: "M8 14V8M8 3a3.5 3.5 0 0 1 2 6.300H6A3.5 3.5 0 0 1 8 3z",
  reproducing:
    "M8 14.5V9.5M6.3 2.7a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0zM9.1 5.5a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0zM6.3 8.3a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0zM3.5 5.5a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0z",
  dead: "M8 14V6M8 9L5 6M8 10l3-4M5 14h6",
};

/** The same for animals. */
const ANIMAL_PATHS: Readonly<Partial<Record<string, string>>> = {
  egg: "M8 3c2.5 0 4 4 4 6.200A4 4 0 0 1 4 9.200C4 7 5.5 3 8 3z",
  caterpillar: "M3 10a2 2 0 1 1 3-1.7 2 2 0 1 1 4 0 2 2 0 1 1 3 1.700M3 10h10",
  tadpole: "M6 11a3 3 0 1 1 2.5-4.500C10 8 11 6 13.5 6.5 12 9 10 9 8.5 9.500A3 3 0 0 1 6 11z",
  pupa: "M8 2v2M8 4c2 0 2.8 3 2.8 5S9.5 14 8 14s-2.8-3-2.8-5S6 4 8 4zM5.5 8h5M5.7 11h4.6",
  dead: "M5 5l6 6M11 5l-6 6",
};

const ANIMAL =
  "M8 9c1.9 0 3.4 1.7 3.4 3.2S10.2 14 8 14s-3.4-.3-3.4-1.8S6.1 9 8 9zM2.5 7.8a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0 -2.2 0zM5.2 4.9a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0 -2.2 0zM8.6 4.9a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0 -2.2 0zM11.3 7.8a1.1 1.1 0 1 0 2.2 0a1.1 1.1 0 1 0 -2.2 0z";
const PLANT = PLANT_PATHS["adult"]!;

/** A drawing of what something alive looks like in its stage; silent for screen readers, which read the name. */
export function StageGlyph({ living: { kind, stage } }: { readonly living: LivingView }) {
  const path = kind === "plant" ? (PLANT_PATHS[stage] ?? PLANT) : (ANIMAL_PATHS[stage] ?? ANIMAL);
  const isYoung = stage === "baby" || stage === "hatchling" || stage === "juvenile";
  return (
    <svg viewBox="0 0 16 16" className={isYoung ? styles.young : styles.glyph} aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
