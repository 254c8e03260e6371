import { ConfigError } from "../base/errors.ts";
import type { Algorithm } from "./algorithm.ts";
import { empo2 } from "./empo2.ts";
import { gigpo } from "./gigpo.ts";
import { grpo } from "./grpo.ts";
import { naive } from "./naive.ts";
import { reflexion } from "./reflexion.ts";

/** All methods, in the order of the paper's tables. */
export const ALGORITHMS: readonly Algorithm[] = [naive, reflexion, grpo, gigpo, empo2];

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
