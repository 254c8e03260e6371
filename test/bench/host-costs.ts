/** @file What an iteration costs beside the policy: worlds, retrieval, novelty, messages; and how memory's cost grows. */
import { createEnv, taskSpec } from "../../src/core/envs/registry.ts";
import { Random } from "../../src/core/base/random.ts";
import { NoveltyTable } from "../../src/core/memory/novelty.ts";
import { retrieveTips, TipMemory } from "../../src/core/memory/tip-memory.ts";
import type { DecodingBatch, Policy } from "../../src/core/policy/policy.ts";
import { embed, type Embedding } from "../../src/core/text/embedder.ts";
import type { PhaseTimes, TrainingEvent } from "../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { TrainingSession } from "../../src/core/training/session.ts";
import { quantile } from "../../src/experiments/statistics.ts";
import { rehearsalRows } from "../../src/runtime/rehearsal.ts";
import type { Growth, GrowthPoint, Overhead } from "./results.ts";

const BUCKETS = 100;
const ENTRIES = [10, 30, 100, 300, 1000];
const REPETITIONS = 200;
const SIMILARITY = 0.5;
const STATE_WORDS = 30;
const VOCABULARY = 512;
const ITERATIONS = 8;
const now = (): number => performance.now();

function states(count: number): Embedding[] {
  const random = Random.fromSeed(7);
  return Array.from({ length: count }, () =>
    embed(Array.from({ length: STATE_WORDS }, () => random.integer(VOCABULARY))),
  );
}

/** A quarter of the calls took less, milliseconds, over different states: nobody disturbed those. */
function timeOf(call: (state: Embedding) => unknown): number {
  const times = states(REPETITIONS).map((state) => {
    const start = now();
    call(state);
    return now() - start;
  });
  return quantile(
    times.toSorted((a, b) => a - b),
    0.25,
  );
}

/** Retrieval from, adding to and counting in 100 buckets of more and more entries. */
export function memoryGrowth(): Growth[] {
  const [retrieval, adding, novelty]: [GrowthPoint[], GrowthPoint[], GrowthPoint[]] = [[], [], []];
  for (const size of ENTRIES) {
    const memory = new TipMemory();
    const table = new NoveltyTable();
    const keys = states(size);
    const tip = (bucket: number, i: number) => ({
      ...{ bucket: `bucket ${bucket}`, tokens: [bucket, i, i % 7], score: i % 100, iteration: 1, key: keys[i % size]! },
      author: "policy" as const,
    });
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (let i = 0; i < size; i++) memory.add(tip(bucket, i), Infinity);
      table.record(`bucket ${bucket}`, keys, 1 - 1e-9);
    }
    const random = Random.fromSeed(3);
    const config = { minSimilarity: 0.1, retrievalSize: 10 };
    retrieval.push({ size, ms: timeOf((state) => retrieveTips(memory.bucket("bucket 50"), state, config, random)) });
    let next = size;
    adding.push({ size, ms: timeOf(() => memory.add(tip(50, next++), size)) });
    novelty.push({ size, ms: timeOf((state) => table.episode("bucket 50", SIMILARITY).visit(state)) });
  }
  const axis = `entries in each of ${BUCKETS} buckets`;
  const of = (title: string, points: GrowthPoint[]): Growth => ({ title, axis, contender: "ours-wasm", points });
  return [
    of("one retrieval of tips", retrieval),
    of("one tip added, the oldest dropped", adding),
    of("novelty of one state", novelty),
  ];
}

/** Iterations of the playground's preset with a policy, taken apart. The first is left out. */
export async function overheads(policy: Policy): Promise<Overhead[]> {
  const spent = { policy: 0, worlds: 0, messages: 0 };
  let times: PhaseTimes | null = null;
  const add = (part: keyof typeof spent, start: number): void => void (spent[part] += now() - start);
  const session = await TrainingSession.create({
    policy: timedPolicy(policy, (start) => add("policy", start)),
    config: { ...DEFAULT_CONFIG, evaluateEvery: 0, measureKlEvery: 0 },
    createEnv: (task) => {
      const start = now();
      const env = timed(createEnv(task), (since) => add("worlds", since));
      add("worlds", start);
      return env;
    },
    ...{ taskSpec, rehearsalRows, clock: { now }, backend: "wasm" },
    emit: (event: TrainingEvent) => {
      if (event.type === "iterationFinished") times = event.summary.times;
      const start = now();
      structuredClone(event); // what posting it to the page costs the worker
      add("messages", start);
    },
  });
  const found: Overhead[] = [];
  for (let i = 0; i <= ITERATIONS; i++) {
    Object.assign(spent, { policy: 0, worlds: 0, messages: 0 });
    const start = now();
    await session.runIteration();
    const iterationMs = now() - start;
    const { policy: policyMs, worlds, messages } = spent;
    const { retrieval } = times!;
    const rest = iterationMs - policyMs - worlds - messages - retrieval;
    found.push({ iterationMs, policyMs, parts: { worlds, retrieval, messages, "prompts, rows, advantages": rest } });
  }
  return found.slice(1);
}

/** The object with every call of its methods timed. */
function timed<Target extends object>(target: Target, add: (start: number) => void): Target {
  return new Proxy(target, {
    get: (of, name) => {
      const member: unknown = Reflect.get(of, name, of);
      if (typeof member !== "function") return member;
      return (...values: unknown[]): unknown => {
        const start = now();
        const result: unknown = Reflect.apply(member, of, values);
        if (result instanceof Promise) return result.finally(() => add(start));
        add(start);
        return result;
      };
    },
  });
}

function timedPolicy(policy: Policy, add: (start: number) => void): Policy {
  const outer = timed(policy, add);
  return new Proxy(outer, {
    get: (of, name) => {
      if (name !== "open") return Reflect.get(of, name, of) as unknown;
      return (count: number): DecodingBatch => timed(of.open(count), add);
    },
  });
}
