/** @file One process of data-parallel pretraining: makes its shards' batches, computes their gradients, takes the step. */
import type { ModelConfig } from "../core/policy/policy.ts";
import { Random } from "../core/base/random.ts";
import { CorpusBatches } from "../pretraining/batches.ts";
import { BASE_TRAINING, chainsOf, recipeNamed } from "../pretraining/recipe.ts";
import { PretrainingReplica, type ReplicaStep } from "../runtime/pretraining-replica.ts";
import { startNodeBackend } from "./node-backend.ts";

/** What a process is told at its start. */
export interface PretrainStart {
  readonly seed: number;
  /** The shards this process computes. */
  readonly shards: readonly number[];
  readonly backend: string;
  readonly recipe: string;
  readonly crossedByChance: number;
  /** Width, layers and heads of a new model. */
  readonly shape: Partial<ModelConfig>;
  /** Weights to begin with; null draws them from the seed. */
  readonly initial: Uint8Array | null;
}

/** What a process is told. */
export type PretrainMessage =
  | ({ readonly type: "start" } & PretrainStart)
  | { readonly type: "gradients" }
  | ({ readonly type: "step" } & ReplicaStep)
  | { readonly type: "save" };

interface Work {
  readonly shards: readonly number[];
  readonly replica: PretrainingReplica;
  readonly supplies: readonly CorpusBatches[];
}

let work: Work | null = null;
process.on("message", (message: PretrainMessage) => void answer(message));
process.on("disconnect", () => process.exit());

async function answer(message: PretrainMessage): Promise<void> {
  if (message.type === "start") {
    work = await start(message);
    process.send!({ type: "ready" });
    return;
  }
  const { shards, replica, supplies } = work!;
  if (message.type === "step") replica.step(message);
  else if (message.type === "save") process.send!({ type: "saved", file: await replica.save() });
  else {
    const parts = [];
    for (const [i, shard] of shards.entries()) parts.push({ shard, ...(await replica.gradients(supplies[i]!.next())) });
    process.send!({ type: "gradients", parts });
  }
}

async function start({ seed, shards, backend, initial, recipe, crossedByChance, shape }: PretrainStart): Promise<Work> {
  await startNodeBackend(backend);
  const replica = await PretrainingReplica.create(Random.fromSeed(seed).fork("weights"), initial, shape);
  const rowsPerBatch = BASE_TRAINING.rowsPerStep / BASE_TRAINING.shards;
  const corpus = Random.fromSeed(seed).fork("corpus");
  const chains = chainsOf(recipeNamed(recipe, crossedByChance));
  const size = { rowsPerBatch, maxTokens: replica.contextLength };
  return {
    shards,
    replica,
    supplies: shards.map((shard) => new CorpusBatches(corpus.fork(`shard ${shard}`), chains, size)),
  };
}
