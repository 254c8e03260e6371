/** @file Chooses how a policy scores and learns: a whole step as one static plan on WebGPU if it works there, else plain ops. */
import * as tf from "@tensorflow/tfjs-core";
import type { HostState } from "./host-state.ts";
import type { Learner, PlainLearner } from "./learner.ts";
import type { MicroBatches } from "./micro-batches.ts";
import { PlanLearner } from "./webgpu/update/plan-learner.ts";
import { startUpdatePlan } from "./webgpu/update/start-update-plan.ts";

/** Which ways of working a policy may choose from: the fastest that works, or nothing but plain ops on WebGPU too. */
export type WorkingWays = "fastest" | "plain";

/** Starts the plan at its first use, because compiling takes a while. */
export class LearningPath {
  readonly #plain: PlainLearner;
  readonly #state: HostState;
  readonly #batches: MicroBatches;
  readonly #ways: WorkingWays;
  #choice: Promise<PlanLearner | string> | null = null;

  constructor(plain: PlainLearner, state: HostState, batches: MicroBatches, ways: WorkingWays = "fastest") {
    this.#plain = plain;
    this.#state = state;
    this.#batches = batches;
    this.#ways = ways;
  }

  /** Who learns. */
  async learner(): Promise<Learner> {
    if (!this.#mayPlan()) return this.#plain;
    const choice = await this.#chosen();
    return typeof choice === "string" ? this.#plain : choice;
  }

  /** A sentence on how the policy learns. */
  async describe(): Promise<string> {
    if (!this.#mayPlan()) return `Learning op by op on ${tf.getBackend()}.`;
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

  #mayPlan(): boolean {
    return this.#ways === "fastest" && tf.getBackend() === "webgpu";
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
