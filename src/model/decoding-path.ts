/** @file Chooses how a policy decodes: whole turns in one dispatch on WebGPU if its kernel works there, else token by token. */
import * as tf from "@tensorflow/tfjs-core";
import { openKvCache } from "./decoder.ts";
import type { Writer, Writing } from "./decoding-batch.ts";
import type { HostState } from "./host-state.ts";
import type { PlainLearner } from "./learner.ts";
import type { WorkingWays } from "./learning-path.ts";
import { StepwiseWriter } from "./stepwise-writer.ts";
import type { Transformer } from "./transformer.ts";
import { DecodePlan } from "./webgpu/decode-plan.ts";
import { startDecodePlan } from "./webgpu/start-decode-plan.ts";
import { TurnWriter } from "./webgpu/turn-writer.ts";

/** Opens writers for decoding batches and keeps the GPU kernel's weights current. */
export class DecodingPath {
  readonly #model: Transformer;
  readonly #state: HostState;
  readonly #plain: PlainLearner;
  readonly #ways: WorkingWays;
  #plan: Promise<DecodePlan | string> | null = null;
  /** Version of the weights on the device. */
  #version = 0;

  constructor(model: Transformer, state: HostState, plain: PlainLearner, ways: WorkingWays) {
    this.#model = model;
    this.#state = state;
    this.#plain = plain;
    this.#ways = ways;
  }

  /** A writer with an empty cache. */
  open(episodeCount: number): Writer {
    const stepwise = (): Writer => {
      return new StepwiseWriter(openKvCache(this.#model, episodeCount), () => this.#plain.weights.get());
    };
    if (!this.#mayPlan()) return stepwise();
    return new LateWriter(async () => {
      const plan = await this.#currentPlan();
      if (typeof plan === "string" || !plan.canCache(episodeCount)) return stepwise();
      return new TurnWriter(plan, () => this.#refresh(plan), await plan.openCache(episodeCount));
    });
  }

  /** A sentence on how the policy decodes. */
  async describe(): Promise<string> {
    if (!this.#mayPlan()) return `Decoding step by step on ${tf.getBackend()}.`;
    const plan = await this.#currentPlan();
    return typeof plan === "string" ? plan : "Decoding a whole turn in one dispatch.";
  }

  /** Frees the GPU's copy of the weights. */
  dispose(): void {
    void this.#plan?.then((plan) => {
      if (typeof plan !== "string") plan.dispose();
    });
    this.#plan = null;
  }

  #mayPlan(): boolean {
    return this.#ways === "fastest" && tf.getBackend() === "webgpu";
  }

  #currentPlan(): Promise<DecodePlan | string> {
    if (this.#plan === null) {
      this.#version = this.#state.current.version;
      this.#plan = startDecodePlan(this.#state, this.#plain);
    }
    return this.#plan;
  }

  #refresh(plan: DecodePlan): void {
    const { values, version } = this.#state.current;
    if (version !== this.#version) plan.setWeights(values);
    this.#version = version;
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
