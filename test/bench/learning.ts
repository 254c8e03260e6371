/**
 * @file The same runs of the teaching world on each backend: `npx tsx test/bench/learning.ts wasm,cpu,webgpu [seeds]
 * [iterations]`. Adds them to bench/results/learning.json, in place of the same backend's and seed's; a run of the same
 * seed draws the same episodes everywhere until rounding tells them apart.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { format } from "prettier";
import { currentCommit } from "../../src/cli/run-directory.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import { vulkanEnvironment } from "../support/vulkan.ts";
import { LEARNING_FILE, type LearningRun } from "./results.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILE = path.join(ROOT, LEARNING_FILE);
/** The smallest preset that learns, so that plain JavaScript can do it. */
const PRESET = "fast";
const EVALUATE_EVERY = 4;

const [backends = "wasm,cpu", seeds = "2", iterations = "16"] = process.argv.slice(2);

/** One run in a process of its own. */
async function learn(backend: string, seed: number): Promise<LearningRun> {
  const folder = mkdtempSync(path.join(tmpdir(), "learning-"));
  const command = ["train", "--preset", PRESET, "--set", `evaluateEvery=${EVALUATE_EVERY}`, "--seed", String(seed)];
  const where = ["--iterations", iterations, "--backend", backend, "--out", path.join(folder, "run"), "--json"];
  const start = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "src/cli/main.ts", ...command, ...where],
    { cwd: ROOT, env: backend === "webgpu" ? vulkanEnvironment() : process.env, maxBuffer: 1e9 },
  );
  rmSync(folder, { recursive: true });
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as TrainingEvent);
  const finished = events.find((event) => event.type === "runFinished");
  if (finished === undefined) throw new Error(`learning: a finished run on ${backend}, got none`);
  return {
    ...{ backend, seed, preset: PRESET, iterations: Number(iterations), commit: currentCommit() },
    ms: Math.round(performance.now() - start),
    heldOut: events.flatMap((event) =>
      event.type === "evaluated"
        ? [{ iteration: event.evaluation.iteration, meanReturn: event.evaluation.meanReturn }]
        : [],
    ),
    rolloutsHash: finished.rolloutsHash,
    weightsHash: finished.weightsHash,
  };
}

for (const backend of backends.split(",")) {
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const run = await learn(backend, seed);
    const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as LearningRun[]) : [];
    const others = before.filter((other) => other.backend !== backend || other.seed !== seed);
    const runs = [...others, run].sort((a, b) => a.seed - b.seed || a.backend.localeCompare(b.backend));
    writeFileSync(FILE, await format(JSON.stringify(runs), { parser: "json", printWidth: 120 }));
    process.stdout.write(`${JSON.stringify(run)}\n`);
  }
}
