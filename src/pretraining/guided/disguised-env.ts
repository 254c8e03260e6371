/** @file A world that speaks and understands the words of a disguise. */
import type { Observation, TaskRef, TextEnv, WorldView } from "../../core/envs/env.ts";
import { ScienceWorldEnv } from "../../core/envs/science/science-world-env.ts";
import type { WorldSpec } from "../../core/envs/science/world.ts";
import type { Disguise } from "./disguise.ts";

/** One episode in disguise. */
export class DisguisedEnv implements TextEnv {
  readonly task: TaskRef;
  readonly #env: ScienceWorldEnv;
  readonly #disguise: Disguise;

  constructor(task: TaskRef, spec: WorldSpec, disguise: Disguise) {
    this.task = task;
    this.#env = new ScienceWorldEnv(task, spec);
    this.#disguise = disguise;
  }

  reset(): Observation {
    return this.#told(this.#env.reset());
  }

  step(action: string): Observation {
    return this.#told(this.#env.step(this.#disguise.undo(action)));
  }

  validActions(): string[] {
    return this.#env.validActions().map(this.#disguise.apply);
  }

  /** The world as it is, under its real names. */
  view(): WorldView {
    return this.#env.view();
  }

  #told(observation: Observation): Observation {
    return { ...observation, text: this.#disguise.apply(observation.text) };
  }
}
