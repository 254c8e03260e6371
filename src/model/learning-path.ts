/** @file Chooses how a policy scores and learns: a whole step as one static plan on WebGPU if it works there, else plain ops. */
import * as tf from "@tensorflow/tfjs-core";
import type { HostState } from "./host-state.ts";
import type { Learner, PlainLearner } from "./learner.ts";
import type { MicroBatches } from "./micro-batches.ts";
import { PlanLearner } from "./webgpu/update/plan-learner.ts";
import { startUpdatePlan } from "./webgpu/update/start-update-plan.ts";

/** Starts the plan at its first use, because compiling takes a while. */
export class LearningPath {
  readonly #plain: PlainLearner;
  readonly #state: HostState;
  readonly #batches: MicroBatches;
  #choice: Promise<PlanLearner | string> | null = null;

  constructor(plain: PlainLearner, state: HostState, batches: MicroBatches) {
    this.#plain = plain;
    this.#state = state;
    this.#batches = batches;
  }

  /** Who learns. */
  async learner(): Promise<Learner> {
    if (tf.getBackend() !== "webgpu") return this.#plain;
    const choice = await this.#chosen();
    return typeof choice === "string" ? this.#plain : choice;
  }

  /** A sentence on how the policy learns. */
  async describe(): Promise<string> {
    if (tf.getBackend() !== "webgpu") return `Learning op by op on ${tf.getBackend()}.`;
    const choice = await this.#chosen();
    return typeof choice === "string" ? choice : "Learning a whole step in one submit.";
  }

  /** Frees the plan. */
  dispose(): void {
    void this.#choice?.then((choice) => {
      if (typeof choice !== "string") choice.dispose();
    });
    this.#choice = null;
  }

  #chosen(): Promise<PlanLearner | string> {
    this.#choice ??= this.#start();
    return this.#choice;
  }

  async #start(): Promise<PlanLearner | string> {
    const plan = await startUpdatePlan(this.#state, this.#plain, this.#batches);
    return typeof plan === "string" ? plan : new PlanLearner(plan, this.#state, this.#batches);
  }
}
