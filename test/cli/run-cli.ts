/** @file The command line as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../src/core/base/random.ts";
import { encodePolicyState } from "../../src/model/checkpoint.ts";
import { initialParameters, parameterLayout, toNamedTensors } from "../../src/model/parameters.ts";
import { withFreshOptimizer } from "../../src/runtime/base-file.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const TINY = { vocabularySize: 512, width: 16, layers: 1, heads: 2, contextLength: 384 };

/** What a command left behind. */
export interface CliResult {
  /** Null if it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command while it runs. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves when standard output has this text. */
  readonly said: (text: string) => Promise<void>;
  /** Resolves when standard error has this text. */
  readonly warned: (text: string) => Promise<void>;
}

/** Starts a command; node itself, so that a kill hits the command and not a wrapper. */
export function startCli(args: readonly string[], input = ""): CliProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], { cwd: REPOSITORY });
  let stdout = "";
  let stderr = "";
  const heard: (() => void)[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const hear of heard) hear();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const hear of heard) hear();
  });
  child.stdin.on("error", () => undefined).end(input);
  const result = new Promise<CliResult>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  const hears = (output: () => string) => (text: string) =>
    new Promise<void>((resolve, reject) => {
      const hear = (): void => {
        if (output().includes(text)) resolve();
      };
      heard.push(hear);
      hear();
      void result.then(() => reject(new Error(`the command ended without "${text}": ${stderr}`)));
    });
  return { child, result, said: hears(() => stdout), warned: hears(() => stderr) };
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], input = ""): Promise<CliResult> {
  return startCli(args, input).result;
}

/** The JSON lines of an output. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A folder for runs and a tiny random base policy, until they are removed. */
export function makeWorkplace() {
  const folder = mkdtempSync(join(tmpdir(), "empo2-cli-"));
  const base = `test-cli-${process.pid}`;
  const baseFile = join(REPOSITORY, "runs", `${base}.safetensors`);
  const layout = parameterLayout(TINY);
  const weights = toNamedTensors(layout, initialParameters(layout, Random.fromSeed(1)));
  const none = { step: 0, first: new Map(), second: new Map() };
  mkdirSync(join(REPOSITORY, "runs"), { recursive: true });
  writeFileSync(baseFile, encodePolicyState(withFreshOptimizer({ config: TINY, weights, optimizer: none })));
  return {
    folder,
    base,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      rmSync(baseFile, { force: true });
    },
  };
}
