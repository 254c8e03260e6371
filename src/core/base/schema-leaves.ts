/**
 * @file What the schemas of a run's data are made of: numbers, texts and lists as a run writes them. Each row has one
 * schema, told what its texts and measured numbers must be like at the border where it is used.
 */
import * as v from "valibot";

/** What differs from border to border. */
export interface SchemaLeaves {
  /** Words that are shown. */
  readonly text: v.GenericSchema<string>;
  /** Names that things are found by. */
  readonly label: v.GenericSchema<string>;
  /** Measured numbers, such as log-probs. */
  readonly numbers: v.GenericSchema<number[]>;
  /** SHA-256, hexadecimal. */
  readonly hash: v.GenericSchema<string>;
}

const MAX_TEXT = 4000;
const MAX_LABEL = 200;
const MAX_NUMBERS = 8192;
/** Controls other than line ends, and marks that are not seen: zero-width ones and those that turn text around. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
export const FINITE = v.pipe(v.number(), v.finite());

/** For files that strangers send: texts are shortened and freed of characters that steer how text runs. */
export const STRICT_LEAVES: SchemaLeaves = {
  text: v.pipe(
    v.string(),
    v.transform((text) => text.slice(0, MAX_TEXT).replace(STEERING, "\ufffd")),
  ),
  label: v.pipe(
    v.string(),
    v.maxLength(MAX_LABEL),
    v.check((text) => text.search(STEERING) === -1, "plain characters"),
  ),
  numbers: v.pipe(v.array(FINITE), v.maxLength(MAX_NUMBERS)),
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
};

/** For what the page's own worker says: the right kinds of values. */
export const WIRE_LEAVES: SchemaLeaves = {
  text: v.string(),
  label: v.string(),
  numbers: v.array(v.number()),
  hash: v.string(),
};
