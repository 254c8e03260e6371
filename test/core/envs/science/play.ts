import type { Observation, TaskRef } from "../../../../src/core/envs/env.ts";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";

/** A reference to a world; variation 0 of the real house in `easy`, unless told otherwise. */
export function ref(task: string, more: Partial<TaskRef> = {}): TaskRef {
  return { world: "scienceworld", task, variation: 0, preset: "easy", house: 0, ...more };
}

/** A fresh episode, already reset. */
export function start(task: string, more: Partial<TaskRef> = {}): ScienceWorldEnv {
  const env = createScienceEnv(ref(task, more));
  env.reset();
  return env;
}

/** Does the actions; the observations of each. */
export function play(env: ScienceWorldEnv, actions: readonly string[]): Observation[] {
  return actions.map((action) => env.step(action));
}

/** Names of the wires of an electric world. */
export function wiresOf(env: ScienceWorldEnv): [string, string, string] {
  const wires = env.state.things.filter(({ spec }) => spec.electric?.role === "wire").map(({ name }) => name);
  return wires as [string, string, string];
}
