/** @file Speed of the policy on wasm: one line of numbers, and vitest's own timing of one update. */
import { bench, describe } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { DEFAULT_MODEL } from "../../src/model/parameters.ts";
import { benchmarkPolicy } from "../../src/model/policy-benchmark.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { WASM_PATHS } from "../model/backends.ts";

const OPTIMIZER = { learningRate: 3e-4, beta1: 0.9, beta2: 0.95, weightDecay: 0, maxGradNorm: 1 };

const ROWS = Array.from({ length: 8 }, (_, r) => {
  const tokens = Array.from({ length: 240 }, (_unused, i) => (7 * i + r) % DEFAULT_MODEL.vocabularySize);
  return { tokens, weights: tokens.map(() => 1) };
});

// vitest runs no hooks around benchmarks.
await selectBackend({ prefer: "wasm", wasmPaths: WASM_PATHS });
const policy = TransformerPolicy.create(DEFAULT_MODEL, Random.fromSeed(1));
process.stdout.write(`${JSON.stringify(await benchmarkPolicy(policy, () => performance.now()))}\n`);

describe("the default policy on wasm", () => {
  bench("a language-model step on 8 rows of 240 tokens", async () => {
    await policy.languageModelStep(ROWS, OPTIMIZER);
  });
});
