import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { IterationSummary, TrainingEvent } from "../core/events/training-event.ts";
import { algorithmById } from "../core/algorithms/registry.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { eventsOfType, parseEvents } from "../experiments/recorded-runs.ts";
import { isTemporary, writeFileAtomically } from "./file-store.ts";
import { RunLock } from "./run-lock.ts";

/** Events that make the curves; the others are told but not stored. */
const STORED: readonly TrainingEvent["type"][] = [
  "runStarted",
  "iterationFinished",
  "evaluated",
  "configChanged",
  "incident",
  "runFinished",
  "runFailed",
];

/** The commit the code is at, with a mark if files differ from it; "unknown" outside a repository. */
export function currentCommit(): string {
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const changes = execFileSync("git", ["status", "--porcelain", "--", "src", "public/base"], {
      encoding: "utf8",
    }).trim();
    return changes === "" ? commit : `${commit}+changes`;
  } catch {
    return "unknown";
  }
}

/** The folder of a run, which this process alone writes until it is closed. */
export class RunDirectory {
  readonly path: string;
  readonly #lock: RunLock;
  readonly #commit = currentCommit();
  readonly #start = performance.now();
  #config: RunConfig | null = null;
  #backend = "";
  #baseHash = "";

  private constructor(path: string, lock: RunLock) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Opens the folder, which is made if it is not there, and clears away what a killed process was writing.
   *
   * @throws {RunLockedError} if another process writes it
   */
  static async open(path: string): Promise<RunDirectory> {
    const directory = new RunDirectory(path, await RunLock.take(path));
    for (const name of readdirSync(path).filter(isTemporary)) rmSync(directory.file(name), { force: true });
    return directory;
  }

  close(): void {
    this.#lock.release();
  }

  file(name: string): string {
    return join(this.path, name);
  }

  get hasResult(): boolean {
    return existsSync(this.file("summary.json"));
  }

  get hasCheckpoint(): boolean {
    return existsSync(this.file("checkpoint.safetensors"));
  }

  /** Makes room for a run that begins anew. */
  discardRun(): void {
    for (const name of ["summary.json", "checkpoint.safetensors"]) rmSync(this.file(name), { force: true });
  }

  /**
   * Starts the record, or cuts it back to the iteration that a resumed run goes on from.
   *
   * @param baseHash of the weights that the run began with
   */
  begin(config: RunConfig, resumedAt: number | null, baseHash: string): void {
    this.#config = config;
    this.#baseHash = baseHash;
    writeFileAtomically(this.file("config.json"), `${JSON.stringify(config, null, 2)}\n`);
    for (const name of ["events.jsonl", "rollouts.jsonl"]) {
      const kept = resumedAt === null ? [] : this.#eventsUpTo(name, resumedAt);
      writeFileAtomically(this.file(name), kept.map((line) => `${line}\n`).join(""));
    }
  }

  #eventsUpTo(name: string, iteration: number): string[] {
    if (!existsSync(this.file(name))) return [];
    return readFileSync(this.file(name), "utf8")
      .split("\n")
      .filter((line) => isUpTo(line, iteration));
  }

  /** The iterations in the record. */
  summaries(): IterationSummary[] {
    if (!existsSync(this.file("events.jsonl"))) return [];
    const events = parseEvents(readFileSync(this.file("events.jsonl"), "utf8"));
    return eventsOfType(events, "iterationFinished").map(({ summary }) => summary);
  }

  /** Appends an event to the record, and the summary once the run is finished. */
  write(event: TrainingEvent, withRollouts: boolean): void {
    this.#lock.beat();
    if (event.type === "runStarted") this.#backend = event.backend;
    if (STORED.includes(event.type)) this.#append("events.jsonl", event);
    if (withRollouts && (event.type === "rolloutsFinished" || event.type === "policyUpdated"))
      this.#append("rollouts.jsonl", event);
    if (event.type === "runFinished") this.#writeSummary(event);
  }

  #append(name: string, event: TrainingEvent): void {
    const at = Math.round(performance.now() - this.#start);
    appendFileSync(this.file(name), `${JSON.stringify({ ...event, at })}\n`);
  }

  saveCheckpoint(bytes: Uint8Array): void {
    writeFileAtomically(this.file("checkpoint.safetensors"), bytes);
  }

  #writeSummary(event: Extract<TrainingEvent, { type: "runFinished" }>): void {
    const config = this.#config!;
    const { method, task, seed } = config;
    const summary = {
      method,
      methodTitle: algorithmById(method).title,
      task,
      seed,
      heldOutReturn: event.heldOutReturn,
      heldOutSuccess: event.heldOutSuccess,
      iterations: event.iteration,
      backend: this.#backend,
      commit: this.#commit,
      baseHash: this.#baseHash,
      weightsHash: event.weightsHash,
      rolloutsHash: event.rolloutsHash,
      seconds: Math.round((performance.now() - this.#start) / 1000),
      config,
    };
    writeFileAtomically(this.file("summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
  }
}

/** Whether a stored line belongs to the first iterations; torn lines do not. */
function isUpTo(line: string, iteration: number): boolean {
  try {
    const event = JSON.parse(line) as {
      type: string;
      iteration?: number;
      summary?: { iteration: number };
      evaluation?: { iteration: number; memory: "on" | "off" };
    };
    if (event.type === "runFinished") return false;
    // With memory on, evaluations count trials, not iterations; they happen at the end.
    if (event.evaluation?.memory === "on") return true;
    const at = event.summary?.iteration ?? event.evaluation?.iteration ?? event.iteration ?? 0;
    return at <= iteration;
  } catch {
    return false;
  }
}
