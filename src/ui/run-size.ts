/** @file How much memory a run needs at least, before anything of it is allocated: what its open episodes have read. */
import { taskSpecs } from "../core/envs/registry.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { BaseOption } from "./store/store.ts";

/** Tokens that an episode of the shipped policies can be long. */
const CONTEXT_LENGTH = 512;
const FLOAT_BYTES = 4;
/** Keys and values. */
const PER_TOKEN = 2;
/** Of a base policy that is not known: the shipped one's. */
const UNKNOWN_BASE = { width: 64, layers: 3 };
/** Runs that need more are asked about: WebAssembly ends at 4 GB, and small laptops have not much more. */
export const LARGE_RUN_BYTES = 10 ** 9;

/** Bytes of the keys and values of all episodes that are open together, when each is as long as it can be. */
export function runBytes(config: RunConfig, base: BaseOption | undefined): number {
  const { width, layers } = base?.size ?? UNKNOWN_BASE;
  const spec = taskSpecs().find(({ task }) => task === config.task);
  const variations = Math.min(spec?.splits[config.evaluationSplit].length ?? 1, config.evaluationVariations);
  const evaluated = variations * config.evaluationEpisodes;
  const episodes = Math.max(config.groupSize * config.tasksPerIteration, evaluated);
  return episodes * CONTEXT_LENGTH * layers * width * PER_TOKEN * FLOAT_BYTES;
}
