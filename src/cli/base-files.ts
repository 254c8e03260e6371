import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../core/base/errors.ts";
import { trainingRunOf } from "../experiments/planned-runs.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

/**
 * The file of a base policy: shipped ones by name from public/base, others from runs, and those of recorded runs by
 * experiment and run with a comma between.
 *
 * @throws {ConfigError} if there is no such file
 */
export function readBaseFile(name: string): Uint8Array {
  const run = trainingRunOf(name);
  if (run !== null) {
    const checkpoint = join(REPOSITORY, "docs/results/runs", run.experiment, run.run, "checkpoint.safetensors");
    if (existsSync(checkpoint)) return readFileSync(checkpoint);
    throw new ConfigError(`base: the checkpoint of a run (sweep ${run.experiment} makes it), got none in ${run.run}`);
  }
  const folders = ["public/base", "docs/results/bases", "runs"];
  const candidates = folders.map((folder) => join(REPOSITORY, folder, `${name}.safetensors`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw new ConfigError(`base: a name in public/base, docs/results/bases or runs, got "${name}"`);
  return readFileSync(file);
}
