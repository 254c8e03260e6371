/** @file `expect(actual).toBeAllClose(expected, { relative, absolute })`: |a − e| ≤ absolute + relative·|e| for every number. */
import { expect } from "vitest";

/** How far numbers may be apart. Defaults: 1e-5 relative, 1e-6 absolute. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

declare module "vitest" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the name and arity must match vitest's
  interface Matchers<T> {
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): void;
  }
}

expect.extend({
  toBeAllClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance = {}) {
    const { relative = 1e-5, absolute = 1e-6 } = tolerance;
    if (actual.length !== expected.length) {
      return { pass: false, message: () => `expected ${expected.length} numbers, got ${actual.length}` };
    }
    let worst = -1;
    let worstExcess = 0;
    for (let i = 0; i < actual.length; i++) {
      const excess = Math.abs(actual[i]! - expected[i]!) - (absolute + relative * Math.abs(expected[i]!));
      // NaN fails: it is not at most anything.
      if (!(excess <= worstExcess)) [worst, worstExcess] = [i, Number.isNaN(excess) ? Infinity : excess];
    }
    const message = (): string =>
      worst < 0
        ? "expected some number to be further away"
        : `at ${worst} expected ${expected[worst]}, got ${actual[worst]} (relative ${relative}, absolute ${absolute})`;
    return { pass: worst < 0, message };
  },
});
