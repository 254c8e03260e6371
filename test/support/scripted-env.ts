/** @file A text world that follows a script: what it answers depends on the action and the turn only. */
import type { Observation, TaskRef, TaskSpec, TextEnv, WorldView } from "../../src/core/envs/env.ts";

/** What the world answers to an action. */
export interface ScriptedAnswer {
  readonly text: string;
  /** Points after the action; unchanged if not given. */
  readonly score?: number;
  readonly done?: boolean;
}

/** How a world goes. All texts in vocabulary words. */
export interface Script {
  readonly first: string;
  readonly maxTurns: number;
  /** `turn` counts from 1. */
  readonly answer: (action: string, turn: number) => ScriptedAnswer;
}

/** A task reference for scripted worlds; only the variation matters. */
export function scriptedTask(variation = 0): TaskRef {
  return { world: "scienceworld", task: "scripted", variation, preset: "none", house: 0 };
}

/** Two train, one dev and two test variations. */
export const SCRIPTED_SPEC: TaskSpec = {
  world: "scienceworld",
  task: "scripted",
  id: "scripted",
  description: "A world that follows a script.",
  variationCount: 5,
  splits: { train: [0, 1], dev: [2], test: [3, 4] },
  maxTurns: 4,
  presets: ["none"],
};

/** An episode of a script. */
export class ScriptedEnv implements TextEnv {
  readonly task: TaskRef;
  readonly #script: Script;
  /** What was done since the last reset. */
  readonly actions: string[] = [];
  #score = 0;
  #done = false;

  constructor(script: Script, task = scriptedTask()) {
    this.#script = script;
    this.task = task;
  }

  reset(): Observation {
    this.actions.length = 0;
    this.#score = 0;
    this.#done = false;
    return { text: this.#script.first, score: 0, reward: 0, done: false, moves: 0 };
  }

  step(action: string): Observation {
    if (this.#done) return { text: "done", score: this.#score, reward: 0, done: true, moves: this.actions.length };
    this.actions.push(action);
    const turn = this.actions.length;
    const { text, score = this.#score, done = false } = this.#script.answer(action, turn);
    const reward = score - this.#score;
    this.#score = score;
    this.#done = done || turn >= this.#script.maxTurns;
    return { text, score, reward, done: this.#done, moves: turn };
  }

  validActions(): string[] {
    return [];
  }

  view(): WorldView {
    return { kind: "rooms", agentRoom: "hallway", rooms: [], doors: [], inventory: [], circuits: [], goals: [] };
  }
}

/**
 * Two doors: behind one lies an easy 30, behind the other 100. One action decides.
 *
 * @param good the word of the better door
 */
export function twoDoors(good = "blue", easy = "red"): Script {
  return {
    first: "task find door . in hallway see red blue",
    maxTurns: 1,
    answer: (action) => {
      if (action === good) return { text: "in kitchen see nothing", score: 100, done: true };
      if (action === easy) return { text: "in bathroom see nothing", score: 30, done: true };
      return { text: "no known action matches" };
    },
  };
}
