/** @file e^x of four floats at once: range reduction by powers of two and a polynomial, 2 units in the last place. */
import { f32, f32x4, i32, i32x4, sequence, V128 } from "./assembler.ts";
import type { Code, FunctionScope, Local } from "./assembler.ts";

const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts, so that x − n·ln 2 keeps its low bits. */
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.428606765330187e-6;
/** Minimax polynomial of (e^x − 1)/x for |x| ≤ ln 2 / 2, highest power first (as in XNNPACK's "rr2-p5"). */
const COEFFICIENTS = [
  0.008289290592074394, 0.04189782217144966, 0.16667652130126953, 0.4999915063381195, 0.9999997019767761,
];
/** Added to a float x < 2^22, its low bits become round(x) + 127: shifted by 23 they are the float 2^round(x). */
const ROUNDING = 12_583_039;
const MANTISSA_BITS = 23;
/** e^±87 is still a normal float. */
const LIMIT = 87;

/** Constants and scratch of the exponential inside one function. */
export interface Exponential {
  /** Sets the constants; once, before the loops. */
  readonly setUp: Code;
  /** target = e^value, value clamped to ±87. */
  into(target: Local, value: Code): Code;
}

/** Makes room for the exponential in a function. */
export function exponential(scope: FunctionScope): Exponential {
  const constants = [LOG2_E, LN2_HIGH, LN2_LOW, ROUNDING, LIMIT, -LIMIT, ...COEFFICIENTS];
  const locals = constants.map(() => scope.local(V128));
  const [log2e, high, low, rounding, limit, negativeLimit] = locals as [Local, Local, Local, Local, Local, Local];
  const coefficients = locals.slice(6);
  const [x, rounded, power] = scope.localsOf(V128, 3) as [Local, Local, Local];
  const setUp = sequence(...constants.map((value, i) => locals[i]!.set(splat(value))));
  const into = (target: Local, value: Code): Code =>
    sequence(
      x.set(f32x4.pmax(f32x4.pmin(value, limit.get), negativeLimit.get)),
      rounded.set(f32x4.add(f32x4.mul(x.get, log2e.get), rounding.get)),
      power.set(i32x4.shl(rounded.get, i32.const(MANTISSA_BITS))),
      rounded.set(f32x4.sub(rounded.get, rounding.get)),
      x.set(f32x4.sub(f32x4.sub(x.get, f32x4.mul(rounded.get, high.get)), f32x4.mul(rounded.get, low.get))),
      target.set(coefficients[0]!.get),
      ...coefficients.slice(1).map((c) => target.set(f32x4.add(f32x4.mul(target.get, x.get), c.get))),
      // 2^n·(1 + x·polynomial)
      target.set(f32x4.add(power.get, f32x4.mul(f32x4.mul(x.get, power.get), target.get))),
    );
  return { setUp, into };
}

/** The same float four times. */
export function splat(value: number): Code {
  return f32x4.splat(f32.const(value));
}

/** Sum of the four lanes. */
export function laneSum(value: Code): Code {
  const lane = (i: number): Code => f32x4.extractLane(value, i);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

/** Largest of the four lanes. */
export function laneMax(value: Code): Code {
  const lane = (i: number): Code => f32x4.extractLane(value, i);
  return f32.max(f32.max(lane(0), lane(1)), f32.max(lane(2), lane(3)));
}
