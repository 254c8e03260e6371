import * as v from "valibot";
import { COUNT } from "../base/schema-leaves.ts";
import { VOCABULARY_SIZE } from "./vocabulary.ts";

/** Ids of tokens, at most so many. */
export function tokensSchema(most: number) {
  return v.pipe(v.array(v.pipe(COUNT, v.maxValue(VOCABULARY_SIZE - 1))), v.maxLength(most));
}
