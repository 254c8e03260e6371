import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Command } from "commander";
import { reportOnBase } from "../../pretraining/base-report.ts";
import { BASE_TRAINING, RECIPE_NAMES, recipeNamed } from "../../pretraining/recipe.ts";
import { basePolicyState, createPolicy } from "../../runtime/create-session.ts";
import { readBaseFile } from "../base-files.ts";
import { writeFileAtomically } from "../file-store.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printLine } from "../output.ts";
import { currentCommit } from "../run-directory.ts";
import { positiveNumber, wholeNumber } from "./play.ts";

interface ReportOptions {
  readonly base: string;
  readonly recipe: string;
  readonly seed: string;
  readonly scale: string;
  readonly backend: string;
  readonly card?: string;
  readonly madeWith: readonly string[];
  readonly madeAt?: string;
}

/** `report`: what a base policy can do before training, the numbers of its card. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Measure a base policy: returns per task, tip reading and writing, prior of the wiring, placebo.")
    .option("--base <name>", "name of the base policy", "base")
    .option("--recipe <name>", `the recipe it was made with: ${RECIPE_NAMES.join(", ")}`, "base")
    .option("--seed <n>", "seed of the measurement", "1")
    .option("--scale <x>", "share of the episodes; 1 takes minutes", "1")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--card <file>", "also write the base policy's card to this file")
    .option("--made-with <command>", "for the card: a command that made the base; may be repeated", collect, [])
    .option("--made-at <commit>", "for the card: the commit whose pretraining made the base, if it is not this one")
    .action((options: ReportOptions) => report(options));
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

async function report({ backend, base, recipe, seed, scale, card, madeWith, madeAt }: ReportOptions): Promise<void> {
  const read = recipeNamed(recipe);
  const share = positiveNumber("--scale", scale);
  await startNodeBackend(backend);
  const file = readBaseFile(base);
  const policy = await createPolicy(basePolicyState(file));
  const measured = await reportOnBase(policy, read, wholeNumber("--seed", seed), share);
  printLine(JSON.stringify(measured, null, 2));
  if (card !== undefined) {
    const content = {
      base,
      madeAt: madeAt ?? currentCommit(),
      measuredAt: currentCommit(),
      madeWith,
      sha256: bytesToHex(sha256(file)),
      bytes: file.length,
      model: policy.config,
      weights: policy.parameterCount,
      corpus: read.families.length === 1 ? read.families[0]!.config : { recipe: read.name, families: read.families },
      training: BASE_TRAINING,
      measured: { seed: Number(seed), scale: share, ...measured },
    };
    writeFileAtomically(card, `${JSON.stringify(content, null, 2)}\n`);
  }
  policy.dispose();
}
