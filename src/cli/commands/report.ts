import { Command } from "commander";
import { reportOnBase } from "../../pretraining/base-report.ts";
import { basePolicyState, createPolicy } from "../../runtime/create-session.ts";
import { readBaseFile } from "../base-files.ts";
import { writeFileAtomically } from "../file-store.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printLine } from "../output.ts";
import { wholeNumber } from "./play.ts";

interface ReportOptions {
  readonly base: string;
  readonly seed: string;
  readonly scale: string;
  readonly backend: string;
  readonly out?: string;
}

/** `report`: what a base policy can do before training, the numbers of its card. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Measure a base policy: returns per task, tip reading and writing, prior of the wiring, placebo.")
    .option("--base <name>", "name of the base policy", "base")
    .option("--seed <n>", "seed of the measurement", "1")
    .option("--scale <x>", "share of the episodes; 1 takes minutes", "1")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--out <file>", "also write the report to this file")
    .action((options: ReportOptions) => report(options));
}

async function report(options: ReportOptions): Promise<void> {
  await startNodeBackend(options.backend);
  const policy = await createPolicy(basePolicyState(readBaseFile(options.base)));
  const result = await reportOnBase(policy, wholeNumber("--seed", options.seed), Number(options.scale));
  const text = JSON.stringify(result, null, 2);
  printLine(text);
  if (options.out !== undefined) writeFileAtomically(options.out, `${text}\n`);
  policy.dispose();
}
