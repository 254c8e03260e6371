import { ConfigError } from "../base/errors.ts";
import type { Algorithm } from "./algorithm.ts";
import { contextDistillation } from "./context-distillation.ts";
import { empo2 } from "./empo2.ts";
import { gigpo } from "./gigpo.ts";
import { grpo } from "./grpo.ts";
import { naive } from "./naive.ts";
import { reflexion } from "./reflexion.ts";
import { retrospex } from "./retrospex.ts";
import { tipCredit } from "./tip-credit.ts";

/** All methods: the paper's in the order of its tables, then those beyond it. */
export const ALGORITHMS: readonly Algorithm[] = [
  naive,
  reflexion,
  retrospex,
  grpo,
  gigpo,
  empo2,
  contextDistillation,
  tipCredit,
];

/**
 * The method of an id.
 *
 * @throws {ConfigError} listing the known ones
 */
export function algorithmById(id: string): Algorithm {
  const algorithm = ALGORITHMS.find((candidate) => candidate.id === id);
  if (algorithm === undefined) {
    throw new ConfigError(`method: one of ${ALGORITHMS.map((known) => known.id).join(", ")}, got "${id}"`);
  }
  return algorithm;
}
