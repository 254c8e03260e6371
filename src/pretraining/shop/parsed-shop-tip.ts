/** @file A tip of the shop as the scripted reader understands it. */
import type { Goal } from "../../core/envs/webshop/goals.ts";
import type { CheckedPage } from "./shopping.ts";

/** What a tip says. */
export interface ParsedShopTip {
  /** Words of the search; empty if there was none. */
  readonly search: readonly string[];
  /** Page of the results, from 1. */
  readonly page: number;
  /** The bought product: its button, its type. Null if nothing was bought. */
  readonly bought: { readonly button: string; readonly noun: string } | null;
  /** Pages that were read before buying. */
  readonly checked: readonly CheckedPage[];
  readonly chosen: readonly string[];
  readonly need: readonly string[];
  readonly isPriceHigh: boolean;
  /** What was not there or not seen, words. */
  readonly lack: readonly string[];
}

/** Reads a tip without its score. */
export function parseShopTip(tip: string): ParsedShopTip {
  const facts = tip.split(";").map((part) => part.trim().split(" "));
  const after = (word: string): readonly string[] => facts.find(([first]) => first === word)?.slice(1) ?? [];
  const search = after("search");
  const got = after("got");
  return {
    search: search.filter((word) => word !== "next"),
    page: 1 + search.filter((word) => word === "next").length,
    bought: got.length === 0 ? null : { button: got[0]!, noun: got.at(-1)! },
    checked: facts.flatMap((words) => words.filter((word) => word === "features" || word === "description")),
    chosen: after("opt"),
    need: after("need"),
    isPriceHigh: after("price").includes("high"),
    lack: after("lack"),
  };
}

/** Whether everything that a tip names is asked for by this goal too: only then is its product worth another look. */
export function fits({ search, bought, chosen, need, lack }: ParsedShopTip, goal: Goal): boolean {
  const asked = new Set(goal.instruction.split(" "));
  if (![...search, ...need, ...lack].every((word) => asked.has(word))) return false;
  if (need.length === 0 && !chosen.every((value) => asked.has(value))) return false;
  return bought === null || bought.noun === goal.query || lack.includes(goal.query!);
}
