import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { Random } from "../../core/base/random.ts";
import { createEnv, taskSpec } from "../../core/envs/registry.ts";
import type { Split } from "../../core/envs/env.ts";
import type { PolicyState } from "../../core/policy/policy.ts";
import type { ActionRescorer } from "../../core/rollout/candidate-actions.ts";
import { evaluate, evaluateTrials } from "../../core/training/evaluator.ts";
import { parseRunConfig } from "../../core/training/config-parsing.ts";
import { runKnowledge, testRescorer } from "../../core/training/run-knowledge.ts";
import { toRunSettings } from "../../core/training/settings.ts";
import { evaluationTasks } from "../../core/training/task-sampler.ts";
import { basePolicyState, createPolicy } from "../../runtime/create-session.ts";
import { decodeSessionFile } from "../../runtime/session-file.ts";
import { readBaseFile } from "../base-files.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printJson, printLine } from "../output.ts";
import { wholeNumber } from "./play.ts";

interface EvalOptions {
  readonly checkpoint: string;
  readonly task: string;
  readonly worldPreset: string;
  readonly house: string;
  readonly split: string;
  readonly memory: string;
  readonly seed: string;
  readonly episodes: string;
  readonly trials: string;
  readonly temperature: string;
  readonly backend: string;
  readonly json?: boolean;
}

const SPLITS: readonly string[] = ["train", "dev", "test"];

/** `eval`: returns of a checkpoint on a split, memory off or on. */
export function evalCommand(): Command {
  return new Command("eval")
    .description("Evaluate a checkpoint or a base policy by the protocol of docs/algorithms (temperature 0.4).")
    .requiredOption("--checkpoint <dir|base>", "folder of a run, or the name of a base policy")
    .requiredOption("--task <name>", "task, see the command worlds")
    .option("--world-preset <name>", "easy, none, or the world's own words joined by commas", "easy")
    .option("--house <n>", "floor plan; in a shop the catalogue", "0")
    .option("--split <name>", "train, dev or test", "test")
    .option("--memory <on|off>", "on: ten trials per variation from empty memory", "off")
    .option("--seed <n>", "seed of the evaluation", "1")
    .option("--episodes <n>", "episodes per variation", "20")
    .option("--trials <n>", "trials with memory on", "10")
    .option("--temperature <x>", "sampling temperature", "0.4")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--json", "one JSON line per evaluation")
    .action((options: EvalOptions) => evaluateCheckpoint(options));
}

async function evaluateCheckpoint(options: EvalOptions): Promise<void> {
  if (!SPLITS.includes(options.split))
    throw new ConfigError(`--split: one of ${SPLITS.join(", ")}, got "${options.split}"`);
  if (options.memory !== "on" && options.memory !== "off")
    throw new ConfigError(`--memory: on or off, got "${options.memory}"`);
  const spec = taskSpec(options.task);
  const config = parseRunConfig({
    task: options.task,
    preset: options.worldPreset,
    house: wholeNumber("--house", options.house),
    evaluationTemperature: Number(options.temperature),
  });
  await startNodeBackend(options.backend);
  const { state, rescorer } = readCheckpoint(options.checkpoint);
  const policy = await createPolicy(state);
  const split = options.split as Split;
  const plan = {
    policy,
    createEnv,
    tasks: evaluationTasks(spec, config, split),
    split,
    episodesPerVariation: wholeNumber("--episodes", options.episodes),
    rescorer,
    rollout: { ...toRunSettings(config).rollout, temperature: config.evaluationTemperature },
    random: Random.fromSeed(wholeNumber("--seed", options.seed)).fork("evaluation"),
    iteration: 0,
  };
  const records =
    options.memory === "off"
      ? [await evaluate(plan)]
      : await evaluateTrials(plan, { memory: "on", trials: wholeNumber("--trials", options.trials) });
  for (const record of records) {
    if (options.json === true) printJson({ type: "evaluated", evaluation: record });
    else
      printLine(
        `${record.memory === "on" ? `trial ${record.iteration}  ` : ""}return ${record.meanReturn.toFixed(1)}  success ${(100 * record.successRate).toFixed(1)} %  (${record.episodeCount} episodes)`,
      );
  }
  policy.dispose();
}

/** The policy of a checkpoint, and what its method chooses actions with at test. */
function readCheckpoint(checkpoint: string): { state: PolicyState; rescorer: ActionRescorer | undefined } {
  const file = join(checkpoint, "checkpoint.safetensors");
  if (!existsSync(file)) return { state: basePolicyState(readBaseFile(checkpoint)), rescorer: undefined };
  const session = decodeSessionFile(readFileSync(file));
  const { critic } = runKnowledge(session.config, session, Random.fromState(session.random));
  return { state: session.policy, rescorer: testRescorer(session.config, critic) };
}
