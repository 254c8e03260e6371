import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { ConfigError, NotFiniteError } from "../../core/base/errors.ts";
import type { TrainingEvent } from "../../core/events/training-event.ts";
import { taskSpec } from "../../core/envs/registry.ts";
import { ALGORITHMS } from "../../core/algorithms/registry.ts";
import { AlarmWatch } from "../../core/training/alarms.ts";
import { parseRunConfig } from "../../core/training/config-parsing.ts";
import { weightsHash } from "../../core/training/fingerprint.ts";
import { CONFIG_FIELDS, type RunConfig } from "../../core/training/run-config.ts";
import type { SessionCheckpoint, TrainingSession } from "../../core/training/session.ts";
import { CONFIG_PRESETS, presetChanges } from "../../experiments/presets.ts";
import { basePolicyState, createRun } from "../../runtime/create-session.ts";
import { decodeSessionFile, encodeSessionFile } from "../../runtime/session-file.ts";
import { readBaseFile } from "../base-files.ts";
import { startNodeBackend } from "../node-backend.ts";
import { isTerminal, printJson, printProgress } from "../output.ts";
import { RunDirectory } from "../run-directory.ts";
import { checkpointFile } from "../sweep/jobs.ts";
import { wholeNumber } from "./play.ts";

interface TrainOptions {
  readonly config?: string;
  readonly preset: string;
  readonly set: readonly string[];
  readonly method?: string;
  readonly task?: string;
  readonly worldPreset?: string;
  readonly house?: string;
  readonly seed?: string;
  readonly iterations?: string;
  readonly out: string;
  readonly baseFile?: string;
  readonly resume?: boolean;
  readonly ifBegun: string;
  readonly backend: string;
  readonly checkpointEvery: string;
  readonly recordRollouts?: boolean;
  readonly json?: boolean;
}

