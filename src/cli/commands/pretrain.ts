import { readFileSync } from "node:fs";
import { fork, type ChildProcess } from "node:child_process";
import { Command } from "commander";
import type { ModelConfig } from "../../core/policy/policy.ts";
import { ConfigError } from "../../core/base/errors.ts";
import { pretrainingOptimizer, type CrossEntropySums } from "../../pretraining/batches.ts";
import { BASE_TRAINING, RECIPE_NAMES, recipeNamed } from "../../pretraining/recipe.ts";
import type { ShardGradient } from "../../runtime/pretraining-replica.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printJson, printProgress } from "../output.ts";
import type { PretrainMessage, PretrainStart } from "../pretrain-process.ts";
import { positiveNumber, wholeNumber } from "./play.ts";

interface PretrainOptions {
  readonly seed: string;
  readonly tokens: string;
  readonly jobs: string;
  readonly out: string;
  readonly init?: string;
  readonly backend: string;
  readonly learningRate: string;
  readonly recipe: string;
  readonly crossedByChance: string;
  readonly width?: string;
  readonly layers?: string;
  readonly heads?: string;
  readonly json?: boolean;
}

/** `pretrain`: makes a base policy from the synthetic corpus. */
export function pretrainCommand(): Command {
  return new Command("pretrain")
    .description("Train a base policy on the synthetic corpus of random worlds; the same seed gives the same policy.")
    .option("--seed <n>", "seed of weights and corpus", "1")
    .option("--tokens <n>", "corpus tokens to train on", String(BASE_TRAINING.tokens))
    .option("--jobs <n>", "processes that share the work (does not change the result)", "3")
    .option("--out <file>", "safetensors file to write", "runs/base.safetensors")
    .option("--init <file>", "go on from this base policy")
    .option("--learning-rate <x>", "peak learning rate", String(BASE_TRAINING.peakLearningRate))
    .option("--recipe <name>", `what it reads: ${RECIPE_NAMES.join(", ")}`, "base")
    .option("--crossed-by-chance <x>", "probability of wiring crossed without a tip, for the study of the prior", "0")
    .option("--width <n>", "width of a new model (default 64)")
    .option("--layers <n>", "layers of a new model (default 3)")
    .option("--heads <n>", "heads of a new model (default 2)")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--json", "progress as JSON lines on standard output")
    .action((options: PretrainOptions) => pretrain(options));
}

type Part = ShardGradient & { readonly shard: number };

/** A process and the answers it owes, in order. */
class PretrainProcess {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void }[] = [];

  constructor(start: PretrainStart) {
    this.#child = fork(new URL("../pretrain-process.ts", import.meta.url), { serialization: "advanced" });
    this.#child.on("message", (message: unknown) => this.#waiting.shift()?.resolve(message));
    this.#child.on("exit", (code) =>
      this.#fail(new Error(`pretrain: a process that goes on, got exit code ${String(code)}`)),
    );
    this.send({ type: "start", ...start });
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** The next message. */
  answer(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  send(message: PretrainMessage): void {
    this.#child.send(message);
  }

  end(): void {
    this.#child.disconnect();
  }
}

async function pretrain(options: PretrainOptions): Promise<void> {
  const tokens = wholeNumber("--tokens", options.tokens);
  const jobs = Math.min(wholeNumber("--jobs", options.jobs), BASE_TRAINING.shards);
  if (jobs < 1) throw new ConfigError("--jobs: at least 1, got 0");
  const peakLearningRate = positiveNumber("--learning-rate", options.learningRate);
  const processes = startProcesses(options, jobs);
  await Promise.all(processes.map((process) => process.answer()));
  const progress = new PretrainProgress(tokens, options.json === true);
  for (let step = 0; progress.tokensDone < tokens; step++) {
    const parts = await gatherGradients(processes);
    const optimizer = pretrainingOptimizer(progress.tokensDone / tokens, step, peakLearningRate);
    const gradient = addGradients(parts);
    const weightSum = parts.reduce((total, part) => total + part.weightSum, 0);
    for (const process of processes) process.send({ type: "step", gradient, weightSum, optimizer });
    progress.note(step, parts, optimizer.learningRate);
    if (step % 200 === 199) await save(processes[0]!, options.out);
  }
  await save(processes[0]!, options.out);
  for (const process of processes) process.end();
}

