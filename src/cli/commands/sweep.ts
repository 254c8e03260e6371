import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { experimentById, type PlannedRun } from "../../experiments/plans.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printProgress } from "../output.ts";
import { wholeNumber } from "./play.ts";

interface SweepOptions {
  readonly jobs: string;
  readonly out: string;
  readonly only?: string;
  readonly backend: string;
}

/** `sweep`: all runs of experiments, several at a time; finished ones are not repeated, killed ones go on. */
export function sweepCommand(): Command {
  return new Command("sweep")
    .description("Run the experiments of src/experiments/plans.ts; finished runs are kept, interrupted ones resumed.")
    .argument("<experiment...>", "experiment ids")
    .option("--jobs <n>", "runs at the same time", "3")
    .option("--out <dir>", "folder of the results", "docs/results/runs")
    .option("--only <text>", "only runs whose name contains this")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .action((experiments: string[], options: SweepOptions) => sweep(experiments, options));
}

interface Job {
  readonly folder: string;
  readonly run: PlannedRun;
}

async function sweep(ids: readonly string[], options: SweepOptions): Promise<void> {
  const jobs = ids.flatMap((id) =>
    experimentById(id).runs.map((run): Job => ({ folder: join(options.out, id, run.name), run })),
  );
  const open = jobs.filter(({ folder, run }) => {
    const isWanted = options.only === undefined || run.name.includes(options.only);
    return isWanted && !existsSync(join(folder, "summary.json"));
  });
  printProgress(`${jobs.length} runs planned, ${open.length} to do`);
  const start = performance.now();
  let done = 0;
  const work = async (): Promise<void> => {
    for (let job = open.shift(); job !== undefined; job = open.shift()) {
      const code = await train(job, options.backend);
      done += 1;
      const minutes = (performance.now() - start) / 60_000;
      const left = (minutes / done) * open.length;
      const result = code === 0 ? "finished" : `FAILED with exit code ${code}`;
      printProgress(
        `${job.folder} ${result}; ${done} done in ${minutes.toFixed(1)} min, about ${left.toFixed(0)} min left`,
      );
      if (code !== 0) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: wholeNumber("--jobs", options.jobs) }, work));
}

/** One run in a process of its own, which ends with this one; at most the iteration in flight is lost then. */
function train({ folder, run }: Job, backend: string): Promise<number> {
  const configFile = join(folder, "config.json");
  const isBegun = existsSync(join(folder, "checkpoint.safetensors"));
  if (!isBegun) writeFileAtomically(configFile, `${JSON.stringify(run.config, null, 2)}\n`);
  const how = isBegun ? ["--resume"] : ["--config", configFile];
  const flags = ["--out", folder, "--backend", backend, "--checkpoint-every", "1"];
  const child = fork(new URL("../main.ts", import.meta.url), ["train", ...how, ...flags], { silent: true });
  child.stderr!.on("data", (text: Buffer) =>
    isBegun || process.env["SWEEP_VERBOSE"] === "1" ? process.stderr.write(text) : undefined,
  );
  return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}