/** `train`: one run of one method, with events, checkpoints and a summary in a folder. */
export function trainCommand(): Command {
  return new Command("train")
    .description("Train one run. The folder gets config.json, events.jsonl, checkpoint.safetensors and summary.json.")
    .option("--config <file>", "JSON file with settings; - is standard input")
    .option("--preset <name>", `settings to start from: ${CONFIG_PRESETS.map(({ id }) => id).join(", ")}`, "playground")
    .option("--set <key=value>", "one setting; may be repeated", collect, [])
    .option("--method <id>", ALGORITHMS.map(({ id }) => id).join(", "))
    .option("--task <name>", "task, see the command worlds")
    .option("--world-preset <name>", "easy, none, or the world's own words joined by commas")
    .option("--house <n>", "floor plan; in a shop the catalogue")
    .option("--seed <n>", "seed of the run")
    .option("--iterations <n>", "iterations")
    .requiredOption("--out <dir>", "folder of the run")
    .option(
      "--base-file <file>",
      "file of the base policy, or checkpoint of a run, whatever its name is in the settings",
    )
    .option("--resume", "go on from the folder's checkpoint; --set may change what may change in a run")
    .option(
      "--if-begun <what>",
      "refuse a folder with a run in it, finish that run (whatever its settings), or replace it",
      "refuse",
    )
    .option("--backend <name>", "wasm, cpu or webgpu (Dawn)", "wasm")
    .option("--checkpoint-every <n>", "iterations between checkpoints", "5")
    .option("--record-rollouts", "also write every rollout to rollouts.jsonl")
    .option("--json", "all events as JSON lines on standard output")
    .action((options: TrainOptions) => train(options));
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** What a run goes on from: the settings and base policy of the flags, or those of a checkpoint. */
interface Start {
  readonly config: RunConfig;
  readonly baseFile: Uint8Array;
  /** Null at the beginning of a run. */
  readonly checkpoint: SessionCheckpoint | null;
}

async function train(options: TrainOptions): Promise<void> {
  endWithParent();
  const checkpointEvery = wholeNumber("--checkpoint-every", options.checkpointEvery);
  // Before the folder is touched: a wrong flag leaves nothing behind, and is told even if somebody else has the folder.
  const asked = askedStart(options);
  const directory = await RunDirectory.open(options.out);
  try {
    const start = startIn(directory, asked, options);
    if (start !== "finished") await trainIn(directory, start, checkpointEvery, options);
  } finally {
    directory.close();
  }
}

/** The start that the flags ask for; null if they ask for what the folder's checkpoint has. */
function askedStart(options: TrainOptions): Start | null {
  if (options.resume === true) {
    requireCheckpoint(options.out);
    return null;
  }
  if (!["refuse", "finish", "replace"].includes(options.ifBegun))
    throw new ConfigError(`--if-begun: refuse, finish or replace, got "${options.ifBegun}"`);
  const config = configOf(options);
  taskSpec(config.task); // throws for a task that no world has
  return { config, baseFile: readBase(config, options), checkpoint: null };
}

/** Where to begin in a folder that is ours now; "finished" if nothing is left to do. */
function startIn(directory: RunDirectory, asked: Start | null, options: TrainOptions): Start | "finished" {
  if (asked === null) return checkpointStart(directory, options);
  const { hasResult, hasCheckpoint } = directory;
  if (options.ifBegun === "refuse" && (hasResult || hasCheckpoint))
    throw new ConfigError(`train: a new folder or --resume, got ${options.out} with a run in it`);
  // A result without its checkpoint is asked for again where the policy is needed.
  if (options.ifBegun !== "finish" || !hasCheckpoint) return asked;
  return hasResult ? "finished" : checkpointStart(directory, options);
}

function checkpointStart(directory: RunDirectory, options: TrainOptions): Start {
  requireCheckpoint(directory.path);
  const checkpoint = decodeSessionFile(readFileSync(checkpointFile(directory.path)));
  return { config: checkpoint.config, baseFile: readBase(checkpoint.config, options), checkpoint };
}

async function trainIn(
  directory: RunDirectory,
  { config, baseFile, checkpoint }: Start,
  checkpointEvery: number,
  options: TrainOptions,
): Promise<void> {
  const backend = await startNodeBackend(options.backend);
  if (checkpoint === null) directory.discardRun();
  directory.begin(config, checkpoint?.iteration ?? null, weightsHash(basePolicyState(baseFile).weights));
  const record = new RunRecord(directory, options);
  const { session, policy } = await createRun({
    baseFile,
    config,
    clock: { now: () => performance.now() },
    emit: (event) => record.tell(event),
    backend: backend.name,
    checkpoint,
  });
  if (checkpoint !== null) applySettings(session, options);
  try {
    await runToEnd(session, record, checkpointEvery);
  } finally {
    policy.dispose();
  }
}

/** Hot settings that the flags of a resumed run change, such as the learning rate after a number that was not finite. */
function applySettings(session: TrainingSession, options: TrainOptions): void {
  const changes = Object.fromEntries(settingsOf(options).map(([key, text]) => [key, typedValue(key, text)]));
  if (Object.keys(changes).length > 0) session.updateConfig(changes);
}

function readBase({ base }: RunConfig, { baseFile }: TrainOptions): Uint8Array {
  if (baseFile === undefined) return readBaseFile(base);
  if (!existsSync(baseFile)) throw new ConfigError(`--base-file: a file, got ${baseFile}`);
  return readFileSync(baseFile);
}

/** A sweep that was killed leaves no run behind that would write into the folder beside the sweep that comes next. */
function endWithParent(): void {
  if (process.channel === undefined) return;
  process.once("disconnect", () => process.exit(1));
  process.channel.unref(); // does not keep a finished run from ending
}

/** Iterates until the end, an interrupt or an alarm that pauses; the iteration in flight is finished and stored. */
async function runToEnd(session: TrainingSession, record: RunRecord, checkpointEvery: number): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
    printProgress("Stopping after this iteration; --resume goes on.");
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  while (!session.isFinished && !stop.signal.aborted) {
    await record.failing(session.iteration, () => session.runIteration());
    await nextTask();
    if (record.takeAlarm() && session.config.onAlarm === "pause") {
      stop.abort();
      printProgress("Pausing because of the alarm; --resume goes on.");
    }
    const due = session.iteration % checkpointEvery === 0 || session.isFinished || stop.signal.aborted;
    if (due) record.directory.saveCheckpoint(encodeSessionFile(await session.checkpoint()));
  }
  if (session.isFinished) await session.finish();
}

/** Lets signals and the end of the parent be noticed: on wasm and cpu an iteration never leaves its task. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a run tells the folder and the terminal. */
class RunRecord {
  readonly directory: RunDirectory;
  readonly #options: TrainOptions;
  readonly #watch = new AlarmWatch();
  #isAlarmed = false;

