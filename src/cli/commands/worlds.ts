import { Command } from "commander";
import { taskSpecs } from "../../core/envs/registry.ts";
import { printJson, printLine } from "../output.ts";

/** `worlds`: every task with its variations and splits. */
export function worldsCommand(): Command {
  return new Command("worlds")
    .description("List the tasks, how many variations each has and how they are split.")
    .option("--json", "one JSON line per task")
    .action(({ json }: { json?: boolean }) => {
      for (const spec of taskSpecs()) {
        const { world, task, id, description, variationCount, maxTurns } = spec;
        const { train, dev, test } = spec.splits;
        const splits = { train: rangeOf(train), dev: rangeOf(dev), test: rangeOf(test) };
        if (json === true) printJson({ world, task, id, description, variationCount, maxTurns, splits });
        else
          printLine(`${id.padEnd(9)}${task.padEnd(50)}${String(variationCount).padStart(5)}  ${formatSplits(splits)}`);
      }
    });
}

function rangeOf(variations: readonly number[]): { count: number; first: number | null; last: number | null } {
  return { count: variations.length, first: variations[0] ?? null, last: variations.at(-1) ?? null };
}

function formatSplits(splits: Readonly<Record<string, ReturnType<typeof rangeOf>>>): string {
  return Object.entries(splits)
    .map(([split, { first, last }]) => `${split} ${String(first)}–${String(last)}`)
    .join("  ");
}
