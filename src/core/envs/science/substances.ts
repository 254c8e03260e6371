/**
 * @file Substances and the things made of them. A portion of a substance is a thing: liquids lie in containers, are
 * poured and cannot be picked up. Temperatures are ScienceWorld's, in °C.
 */
import type { FaucetSpec, SubstanceSpec, ThingTemplate } from "./world.ts";

/** What a substance is: its melting, boiling and burning points, and what it is called. */
interface Facts {
  readonly melts?: number;
  readonly boils?: number;
  readonly burns?: number;
  readonly conductivity?: number;
  /** Called `solid …` when it is, for what people know as a liquid. */
  readonly solidIsNamed?: boolean;
  /** Called by its plain name when liquid. */
  readonly liquidIsPlain?: boolean;
  readonly names?: SubstanceSpec["names"];
  readonly temperature?: number;
  readonly edible?: boolean;
}

const METAL = 1;
const BURNING_TICKS = 100;
/** How well most things pass heat on; metals 1, ceramics almost nothing. */
const COMMON_CONDUCTIVITY = 0.5;
const JUICE = { solidIsNamed: true, liquidIsPlain: true, edible: true } as const;

const FACTS = {
  water: { melts: 0, boils: 100, names: { solid: "ice", liquid: "water", gas: "steam" } },
  "orange juice": { melts: 0, boils: 100, ...JUICE },
  "apple juice": { melts: -2, boils: 160, ...JUICE },
  "salt water": { melts: -2, boils: 110, solidIsNamed: true, liquidIsPlain: true },
  "soap water": { melts: 0, boils: 100, solidIsNamed: true, liquidIsPlain: true },
  "sugar water": { melts: 0, boils: 100, solidIsNamed: true, liquidIsPlain: true },
  chocolate: { melts: 30, burns: 95, edible: true },
  marshmallow: { melts: 36, burns: 350, edible: true },
  "ice cream": { melts: -10, boils: 101, temperature: -15, edible: true },
  soap: { melts: 140, burns: 537 },
  rubber: { melts: 180, burns: 260 },
  lead: { melts: 327, boils: 1740, conductivity: METAL },
  tin: { melts: 232, boils: 2602, conductivity: METAL },
  mercury: { melts: -39, boils: 357, conductivity: METAL, solidIsNamed: true },
  gallium: { melts: 30, boils: 2400, conductivity: METAL },
  caesium: { melts: 29, boils: 671, conductivity: METAL, solidIsNamed: true },
  iron: { melts: 1538, boils: 2862, conductivity: METAL },
  salt: { melts: 801, boils: 1465, conductivity: 0.2 },
  sugar: { melts: 186, burns: 350 },
  // Solid at room temperature, as in ScienceWorld (acetic acid melts at 17 °C): it can be carried without a cup.
  vinegar: { melts: 17, boils: 119, conductivity: 0.2, solidIsNamed: true, liquidIsPlain: true },
} as const satisfies Record<string, Facts>;

/** A substance whose facts are known. */
export type SubstanceName = keyof typeof FACTS;

function namesOf(name: string, { names, solidIsNamed, liquidIsPlain }: Facts): SubstanceSpec["names"] {
  if (names !== undefined) return names;
  return {
    solid: solidIsNamed === true ? `solid ${name}` : name,
    liquid: liquidIsPlain === true ? name : `liquid ${name}`,
    gas: `gas ${name}`,
  };
}

/** A portion of something that melts and boils. */
function portion(name: string, facts: Facts): ThingTemplate {
  const { melts, boils, burns, conductivity = COMMON_CONDUCTIVITY, temperature, edible } = facts;
  return {
    name,
    matter: name,
    relevant: false,
    movable: true,
    phase: "solid",
    substance: {
      names: namesOf(name, facts),
      ...(melts !== undefined && { melts }),
      ...(boils !== undefined && { boils }),
    },
    conductivity,
    ...(burns !== undefined && { burns: { at: burns, ticks: BURNING_TICKS } }),
    ...(temperature !== undefined && { temperature }),
    ...(edible === true && { edible }),
  };
}

/** A portion of a substance. */
export function substance(name: SubstanceName, more: Partial<ThingTemplate> = {}): ThingTemplate {
  return { ...portion(name, FACTS[name]), ...more };
}

/** Frozen water, well below its melting point. */
export const ICE: ThingTemplate = substance("water", { temperature: -10 });
/** Water from the tap. */
export const WATER: ThingTemplate = substance("water", { relevant: true });

/** Where everything unknown boils. */
const UNKNOWN_BOILS = 2000;

/** A metal that has only a letter. With a melting point its name tells its state; without, it is always solid. */
export function unknownSubstance(letter: string, more: Partial<ThingTemplate> = {}, melts?: number): ThingTemplate {
  const name = `unknown ${letter}`;
  if (melts === undefined) return solid(name, { conductivity: METAL, ...more });
  const names = { solid: `solid ${name}`, liquid: `liquid ${name}`, gas: `gas ${name}` };
  return { ...portion(name, { melts, boils: UNKNOWN_BOILS, names, conductivity: METAL }), ...more };
}

/** A liquid paint. */
export function paint(colour: string): ThingTemplate {
  const name = `${colour} paint`;
  return {
    name,
    matter: name,
    family: "paint",
    relevant: true,
    movable: true,
    phase: "liquid",
    conductivity: COMMON_CONDUCTIVITY,
  };
}

/** Something solid that only burns, or not even that. */
export function solid(name: string, more: Partial<ThingTemplate> & { readonly burnsAt?: number } = {}): ThingTemplate {
  const { burnsAt, ...rest } = more;
  return {
    name,
    matter: name,
    relevant: false,
    movable: true,
    phase: "solid",
    conductivity: COMMON_CONDUCTIVITY,
    ...(burnsAt !== undefined && { burns: { at: burnsAt, ticks: BURNING_TICKS } }),
    ...rest,
  };
}

/** What is left when something has burnt. */
export const ASH: ThingTemplate = solid("ash");
/** Earth in which plants grow. */
export const SOIL: ThingTemplate = solid("soil", { relevant: true });

/** Gives water while it is on. */
export const TAP: FaucetSpec = { gives: WATER, runs: "on" };
/** Gives water always. */
export const SPRING: FaucetSpec = { gives: WATER, runs: "always" };
