/**
 * @file Script of a page that trains in the real training worker on plain JavaScript and terminates it at random moments;
 * bundled by the test. Uses the page's own protocol, nothing of its interface.
 */
import { Random } from "../../../src/core/base/random.ts";
import { parseRunConfig } from "../../../src/core/training/config-parsing.ts";
import type { WorkerCommand, WorkerEnvelope, WorkerMessage } from "../../../src/protocol/messages.ts";
import { decodeSessionFile } from "../../../src/runtime/session-file.ts";
import { readStoredCheckpoint } from "../../../src/storage/stored-checkpoint.ts";
import { createTrainingWorker } from "../../../src/ui/script-urls.ts";

/** What was found after the kills. */
export interface KillReport {
  readonly kills: number;
  /** Iterations that were saved when the worker was ended, in order. */
  readonly savedAt: readonly number[];
  /** Kills after which the database held no checkpoint that is whole, or an older one than was announced. */
  readonly wrongStates: readonly string[];
  /** `runFinished` of a run that was left alone, and of the one that was killed. */
  readonly whole: unknown;
  readonly killed: unknown;
  /** Iterations in the database's events, in stored order. */
  readonly iterations: readonly number[];
  readonly failures: readonly string[];
}

const { hash } = new URL(location.href);
const asked = new URLSearchParams(hash.slice(1));
const KILLS = Number(asked.get("kills"));
const ITERATIONS = Number(asked.get("iterations"));

const CONFIG = parseRunConfig({
  ...{ method: "empo2", task: "teaching-power-component", tasksPerIteration: 1, groupSize: 2, trainVariations: 1 },
  ...{ evaluateEvery: 0, evaluationEpisodes: 1, maxActionTokens: 2, maxTipTokens: 3, minSimilarity: 0 },
  iterations: ITERATIONS,
});
const failures: string[] = [];
const random = Random.fromSeed(Number(asked.get("seed") ?? 1));

/** A worker that trains the run; `heard` is called with every message. */
function train(runId: string, fresh: boolean, heard: (message: WorkerMessage) => void): Worker {
  const worker = createTrainingWorker(runId);
  worker.onmessage = ({ data }: MessageEvent<WorkerEnvelope>) => {
    if (data.message.type === "failed") failures.push(data.message.error.message);
    heard(data.message);
  };
  worker.onerror = ({ message }) => failures.push(message === "" ? "the worker was not loaded" : message);
  const start: WorkerCommand = {
    ...{ type: "start", runId, config: CONFIG, fresh, backend: "cpu" },
    ...{ autoRun: true, isKept: true, takeOver: false },
  };
  worker.postMessage(start);
  return worker;
}

/** Trains to the end and gives the result; tells when each iteration was saved. */
function finish(runId: string, fresh: boolean, onSaved: () => void = () => undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let result: unknown = null;
    const worker = train(runId, fresh, (message) => {
      if (message.type === "failed") reject(new Error(message.error.message));
      if (message.type === "saved") onSaved();
      if (message.type === "events") {
        for (const event of message.events) if (event.type === "runFinished") result = event;
      }
      if (message.type !== "state" || message.state !== "finished") return;
      worker.terminate();
      resolve(result);
    });
    worker.addEventListener("error", ({ message }) => reject(new Error(`worker: ${message}`)));
  });
}

async function storedIterations(runId: string): Promise<number[]> {
  const opening = indexedDB.open("empo2-playground");
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error("IndexedDB"));
  });
  const request = database.transaction("events").objectStore("events").getAll();
  const chunks = await new Promise<{ runId: string; events: { type: string; summary?: { iteration: number } }[] }[]>(
    (resolve) => (request.onsuccess = () => resolve(request.result as never)),
  );
  database.close();
  return chunks
    .filter((chunk) => chunk.runId === runId)
    .flatMap(({ events }) => events)
    .flatMap(({ type, summary }) => (type === "iterationFinished" ? [summary!.iteration] : []));
}

/** What the database holds right after a kill: a committed state, not older than was announced. */
async function problemOf(runId: string, announced: number): Promise<string | null> {
  const stored = await readStoredCheckpoint(runId);
  if (stored === null) return announced === 0 ? null : `nothing stored, ${announced} announced`;
  const { iteration } = decodeSessionFile(stored.bytes);
  if (iteration !== stored.iteration) return `a checkpoint of ${iteration} stored as ${stored.iteration}`;
  return iteration < announced ? `${iteration} stored, ${announced} announced` : null;
}

/** When the first iteration of a worker is saved, and how long the others take, milliseconds. */
interface Pace {
  readonly first: number;
  readonly each: number;
}

async function leaveAlone(): Promise<{ readonly result: unknown; readonly pace: Pace }> {
  const start = performance.now();
  const savedAt: number[] = [];
  const result = await finish("whole", true, () => savedAt.push(performance.now() - start));
  const first = savedAt[0]!;
  return { result, pace: { first, each: (savedAt.at(-1)! - first) / savedAt.length } };
}

/**
 * Trains in a worker until a random moment: while it starts or in its first iterations, or, every second time, after it
 * has got one iteration further, so that the run advances on a slow machine, too. Gives the iteration that was announced.
 */
async function killAtRandom(kill: number, announced: number, { first, each }: Pace): Promise<number> {
  let saved = announced;
  let advance: () => void = () => undefined;
  const advanced = new Promise<void>((resolve) => (advance = resolve));
  const worker = train("killed", kill === 0, (message) => {
    if (message.type !== "saved") return;
    saved = Math.max(saved, message.iteration);
    if (saved > announced) advance();
  });
  if (kill % 2 === 1) await advanced;
  await new Promise((resolve) => setTimeout(resolve, random.uniform() * (kill % 2 === 1 ? 3 * each : 1.5 * first)));
  worker.terminate();
  return saved;
}

async function report(): Promise<KillReport> {
  const { result: whole, pace } = await leaveAlone();
  const savedAt: number[] = [];
  const wrongStates: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    savedAt.push(await killAtRandom(kill, savedAt.at(-1) ?? 0, pace));
    const problem = await problemOf("killed", savedAt.at(-1)!);
    if (problem !== null) wrongStates.push(`kill ${kill + 1}: ${problem}`);
  }
  const killed = await finish("killed", KILLS === 0);
  const iterations = await storedIterations("killed");
  return { kills: KILLS, savedAt, wrongStates, whole, killed, iterations, failures };
}

document.body.textContent = await report().then(JSON.stringify, (error: unknown) =>
  error instanceof Error ? `${String(error)} ${error.stack ?? ""}` : String(error),
);
document.title = "done";
