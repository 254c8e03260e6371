/** @file Chooses how a policy decodes: whole turns in one dispatch on WebGPU if its kernel works there, else token by token. */
import * as tf from "@tensorflow/tfjs-core";
import { openKvCache } from "./decoder.ts";
import type { Writer, Writing } from "./decoding-batch.ts";
import type { DeviceWeights } from "./device-weights.ts";
import type { ParameterLayout } from "./parameters.ts";
import { StepwiseWriter } from "./stepwise-writer.ts";
import type { Transformer } from "./transformer.ts";
import { DecodePlan } from "./webgpu/decode-plan.ts";
import { startDecodePlan } from "./webgpu/start-decode-plan.ts";
import { TurnWriter } from "./webgpu/turn-writer.ts";

/** A policy as decoding needs it. */
export interface DecodingSource {
  readonly model: Transformer;
  readonly layout: ParameterLayout;
  /** Current weights on the device. */
  weights(): DeviceWeights;
  /** Current weights on the host. */
  parameters(): Float32Array;
  /** Log-probs of the tokens from `from` on, by plain ops. */
  score(tokens: readonly number[], from: number): Promise<readonly number[]>;
}

/** Opens writers for decoding batches and keeps the GPU kernel's weights current. */
export class DecodingPath {
  readonly #source: DecodingSource;
  #plan: Promise<DecodePlan | string> | null = null;
  #isStale = false;

  constructor(source: DecodingSource) {
    this.#source = source;
  }

  /** A writer with an empty cache. */
  open(episodeCount: number): Writer {
    const stepwise = (): Writer => {
      return new StepwiseWriter(openKvCache(this.#source.model, episodeCount), () => this.#source.weights());
    };
    if (tf.getBackend() !== "webgpu") return stepwise();
    return new LateWriter(async () => {
      const plan = await this.#currentPlan();
      if (typeof plan === "string" || !plan.canCache(episodeCount)) return stepwise();
      return new TurnWriter(plan, () => this.#refresh(plan), episodeCount);
    });
  }

  /** A sentence on how the policy decodes. */
  async describe(): Promise<string> {
    if (tf.getBackend() !== "webgpu") return `Decoding step by step on ${tf.getBackend()}.`;
    const plan = await this.#currentPlan();
    return typeof plan === "string" ? plan : "Decoding a whole turn in one dispatch.";
  }

  /** To be called after every change of the weights. */
  weightsChanged(): void {
    this.#isStale = true;
  }

  /** Frees the GPU's copy of the weights. */
  dispose(): void {
    void this.#plan?.then((plan) => {
      if (typeof plan !== "string") plan.dispose();
    });
    this.#plan = null;
  }

  #currentPlan(): Promise<DecodePlan | string> {
    const { model, layout } = this.#source;
    this.#plan ??= startDecodePlan({
      config: model.config,
      layout,
      parameters: this.#source.parameters(),
      score: (tokens, from) => this.#source.score(tokens, from),
    });
    return this.#plan;
  }

  #refresh(plan: DecodePlan): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    plan.setWeights(this.#source.parameters());
  }
}

/** A writer that is chosen at its first use, because compiling takes a while. */
class LateWriter implements Writer {
  readonly #choose: () => Promise<Writer>;
  #writer: Writer | null = null;

  constructor(choose: () => Promise<Writer>) {
    this.#choose = choose;
  }

  async write(writings: readonly Writing[]): Promise<void> {
    this.#writer ??= await this.#choose();
    await this.#writer.write(writings);
  }

  close(): void {
    this.#writer?.close();
  }
}
