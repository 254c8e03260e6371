import { cpus } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Command } from "commander";
import { taskSpec } from "../../core/envs/registry.ts";
import { benchmarkBackend } from "../../runtime/benchmark.ts";
import { benchmarkWorld } from "../../runtime/world-benchmark.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printJson, printLine } from "../output.ts";
import { currentCommit } from "../run-directory.ts";
import { wholeNumber } from "./play.ts";

interface BenchOptions {
  readonly backend: string;
  readonly shrink: string;
  readonly task?: string;
  readonly worldPreset?: string;
  readonly json?: boolean;
}

/** `bench`: how fast this machine learns, reads and writes on one backend, or how fast a world answers. */
export function benchCommand(): Command {
  return new Command("bench")
    .description(
      "Measure the default model on one backend: tokens/s of update, pretraining and prefill, ms per decode step. With --task a world instead: steps/s and memory.",
    )
    .option("--backend <name>", "wasm, cpu or webgpu (Dawn)", "wasm")
    .option("--shrink <n>", "divide the 48 episodes by this, for slow backends", "1")
    .option("--task <name>", "measure the world of this task")
    .option("--world-preset <name>", "preset of that world, e.g. text_rich,products-100000")
    .option("--json", "one JSON line")
    .action((options: BenchOptions) =>
      options.task === undefined ? bench(options) : benchWorld(options.task, options),
    );
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

/** A full collection, so that what is left on the heap is what is kept. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function benchWorld(name: string, { worldPreset, json }: BenchOptions): void {
  const { world, task, splits, presets } = taskSpec(name);
  const preset = worldPreset ?? presets[0]!;
  const result = benchmarkWorld({ world, task, variation: 0, preset, house: 0 }, splits.train, {
    now: () => performance.now(),
    heapBytes: () => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    },
  });
  if (json === true) {
    printJson({
      type: "worldBenchmark",
      task,
      preset,
      processor: cpus()[0]?.model ?? "unknown",
      commit: currentCommit(),
      ...result,
    });
    return;
  }
  const { stepsPerSecond, firstEpisodeMs, sharedBytes, bytesPerEpisode } = result;
  printLine(`world          ${task}, ${preset}`);
  printLine(`steps          ${Math.round(stepsPerSecond).toLocaleString("en")} a second, random valid actions`);
  printLine(`first episode  ${firstEpisodeMs.toFixed(0)} ms, ${(sharedBytes / 1e6).toFixed(1)} MB kept`);
  printLine(`every other    ${(bytesPerEpisode / 1e3).toFixed(1)} kB kept`);
}
