import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../core/base/errors.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

/**
 * The file of a base policy: shipped ones by name from public/base, others from runs.
 *
 * @throws {ConfigError} if there is no such file
 */
export function readBaseFile(name: string): Uint8Array {
  const folders = ["public/base", "docs/results/bases", "runs"];
  const candidates = folders.map((folder) => join(REPOSITORY, folder, `${name}.safetensors`));
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw new ConfigError(`base: a name in public/base, docs/results/bases or runs, got "${name}"`);
  return readFileSync(file);
}
