/** @file A tip's log as the scripted reader understands it. */
import { ROOM_NAMES } from "../core/envs/science/world.ts";

/** What a tip says. */
export interface ParsedTip {
  /** All rooms it mentions. */
  readonly rooms: readonly string[];
  /** Rooms walked through before the first, second and third success, in order. */
  readonly roomsBefore: readonly (readonly string[])[];
  /** Whether that success was reached. */
  readonly reached: readonly boolean[];
  /** Whether the wires were crossed, the last time that all four connections were made; null if they never were. */
  readonly crossed: boolean | null;
  /** Carried everything somewhere before wiring. */
  readonly hauled: boolean;
  /** The room of the last wiring. */
  readonly site: string | null;
  readonly activated: boolean;
  readonly lit: boolean;
  readonly dark: boolean;
  /** The name of what the tip calls bad. */
  readonly bad: string | null;
}

const ROOMS: ReadonlySet<string> = new Set(ROOM_NAMES);
const SUCCESSES = new Set(["focus", "take", "connect", "put", "on"]);

/** Reads a tip without its score. */
export function parseTip(tip: string): ParsedTip {
  const [log = [], ...troubles] = tip.split(";").map((part) => part.trim().split(" "));
  const roomsBefore: string[][] = [[]];
  for (const word of log) {
    if (SUCCESSES.has(word)) roomsBefore.push([]);
    else if (ROOMS.has(word)) roomsBefore.at(-1)!.push(word);
  }
  const isTerminal = (word: string): boolean => word === "anode" || word === "cathode";
  const terminals = log.filter(isTerminal);
  const last = terminals.slice(-4);
  const isWhole = terminals.length === 4 || terminals.length === 8;
  const trouble = troubles.find((words) => words[0] === "bad");
  return {
    rooms: log.filter((word) => ROOMS.has(word)),
    roomsBefore,
    reached: roomsBefore.map((_, i) => i < roomsBefore.length - 1),
    crossed: isWhole ? last[0] !== last[1] : null,
    hauled: log.includes("put"),
    site: log.slice(0, Math.max(0, log.findLastIndex(isTerminal))).findLast((word) => ROOMS.has(word)) ?? null,
    activated: log.includes("activate"),
    lit: log.includes("on"),
    dark: troubles.some((words) => words[0] === "dark"),
    bad: trouble === undefined ? null : trouble.slice(1).join(" "),
  };
}
