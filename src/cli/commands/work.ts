import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { positiveNumber, wholeNumber } from "./play.ts";

interface WorkFlags {
  readonly queue: string;
  readonly jobs: string;
  readonly backend: string;
  readonly lease: string;
  readonly scratch: string;
}

/** `work`: makes runs that a sweep with the same `--queue` asks for. */
export function workCommand(): Command {
  return new Command("work")
    .description(
      "Make runs for `sweep --queue` or `reproduce --queue`, until interrupted. Start as many as you like, on any machine that reaches the Redis and is at the same commit.",
    )
    .requiredOption("--queue <url>", "a Redis, e.g. redis://192.0.2.1:6379")
    .option("--jobs <n>", "runs at the same time", "1")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--lease <seconds>", "after so long without a sign a run is given to another worker", "30")
    .option("--scratch <dir>", "folder of unfinished runs", "runs/work")
    .action((flags: WorkFlags) => work(flags));
}

async function work({ queue, jobs, backend, lease, scratch }: WorkFlags): Promise<void> {
  const processes = wholeNumber("--jobs", jobs);
  if (processes < 1) throw new ConfigError(`--jobs: at least 1, got ${processes}`);
  const { workOnQueue } = await import("../queue/worker.ts");
  await workOnQueue({ url: queue, processes, backend, leaseSeconds: positiveNumber("--lease", lease), scratch });
}
