/** @file A race as data: who takes part, how far each is, and how long the rest will take. Pure. */
import type { IterationSummary } from "../../core/events/training-event.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import type { WorkerMessage } from "../../protocol/messages.ts";
import { asSentence } from "../format.ts";
import { INITIAL_RUN, reduceRun, totalMs, type RunState } from "../store/run-slice.ts";

/** One method with one seed, in a worker of its own. */
export interface Racer {
  readonly key: string;
  readonly config: RunConfig;
  readonly state: "waiting" | "starting" | "running" | "paused" | "finished" | "failed" | "stopped";
  readonly backend: string | null;
  readonly error: string | null;
  readonly run: RunState;
}

/** Who races. */
export interface RacePlan {
  readonly methods: readonly string[];
  readonly seedCount: number;
  readonly iterations: number;
}

/** Methods without anything to learn: one iteration shows them, their evaluation is what counts. */
const FIXED_WEIGHTS: readonly string[] = ["naive", "reflexion"];

/** A race has at most this many workers; each holds a policy and a backend of its own. */
export const MAX_WORKERS = 16;
const USUAL_WORKERS = 4;

/** The racers of a plan, all methods of a seed before the next seed. */
export function racersOf({ methods, seedCount, iterations }: RacePlan, settings: RunConfig): Racer[] {
  return Array.from({ length: seedCount }, (_, i) => settings.seed + i).flatMap((seed) =>
    methods.map((method): Racer => {
      const budget = FIXED_WEIGHTS.includes(method) ? { iterations: 1, evaluateEvery: 0 } : { iterations };
      return newRacer({ ...settings, method, seed, ...budget });
    }),
  );
}

/** A racer at the start. */
export function newRacer(config: RunConfig): Racer {
  const key = `${config.method}-${config.seed}`;
  return { key, config, state: "waiting", backend: null, error: null, run: INITIAL_RUN };
}

/** Workers that fit beside the page and what already trains in it. */
export function usualWorkers(cores: number, trainingRuns: number): number {
  return Math.max(1, Math.min(USUAL_WORKERS, cores - 1 - trainingRuns));
}

/** Has a worker. */
export function isActive({ state }: Racer): boolean {
  return state === "starting" || state === "running" || state === "paused";
}

/** Will do nothing more by itself. */
export function isOver({ state }: Racer): boolean {
  return state === "finished" || state === "failed" || state === "stopped";
}

/** What is added to a backend that WebAssembly is faster than. */
export const IN_SOFTWARE = " in software";

/** The racer after a message of its worker. */
export function reduceRacer(racer: Racer, message: WorkerMessage): Racer {
  switch (message.type) {
    case "events": {
      const run = message.events.reduce(reduceRun, racer.run);
      return run === racer.run ? racer : { ...racer, run };
    }
    case "backend":
      return { ...racer, backend: message.isEmulated ? `${message.backend}${IN_SOFTWARE}` : message.backend };
    case "state":
      return { ...racer, state: message.state };
    case "failed":
      if (message.requestId !== null) return racer;
      return { ...racer, state: "failed", error: asSentence(message.error.message) };
    default:
      return racer;
  }
}

/** The next racers to get a worker. */
export function nextRacers(racers: readonly Racer[], workers: number): Racer[] {
  const free = Math.max(0, workers - racers.filter(isActive).length);
  return racers.filter(({ state }) => state === "waiting").slice(0, free);
}

/** How far a race is. */
export interface RaceProgress {
  /** Iterations. */
  readonly done: number;
  readonly total: number;
  /** Estimate from the iterations so far; null before the first one. */
  readonly remainingMs: number | null;
}

export function raceProgress(racers: readonly Racer[], workers: number): RaceProgress {
  const left = racers.filter((racer) => !isOver(racer));
  const total = racers.reduce((sum, { config }) => sum + config.iterations, 0);
  const done = racers.reduce(
    (sum, racer) => sum + (racer.state === "finished" ? racer.config.iterations : racer.run.iteration),
    0,
  );
  const all = meanMs(racers.flatMap(({ run }) => run.curve));
  if (all === null) return { done, total, remainingMs: null };
  const msOf = ({ config }: Racer): number =>
    meanMs(racers.filter((other) => other.config.method === config.method).flatMap(({ run }) => run.curve)) ?? all;
  const works = left.map((racer) => (racer.config.iterations - racer.run.iteration) * msOf(racer));
  const shared = works.reduce((sum, ms) => sum + ms, 0) / Math.max(1, Math.min(workers, left.length));
  return { done, total, remainingMs: Math.max(shared, ...works) };
}

function meanMs(curve: readonly IterationSummary[]): number | null {
  if (curve.length === 0) return null;
  return curve.reduce((sum, { times }) => sum + totalMs(times), 0) / curve.length;
}
