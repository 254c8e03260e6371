/** @file The command line: the same core as the page, in Node. `npm run --silent cli -- <command> --help`. */
import { Command } from "commander";
import { benchCommand } from "./commands/bench.ts";
import { evalCommand } from "./commands/eval.ts";
import { playCommand } from "./commands/play.ts";
import { pretrainCommand } from "./commands/pretrain.ts";
import { recordCommand } from "./commands/record.ts";
import { reportCommand } from "./commands/report.ts";
import { reproduceCommand } from "./commands/reproduce.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { tasksCommand } from "./commands/tasks.ts";
import { trainCommand } from "./commands/train.ts";
import { webShopRewardCommand } from "./commands/webshop-reward.ts";
import { trialsCommand } from "./commands/trials.ts";
import { workCommand } from "./commands/work.ts";
import { worldsCommand } from "./commands/worlds.ts";
import { LOCKED_EXIT_CODE, RunLockedError } from "./run-lock.ts";

const program = new Command("cli")
  .description(
    "EMPO² playground without a page: worlds, base policy, training, evaluation. One JSON line per event with --json.",
  )
  .addCommand(worldsCommand())
  .addCommand(tasksCommand())
  .addCommand(playCommand())
  .addCommand(pretrainCommand())
  .addCommand(trainCommand())
  .addCommand(evalCommand())
  .addCommand(trialsCommand())
  .addCommand(benchCommand())
  .addCommand(reportCommand())
  .addCommand(sweepCommand())
  .addCommand(workCommand())
  .addCommand(reproduceCommand())
  .addCommand(recordCommand())
  .addCommand(webShopRewardCommand());

try {
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.replaceAll(/\s+/g, " ")}\n`);
  process.exitCode = error instanceof RunLockedError ? LOCKED_EXIT_CODE : 1;
}
