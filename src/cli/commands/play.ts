import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import type { TaskRef, TaskSpec, TextEnv } from "../../core/envs/env.ts";
import { createEnv, taskSpecs } from "../../core/envs/registry.ts";
import { readLines } from "../lines.ts";
import { printJson } from "../output.ts";

interface PlayOptions {
  readonly world: string;
  readonly task?: string;
  readonly variation?: string;
  readonly goal?: string;
  readonly preset?: string;
  readonly mode?: string;
  readonly house: string;
  readonly actions: string;
}

/** Observation modes of a shop, which `--mode both` prints side by side. */
const SHOP_MODES = ["text", "text_rich"] as const;

/** `play`: runs actions in a world and prints what it answers, one JSON line a step. */
export function playCommand(): Command {
  return new Command("play")
    .description(
      "Play actions in a world; one JSON line a step: action, observation, score, reward, done, moves. In a shop the reward is WebShop's, 0 to 1, and both observation modes are printed.",
    )
    .option("--world <name>", "scienceworld or webshop", "scienceworld")
    .option("--task <name>", "task, see the command worlds; a world with one task needs none")
    .option("--variation <n>", "variation (default: 0)")
    .option("--goal <n>", "the same, as a shop's variations are called")
    .option("--preset <name>", "the world's words joined by commas, see docs/environments.md (default: easy)")
    .option("--mode <name>", "in a shop: text, text_rich or both (default: both)")
    .option("--house <n>", "floor plan, 0 is the real house; in a shop the catalogue", "0")
    .requiredOption("--actions <file>", "file with one action a line, - for standard input")
    .action((options: PlayOptions) => play(options));
}

function play(options: PlayOptions): void {
  const task = taskOf(options);
  const modes = modesOf(options, task.world);
  const actions = readLines(options.actions);
  const envs = modes.map((mode) =>
    createEnv(
      mode === null ? task : { ...task, preset: options.preset === undefined ? mode : `${options.preset},${mode}` },
    ),
  );
  let isDone = printStep(null, envs, modes);
  for (const action of actions) {
    if (isDone) return;
    isDone = printStep(action, envs, modes);
  }
}

function taskOf(options: PlayOptions): TaskRef {
  const { world, task } = specOf(options);
  if (options.variation !== undefined && options.goal !== undefined) {
    throw new ConfigError(`play: --variation or --goal, got both`);
  }
  const variation =
    options.goal === undefined
      ? wholeNumber("--variation", options.variation ?? "0")
      : wholeNumber("--goal", options.goal);
  return { world, task, variation, preset: options.preset ?? "easy", house: wholeNumber("--house", options.house) };
}

/** The task that is named, or the only one of the world. */
function specOf({ world, task }: PlayOptions): TaskSpec {
  const specs = taskSpecs();
  const ofWorld = specs.filter((spec) => spec.world === world);
  if (ofWorld.length === 0) {
    throw new ConfigError(
      `play: --world ${[...new Set(specs.map((spec) => spec.world))].join(" or ")}, got "${world}"`,
    );
  }
  if (task === undefined && ofWorld.length === 1) return ofWorld[0]!;
  const spec = ofWorld.find((candidate) => candidate.task === task);
  if (spec !== undefined) return spec;
  throw new ConfigError(
    `worlds: a task of ${ofWorld.map((candidate) => candidate.task).join(", ")}, got ${task ?? "none"}`,
  );
}

/** The observation modes to print; null where a world has but one way of telling. */
function modesOf({ mode }: PlayOptions, world: TaskRef["world"]): readonly (string | null)[] {
  if (world !== "webshop") {
    if (mode !== undefined) throw new ConfigError(`play: --mode in a shop only, got "${mode}" in ${world}`);
    return [null];
  }
  if (mode === undefined || mode === "both") return SHOP_MODES;
  const known = SHOP_MODES.find((candidate) => candidate === mode);
  if (known === undefined) throw new ConfigError(`play: --mode text, text_rich or both, got "${mode}"`);
  return [known];
}

/** One line; of several modes the last is the one that tells most. */
function printStep(action: string | null, envs: readonly TextEnv[], modes: readonly (string | null)[]): boolean {
  const observations = envs.map((env) => (action === null ? env.reset() : env.step(action)));
  const { text, score, reward, done, moves } = observations.at(-1)!;
  const view = envs.at(-1)!.view();
  if (view.kind === "shop") {
    const texts = Object.fromEntries(modes.map((mode, i) => [mode ?? "text", observations[i]!.text] as const));
    printJson({ action, observation: text, ...texts, score, reward: view.purchase?.reward ?? 0, done, moves });
  } else printJson({ action, observation: text, score, reward, done, moves });
  return done;
}

/**
 * A flag's whole number.
 *
 * @throws {ConfigError} naming the flag
 */
export function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new ConfigError(`${flag}: a whole number from 0, got "${text}"`);
  }
  return value;
}

/**
 * A flag's number above 0, or from 0 where `allowZero` says so.
 *
 * @throws {ConfigError} naming the flag
 */
export function positiveNumber(flag: string, text: string, allowZero = false): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && (value > 0 || (allowZero && value === 0))) return value;
  throw new ConfigError(`${flag}: a number ${allowZero ? "from" : "above"} 0, got "${text}"`);
}
