/** @file One process of data-parallel pretraining: makes its shards' batches, computes their gradients, takes the step. */
import { parentPort, workerData } from "node:worker_threads";
import { Random } from "../core/base/random.ts";
import { CorpusBatches } from "../pretraining/batches.ts";
import { BASE_CORPUS, BASE_TRAINING } from "../pretraining/recipe.ts";
import { PretrainingReplica, type ReplicaStep } from "../runtime/pretraining-replica.ts";
import { startNodeBackend } from "./node-backend.ts";

/** What a worker is told at its start. */
export interface PretrainWorkerData {
  readonly seed: number;
  /** The shards this worker computes. */
  readonly shards: readonly number[];
  readonly backend: string;
  /** Weights to begin with; null draws them from the seed. */
  readonly initial: Uint8Array | null;
}

const port = parentPort!;
const { seed, shards, backend, initial } = workerData as PretrainWorkerData;

await startNodeBackend(backend);
const replica = await PretrainingReplica.create(Random.fromSeed(seed).fork("weights"), initial);
const rowsPerBatch = BASE_TRAINING.rowsPerStep / BASE_TRAINING.shards;
const corpus = Random.fromSeed(seed).fork("corpus");
const supplies = shards.map(
  (shard) =>
    new CorpusBatches(corpus.fork(`shard ${shard}`), BASE_CORPUS, { rowsPerBatch, maxTokens: replica.contextLength }),
);

port.on("message", (message: { type: "gradients" } | ({ type: "step" } & ReplicaStep) | { type: "save" }) => {
  void answer(message);
});
port.postMessage({ type: "ready" });

async function answer(
  message: { type: "gradients" } | ({ type: "step" } & ReplicaStep) | { type: "save" },
): Promise<void> {
  if (message.type === "step") {
    replica.step(message);
    return;
  }
  if (message.type === "save") {
    port.postMessage({ type: "saved", file: await replica.save() });
    return;
  }
  const parts = [];
  for (const [i, shard] of shards.entries()) parts.push({ shard, ...(await replica.gradients(supplies[i]!.next())) });
  port.postMessage({ type: "gradients", parts });
}
