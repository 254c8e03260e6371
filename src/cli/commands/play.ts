import { readFileSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { createEnv } from "../../core/envs/registry.ts";
import { printJson } from "../output.ts";

interface PlayOptions {
  readonly world: string;
  readonly task: string;
  readonly variation: string;
  readonly preset: string;
  readonly house: string;
  readonly actions: string;
}

/** `play`: runs actions in a world and prints what it answers, one JSON line a step. */
export function playCommand(): Command {
  return new Command("play")
    .description("Play actions in a world; one JSON line a step: action, observation, score, reward, done, moves.")
    .requiredOption("--task <name>", "task, see the command worlds")
    .option("--world <name>", "scienceworld", "scienceworld")
    .option("--variation <n>", "variation", "0")
    .option("--preset <name>", "easy, none, or single simplifications joined by commas", "easy")
    .option("--house <n>", "floor plan; 0 is the real house", "0")
    .requiredOption("--actions <file>", "file with one action a line, - for standard input")
    .action((options: PlayOptions) => play(options));
}

function play(options: PlayOptions): void {
  if (options.world !== "scienceworld") throw new ConfigError(`play: --world scienceworld, got "${options.world}"`);
  const env = createEnv({
    world: options.world,
    task: options.task,
    variation: wholeNumber("--variation", options.variation),
    preset: options.preset,
    house: wholeNumber("--house", options.house),
  });
  const actions = readActions(options.actions);
  printStep(null, env.reset());
  for (const action of actions) {
    const observation = env.step(action);
    printStep(action, observation);
    if (observation.done) return;
  }
}

function printStep(
  action: string | null,
  { text, score, reward, done, moves }: ReturnType<ReturnType<typeof createEnv>["step"]>,
): void {
  printJson({ action, observation: text, score, reward, done, moves });
}

function readActions(file: string): string[] {
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
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
