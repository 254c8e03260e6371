/**
 * @file Tests that come in two sizes: small in `npm test`, full in `npm run test:long` (LONG=1), which records what it
 * measured for docs/results/reliability.json.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";

/** Whether the full sizes run. */
export const LONG = process.env["LONG"] === "1";

/** The size of a test: small or full. */
export function sized(small: number, full: number): number {
  return LONG ? full : small;
}

/** Lines of JSON that `npm run test:long` gathers. */
const FIGURES = path.join(import.meta.dirname, "../../.cache/long-figures.jsonl");

/** Records what a full-size test measured, under a name of its own; nothing in `npm test`. */
export function recordFigures(name: string, figures: Readonly<Record<string, number | string | boolean>>): void {
  if (!LONG) return;
  mkdirSync(path.dirname(FIGURES), { recursive: true });
  appendFileSync(FIGURES, `${JSON.stringify({ name, figures })}\n`);
}