function startProcesses(options: PretrainOptions, jobs: number): PretrainProcess[] {
  const seed = wholeNumber("--seed", options.seed);
  const crossedByChance = positiveNumber("--crossed-by-chance", options.crossedByChance, true);
  const initial = options.init === undefined ? null : readFileSync(options.init);
  const shards = Array.from({ length: BASE_TRAINING.shards }, (_, shard) => shard);
  return Array.from({ length: jobs }, (_, job) => {
    const own = shards.filter((shard) => shard % jobs === job);
    return new PretrainProcess({
      seed,
      shards: own,
      backend: options.backend,
      initial,
      recipe: recipeNamed(options.recipe).name,
      crossedByChance,
      shape: shapeOf(options),
    });
  });
}

/** The sizes that were asked for. */
function shapeOf(options: PretrainOptions): Partial<ModelConfig> {
  const sizes = (["width", "layers", "heads"] as const).flatMap((key) => {
    const text = options[key];
    return text === undefined ? [] : [[key, wholeNumber(`--${key}`, text)] as const];
  });
  return Object.fromEntries(sizes);
}

/** Gradients of all shards, in the order of the shards whoever computed them. */
async function gatherGradients(processes: readonly PretrainProcess[]): Promise<Part[]> {
  const answers = processes.map((process) => {
    process.send({ type: "gradients" });
    return process.answer() as Promise<{ parts: Part[] }>;
  });
  const parts = (await Promise.all(answers)).flatMap((answer) => answer.parts);
  return parts.sort((a, b) => a.shard - b.shard);
}

function addGradients(parts: readonly Part[]): Float32Array {
  const total = parts[0]!.gradient.slice();
  for (const { gradient } of parts.slice(1)) for (let i = 0; i < total.length; i++) total[i]! += gradient[i]!;
  return total;
}

async function save(process: PretrainProcess, file: string): Promise<void> {
  process.send({ type: "save" });
  const answer = (await process.answer()) as { file: Uint8Array };
  writeFileAtomically(file, answer.file);
}

/** Prints how it goes, with an estimate of the time left. */
class PretrainProgress {
  tokensDone = 0;
  readonly #wanted: number;
  readonly #json: boolean;
  readonly #start = performance.now();
  #sums: CrossEntropySums = { action: 0, actionCount: 0, tip: 0, tipCount: 0 };

  constructor(wanted: number, json: boolean) {
    this.#wanted = wanted;
    this.#json = json;
  }

  note(step: number, parts: readonly Part[], learningRate: number): void {
    for (const { tokenCount, crossEntropy } of parts) {
      this.tokensDone += tokenCount;
      for (const key of ["action", "actionCount", "tip", "tipCount"] as const) this.#sums[key] += crossEntropy[key];
    }
    if (step % 50 !== 49) return;
    const seconds = (performance.now() - this.#start) / 1000;
    const remaining = (seconds / this.tokensDone) * Math.max(0, this.#wanted - this.tokensDone);
    const actionLoss = this.#sums.action / this.#sums.actionCount;
    const tipLoss = this.#sums.tip / this.#sums.tipCount;
    this.#sums = { action: 0, actionCount: 0, tip: 0, tipCount: 0 };
    if (this.#json)
      printJson({
        type: "pretraining",
        step: step + 1,
        tokens: this.tokensDone,
        seconds,
        actionLoss,
        tipLoss,
        learningRate,
      });
    else
      printProgress(
        `step ${step + 1}  ${(this.tokensDone / 1e6).toFixed(2)} M tokens  ${seconds.toFixed(0)} s (${remaining.toFixed(0)} s left)  ` +
          `loss: actions ${actionLoss.toFixed(4)}, tips ${tipLoss.toFixed(4)} nats  lr ${learningRate.toExponential(1)}`,
      );
  }
}
