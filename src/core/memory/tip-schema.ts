import * as v from "valibot";
import { COUNT, FINITE, type SchemaLeaves } from "../base/schema-leaves.ts";
import { tokensSchema } from "../text/token-schema.ts";
import type { Tip } from "./tip.ts";

const TOKENS = tokensSchema(4096);

/** A tip as a run writes it. */
export function tipSchema({ label }: Pick<SchemaLeaves, "label">) {
  return v.object({
    id: COUNT,
    bucket: label,
    tokens: TOKENS,
    score: FINITE,
    iteration: COUNT,
    key: TOKENS,
    author: v.picklist(["policy", "person"]),
    pinned: v.boolean(),
    retrievedCount: COUNT,
  }) satisfies v.GenericSchema<unknown, Tip>;
}
