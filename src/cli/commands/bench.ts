import { cpus } from "node:os";
import { Command } from "commander";
import { benchmarkBackend } from "../../runtime/benchmark.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printJson, printLine } from "../output.ts";
import { currentCommit } from "../run-directory.ts";
import { wholeNumber } from "./play.ts";

interface BenchOptions {
  readonly backend: string;
  readonly shrink: string;
  readonly json?: boolean;
}

/** `bench`: how fast this machine learns, reads and writes on one backend. */
export function benchCommand(): Command {
  return new Command("bench")
    .description(
      "Measure the default model on one backend: tokens/s of update, pretraining and prefill, ms per decode step.",
    )
    .option("--backend <name>", "wasm, cpu or webgpu (Dawn)", "wasm")
    .option("--shrink <n>", "divide the 48 episodes by this, for slow backends", "1")
    .option("--json", "one JSON line")
    .action((options: BenchOptions) => bench(options));
}

async function bench({ backend, shrink, json }: BenchOptions): Promise<void> {
  const { name } = await startNodeBackend(backend);
  const divisor = Math.max(1, wholeNumber("--shrink", shrink));
  const result = await benchmarkBackend(() => performance.now(), divisor);
  if (json === true) {
    printJson({
      type: "benchmark",
      backend: name,
      processor: cpus()[0]?.model ?? "unknown",
      commit: currentCommit(),
      ...result,
    });
    return;
  }
  const perSecond = (value: number): string => `${Math.round(value).toLocaleString("en")} tokens/s`;
  printLine(`backend        ${name}, ${result.size.episodes} episodes`);
  printLine(`update         ${perSecond(result.updateTokensPerSecond)}`);
  printLine(`pretraining    ${perSecond(result.languageModelTokensPerSecond)}`);
  printLine(`prefill        ${perSecond(result.prefillTokensPerSecond)}`);
  printLine(`decode step    ${result.decodeStepMs.toFixed(2)} ms for one token of each episode`);
}