  constructor(directory: RunDirectory, options: TrainOptions) {
    this.directory = directory;
    this.#options = options;
    for (const summary of directory.summaries()) this.#watch.next(summary);
  }

  tell(event: TrainingEvent): void {
    this.directory.write(event, this.#options.recordRollouts === true);
    if (this.#options.json === true) printJson(event);
    else print(event);
    if (event.type !== "iterationFinished") return;
    for (const { iteration, text } of this.#watch.next(event.summary)) {
      this.#isAlarmed = true;
      this.tell({ type: "incident", iteration, kind: "alarm", text });
    }
  }

  /** Whether an alarm was raised since the last call. */
  takeAlarm(): boolean {
    const isAlarmed = this.#isAlarmed;
    this.#isAlarmed = false;
    return isAlarmed;
  }

  /** Does an iteration; what is not finite ends the run with advice, and the last checkpoint stays. */
  async failing(iteration: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const message = `iteration ${iteration + 1}: ${error instanceof Error ? error.message : String(error)}`;
      this.tell({ type: "runFailed", iteration, message });
      if (!(error instanceof NotFiniteError)) throw error;
      throw new NotFiniteError(`${message}. Roll back with --resume --set learningRate=<half of it>.`);
    }
  }
}

function print(event: TrainingEvent): void {
  if (event.type === "iterationFinished") printIteration(event.summary);
  else if (event.type === "incident") printProgress(`  ${event.text}`);
  else if (event.type === "evaluated") {
    const { iteration, meanReturn, successRate, memory } = event.evaluation;
    printProgress(
      `  evaluated after ${iteration}: return ${meanReturn.toFixed(1)}, success ${(100 * successRate).toFixed(0)} %, memory ${memory}`,
    );
  }
}

type Summary = Extract<TrainingEvent, { type: "iterationFinished" }>["summary"];

function printIteration(summary: Summary): void {
  if (!isTerminal() && summary.iteration % 5 !== 0) return;
  const { iteration, meanReturn, meanReturnWithTips, meanReturnWithoutTips, bestScore, update, times } = summary;
  const parts = [
    `iteration ${iteration}`,
    `return ${meanReturn.toFixed(1)}`,
    `tips ${meanReturnWithTips?.toFixed(0) ?? "–"} plain ${meanReturnWithoutTips?.toFixed(0) ?? "–"}`,
    `best ${Number(bestScore.toFixed(1))}`,
    `entropy ${update?.entropy.toFixed(3) ?? "–"}`,
    `masked ${update?.maskedFraction.toFixed(3) ?? "–"}`,
    `ms: rollout ${times.rollout.toFixed(0)}, tips ${times.tipWriting.toFixed(0)}, update ${times.update.toFixed(0)}, evaluation ${times.evaluation.toFixed(0)}`,
  ];
  printProgress(parts.join("  "));
}

function requireCheckpoint(folder: string): void {
  if (!existsSync(checkpointFile(folder)))
    throw new ConfigError(`--resume: a folder with checkpoint.safetensors, got ${folder}`);
}

/** The configuration of the flags: file or preset, then named flags, then --set. */
function configOf(options: TrainOptions): RunConfig {
  const base = options.config === undefined ? presetChanges(options.preset) : readConfigFile(options.config);
  const flags = { method: options.method, task: options.task, preset: options.worldPreset };
  const numbers = { house: options.house, seed: options.seed, iterations: options.iterations };
  const changes: [string, string][] = [];
  for (const [key, value] of Object.entries({ ...flags, ...numbers }))
    if (value !== undefined) changes.push([key, value]);
  changes.push(...settingsOf(options));
  return parseRunConfig({ ...base, ...Object.fromEntries(changes.map(([key, text]) => [key, typedValue(key, text)])) });
}

/** What --set says. */
function settingsOf(options: TrainOptions): [string, string][] {
  return options.set.map((setting) => {
    const split = setting.indexOf("=");
    if (split < 1) throw new ConfigError(`--set: key=value, got "${setting}"`);
    return [setting.slice(0, split), setting.slice(split + 1)];
  });
}

function readConfigFile(file: string): object {
  try {
    return JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8")) as object;
  } catch (error) {
    throw new ConfigError(
      `--config: a JSON file, got ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function typedValue(key: string, text: string): string | number {
  const field = CONFIG_FIELDS.find((candidate) => candidate.key === key);
  if (field?.kind !== "number" || text.trim() === "") return text;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}
