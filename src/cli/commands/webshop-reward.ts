import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { rewardOfRecord } from "../../core/envs/webshop/reward-record.ts";
import { readLines } from "../lines.ts";
import { printJson } from "../output.ts";

/** `webshop-reward`: what purchases earn, one JSON line each. */
export function webShopRewardCommand(): Command {
  return new Command("webshop-reward")
    .description(
      "WebShop's reward of purchases given as JSON lines {goal, product, options, price, nouns}, with WebShop's field names. A line that cannot be judged gets an error line.",
    )
    .requiredOption("--input <file>", "file with one purchase a line, - for standard input")
    .action(({ input }: { input: string }) => {
      for (const line of readLines(input)) printJson(answer(line));
    });
}

function answer(line: string): object {
  try {
    return rewardOfRecord(JSON.parse(line));
  } catch (error) {
    if (error instanceof ConfigError) return { error: error.message };
    return { error: `webshop-reward: a JSON line, got ${line.length > 60 ? `${line.slice(0, 60)}…` : line}` };
  }
}
