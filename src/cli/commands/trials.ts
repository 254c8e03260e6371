import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { parseRunConfig } from "../../core/training/config-parsing.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import { trainedPolicy } from "../../experiments/planned-runs.ts";
import { FROZEN } from "../../experiments/task-plans.ts";
import { printJson, printLine } from "../output.ts";
import { readRun } from "../stored-results.ts";
import { checkpointFile, isFinished } from "../sweep/jobs.ts";
import { trainInProcess } from "../sweep/train-process.ts";
import { wholeNumber } from "./play.ts";

interface TrialsOptions {
  readonly checkpoint: string;
  readonly task: string;
  readonly worldPreset: string;
  readonly house: readonly string[];
  readonly memory: string;
  readonly seed: string;
  readonly episodes: string;
  readonly temperature: string;
  readonly out: string;
  readonly backend: string;
  readonly json?: boolean;
}

/** `trials`: a trained policy on a new task, its weights fixed (figure 8). */
export function trialsCommand(): Command {
  return new Command("trials")
    .description(
      "Try a trained policy on a task it has not learned, its weights fixed: ten trials from empty memory, or once without memory. Each house gets a run folder; finished ones are kept.",
    )
    .requiredOption("--checkpoint <dir|base>", "folder of a run, or the name of a base policy")
    .requiredOption("--task <name>", "task, see the command worlds")
    .option("--world-preset <name>", "easy, none, or the world's own words joined by commas", "easy")
    .option("--house <n...>", "floor plans; in a shop catalogues", ["0"])
    .option("--memory <on|off>", "whether tips are read and written", "on")
    .option("--seed <n>", "seed of the trials", "1")
    .option("--episodes <n>", "episodes per test variation and trial, each with a memory of its own", "20")
    .option("--temperature <x>", "sampling temperature", "0.4")
    .requiredOption("--out <dir>", "folder of the runs")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--json", "one JSON line per trial")
    .action((options: TrialsOptions) => trials(options));
}

async function trials(options: TrialsOptions): Promise<void> {
  const base = baseOf(options.checkpoint);
  const houses = options.house.map((house) => wholeNumber("--house", house));
  const configs = houses.map((house) => configOf(options, base.name, house));
  for (const config of configs) {
    const folder = join(options.out, `house-${config.house}`);
    if (!isFinished(folder)) {
      const work = { folder, config, baseFile: base.file, backend: options.backend, resume: true };
      const { code, message } = await trainInProcess(work).end;
      if (code !== 0) throw new ConfigError(`trials: house ${config.house} failed. ${message.trim()}`);
    }
    tell(folder, options.json === true);
  }
}

/** What the settings call the policy, and its file if it is a run's. */
function baseOf(checkpoint: string): { readonly name: string; readonly file: string | null } {
  const file = checkpointFile(checkpoint);
  if (!existsSync(file)) return { name: checkpoint, file: null };
  const folder = resolve(checkpoint);
  return { name: trainedPolicy({ experiment: basename(dirname(folder)), run: basename(folder) }), file };
}

function configOf(options: TrialsOptions, base: string, house: number): RunConfig {
  const frozen = FROZEN.find(({ memory }) => memory === options.memory);
  if (frozen === undefined) throw new ConfigError(`--memory: on or off, got "${options.memory}"`);
  return parseRunConfig({
    ...frozen.changes,
    task: options.task,
    preset: options.worldPreset,
    base,
    house,
    seed: wholeNumber("--seed", options.seed),
    evaluationEpisodes: wholeNumber("--episodes", options.episodes),
    evaluationTemperature: Number(options.temperature),
  });
}

function tell(folder: string, json: boolean): void {
  const { trials: withMemory, evaluations, config } = readRun(folder)!;
  for (const evaluation of withMemory.length > 0 ? withMemory : evaluations) {
    const { memory, iteration, meanReturn, successRate, episodeCount } = evaluation;
    if (json) printJson({ type: "evaluated", house: config.house, evaluation });
    else
      printLine(
        `house ${config.house}  ${memory === "on" ? `trial ${iteration}  ` : ""}return ${meanReturn.toFixed(1)}  success ${(100 * successRate).toFixed(1)} %  (${episodeCount} episodes)`,
      );
  }
}
