/** @file Pretraining of a base policy in one process, step for step as `cli pretrain` does it with several. */
import { Random } from "../core/base/random.ts";
import { CorpusBatches, pretrainingOptimizer } from "../pretraining/batches.ts";
import { BASE_TRAINING, chainsOf, recipeNamed } from "../pretraining/recipe.ts";
import type { PretrainedBase } from "../protocol/pretrained-bases.ts";
import { PretrainingReplica, type ShardGradient } from "./pretraining-replica.ts";

/**
 * A base policy's file, trained on the current backend.
 *
 * @param onStep told the tokens done after each step; training ends early if it resolves to false
 * @returns null if training ended early
 */
export async function pretrainBase(
  { seed, tokens }: PretrainedBase,
  onStep: (tokensDone: number) => Promise<boolean>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const replica = await PretrainingReplica.create(Random.fromSeed(seed).fork("weights"), null);
  const corpus = Random.fromSeed(seed).fork("corpus");
  const size = { rowsPerBatch: BASE_TRAINING.rowsPerStep / BASE_TRAINING.shards, maxTokens: replica.contextLength };
  const chains = chainsOf(recipeNamed("base"));
  const supplies = Array.from(
    { length: BASE_TRAINING.shards },
    (_, shard) => new CorpusBatches(corpus.fork(`shard ${shard}`), chains, size),
  );
  for (let step = 0, tokensDone = 0; tokensDone < tokens; step++) {
    const optimizer = pretrainingOptimizer(tokensDone / tokens, step, BASE_TRAINING.peakLearningRate);
    const parts: ShardGradient[] = [];
    for (const supply of supplies) parts.push(await replica.gradients(supply.next()));
    replica.step({ gradient: sumOfGradients(parts), weightSum: total(parts, "weightSum"), optimizer });
    tokensDone += total(parts, "tokenCount");
    if (!(await onStep(tokensDone))) return null;
  }
  return replica.save();
}

function sumOfGradients(parts: readonly ShardGradient[]): Float32Array {
  const sum = parts[0]!.gradient.slice();
  for (const { gradient } of parts.slice(1)) for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]!;
  return sum;
}

function total(parts: readonly ShardGradient[], key: "weightSum" | "tokenCount"): number {
  return parts.reduce((sum, part) => sum + part[key], 0);
}
