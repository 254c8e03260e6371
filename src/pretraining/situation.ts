/** @file What a scripted agent knows when it chooses: the world, its mission, what it remembers and how it behaves. */
import type { Random } from "../core/base/random.ts";
import type { WorldState } from "../core/envs/science/world.ts";
import type { Mission } from "./mission.ts";

/** How the literal agent behaves; part of the base policy's card. */
export interface PriorConfig {
  /** Does the stage's action if it is possible. */
  readonly followThrough: number;
  /** Same, once wiring has begun. */
  readonly followThroughWiring: number;
  /** Leaves the room although nothing told it to. */
  readonly wander: number;
  /** Focuses something similar, or anything, when the target is not there. */
  readonly wrongSimilarFocus: number;
  readonly wrongFocus: number;
  /** Wires a connection the other way round although no tip says so: how sharp the prior is (learning-recipe.md §7). */
  readonly crossedByChance: number;
}

/** The prior that makes a poor explorer for an honest reason (learning-recipe.md §2, §7). */
export const DEFAULT_PRIOR: PriorConfig = {
  followThrough: 0.9,
  followThroughWiring: 0.96,
  wander: 0.05,
  wrongSimilarFocus: 0.12,
  wrongFocus: 0.02,
  crossedByChance: 0,
};

/** A way of powering a part. */
export interface WiringPlan {
  /** Where to carry everything first: a room, somewhere else, or (null) where the source is. */
  site: string | null;
  /** Rooms on the way to the site; null if the agent knows the house. */
  readonly route: readonly string[] | null;
  readonly activate: boolean;
  readonly crossed: boolean;
}

/** Site of a plan that has not settled on a room yet. */
export const ELSEWHERE = "elsewhere";

/** What an agent remembers within an episode. */
export interface AgentMemory {
  readonly visited: string[];
  /** Sources that were tried in vain. */
  readonly tried: Set<string>;
  /** Terminal it begins wiring with. */
  firstTerminal: "anode" | "cathode" | null;
  /** A room whose door it has just opened. */
  heading: string | null;
  /** Which way round it wires while it wanders. */
  wanderCrossed: boolean | null;
  /** How it means to power a part from a source of a named kind; null: where things lie, straight. */
  wiringPlan: WiringPlan | null;
  /** It has tried to activate the source. */
  hasActivated: boolean;
  /** Where it picked up what it carries to another room. */
  packedIn: string | null;
  /** Rooms in which wiring stayed dark, as tips say. */
  avoidedSites: readonly string[];
}

/** A fresh memory at the start of an episode. */
export function startMemory(state: WorldState): AgentMemory {
  return {
    visited: [state.agentRoom],
    tried: new Set(),
    firstTerminal: null,
    heading: null,
    wanderCrossed: null,
    wiringPlan: null,
    hasActivated: false,
    packedIn: null,
    avoidedSites: [],
  };
}

/** One agent in one state. */
export interface Situation {
  readonly state: WorldState;
  readonly mission: Mission;
  readonly memory: AgentMemory;
  readonly random: Random;
  readonly prior: PriorConfig;
}
