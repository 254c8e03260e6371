import { Random } from "../core/base/random.ts";
import { DEFAULT_MODEL } from "../model/parameters.ts";
import { benchmarkPolicy, RECIPE_SIZE, type BenchmarkResult, type BenchmarkSize } from "../model/policy-benchmark.ts";
import { TransformerPolicy } from "../model/transformer-policy.ts";

/** What was measured on the current backend, and with how much work. */
export interface BackendBenchmark extends BenchmarkResult {
  readonly size: BenchmarkSize;
}

/** Measures the default model on the current backend: learning, reading and writing. */
export async function benchmarkBackend(now: () => number, shrink: number): Promise<BackendBenchmark> {
  const policy = TransformerPolicy.create(DEFAULT_MODEL, Random.fromSeed(1));
  const size = { ...RECIPE_SIZE, episodes: Math.max(1, Math.round(RECIPE_SIZE.episodes / shrink)) };
  try {
    return { size, ...(await benchmarkPolicy(policy, now, size)) };
  } finally {
    policy.dispose();
  }
}
