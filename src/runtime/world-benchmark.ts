import { Random } from "../core/base/random.ts";
import type { TaskRef, TextEnv } from "../core/envs/env.ts";
import { createEnv } from "../core/envs/registry.ts";

/** How fast a world answers and how much it keeps. */
export interface WorldBenchmark {
  /** Milliseconds until the first episode can start: everything that episodes share is made then. */
  readonly firstEpisodeMs: number;
  /** Steps of episodes of random valid actions, resets included. */
  readonly stepsPerSecond: number;
  /** What the first episode keeps, with all that episodes share. */
  readonly sharedBytes: number;
  /** What another episode keeps. */
  readonly bytesPerEpisode: number;
  readonly episodes: number;
  readonly steps: number;
}

/** Clock and memory of the host. */
export interface BenchmarkHost {
  /** Milliseconds. */
  readonly now: () => number;
  /** Bytes on the heap, after a collection if the host can do one. */
  readonly heapBytes: () => number;
}

/** Episodes whose actions are drawn beforehand. */
const SCRIPTS = 50;
/** Episodes that are kept together to see what one takes. */
const KEPT = 1000;
/** How long steps are counted, milliseconds. */
const MEASURED_MS = 1500;

function randomActions(env: TextEnv, random: Random): string[] {
  const actions: string[] = [];
  env.reset();
  for (let valid = env.validActions(); valid.length > 0; valid = env.validActions()) {
    actions.push(random.pick(valid));
    env.step(actions.at(-1)!);
  }
  return actions;
}

function replay(env: TextEnv, actions: readonly string[]): void {
  env.reset();
  for (const action of actions) env.step(action);
}

/** Measures the world of a task reference; its variation and the ones after it are played. */
export function benchmarkWorld(task: TaskRef, variations: readonly number[], host: BenchmarkHost): WorldBenchmark {
  const { now, heapBytes } = host;
  const refs = Array.from({ length: KEPT }, (_, i) => ({ ...task, variation: variations[i % variations.length]! }));
  const heapBefore = heapBytes();
  const start = now();
  createEnv(refs[0]!).reset();
  const firstEpisodeMs = now() - start;
  const heapShared = heapBytes();
  const envs = refs.map((ref) => createEnv(ref));
  const bytesPerEpisode = Math.max(0, heapBytes() - heapShared) / envs.length;
  const scripts = envs.slice(0, SCRIPTS).map((env, i) => randomActions(env, Random.fromSeed(i)));
  let steps = 0;
  let episodes = 0;
  const measured = now();
  while (now() - measured < MEASURED_MS) {
    const script = scripts[episodes % SCRIPTS]!;
    replay(envs[episodes % SCRIPTS]!, script);
    steps += script.length;
    episodes += 1;
  }
  const stepsPerSecond = (1000 * steps) / (now() - measured);
  return {
    firstEpisodeMs,
    stepsPerSecond,
    sharedBytes: Math.max(0, heapShared - heapBefore),
    bytesPerEpisode,
    episodes,
    steps,
  };
}
