/** @file Property tests of hostile input: some hundred cases in `npm test`, ten thousand in `npm run test:long`. */
import fc from "fast-check";
import { recordFigures, sized } from "./long.ts";

const LONG_CASES = 10_000;

/** Tries a property, and records how many cases held. */
export async function fuzz<Values>(name: string, few: number, property: fc.IRawProperty<Values>): Promise<void> {
  const cases = sized(few, LONG_CASES);
  await fc.assert(property, { numRuns: cases });
  recordFigures(`fuzzed ${name}`, { cases });
}
