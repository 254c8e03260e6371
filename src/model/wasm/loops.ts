/** @file Loops that the kernels share. */
import { i32, sequence, whileLoop } from "./assembler.ts";
import type { Code, Local } from "./assembler.ts";

/** Bytes of four floats. */
export const VECTOR_BYTES = 16;
/** Bytes of a float. */
export const FLOAT_BYTES = 4;

/** Runs `body` `count` times; `counter` counts down and is not to be read. */
export function repeat(counter: Local, count: Code, body: Code): Code {
  return sequence(
    counter.set(count),
    whileLoop(counter.get, sequence(body, counter.set(i32.sub(counter.get, i32.const(1))))),
  );
}

/** Runs `body` with `offset` = 0, 16, … below `bytes`. */
export function eachVector(offset: Local, bytes: Code, body: Code): Code {
  return sequence(
    offset.set(i32.const(0)),
    whileLoop(i32.ltS(offset.get, bytes), sequence(body, offset.advance(VECTOR_BYTES))),
  );
}

/** base + offset. */
export function at(base: Local, offset: Local): Code {
  return i32.add(base.get, offset.get);
}
