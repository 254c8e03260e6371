/**
 * @file How fast the worlds answer and what they keep, each task in a process of its own: `npx tsx test/bench/worlds.ts`
 * writes bench/results/worlds.json. Steps are of random valid actions, whose choice is not counted.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { taskSpecs } from "../../src/core/envs/registry.ts";
import { WORLDS_FILE, type WorldRecord } from "./results.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Besides the first preset of every task. */
const LARGEST_SHOP = ["webshop", "text_rich,products-100000"] as const;

function measure(task: string, preset: string): WorldRecord {
  process.stderr.write(`${task} ${preset}\n`);
  const flags = ["bench", "--task", task, "--world-preset", preset, "--json"];
  const stdout = execFileSync(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...flags], { cwd: ROOT });
  return JSON.parse(stdout.toString()) as WorldRecord;
}

const places = [...taskSpecs().map(({ task, presets }) => [task, presets[0]!] as const), LARGEST_SHOP];
const records = places.map(([task, preset]) => measure(task, preset));
writeFileSync(path.join(ROOT, WORLDS_FILE), await format(JSON.stringify(records), { parser: "json", printWidth: 120 }));
