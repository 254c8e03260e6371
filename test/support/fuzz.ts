/** @file How many cases a fuzz test tries: few by default, ten thousand with LONG=1 (`npm run test:long`). */

const LONG_RUNS = 10_000;

/** Parameters of `fc.assert`. */
export function fuzzRuns(few: number): { readonly numRuns: number } {
  return process.env["LONG"] === "1" ? { numRuns: LONG_RUNS } : { numRuns: few };
}
