/** @file States and actions as hashed bags of words, the input of the critic. */
import type { Situation } from "../rollout/candidate-actions.ts";

/** Features of states are 0…STATE_FEATURES − 1; those of actions follow. */
export const STATE_FEATURES = 512;
/** Features of actions. */
const ACTION_FEATURES = 512;
/** Features of a state and an action together. */
export const ALL_FEATURES = STATE_FEATURES + ACTION_FEATURES;

/** Words of the task and of the observation read last, told apart. Ascending. */
export function stateFeatures({ task, observation }: Pick<Situation, "task" | "observation">): number[] {
  const names = [
    ...wordsOf(task).map((word) => `task ${word}`),
    ...wordsOf(observation).map((word) => `observation ${word}`),
  ];
  return hashed(names, STATE_FEATURES, 0);
}

/** Words of the action and pairs of neighbouring ones, because order matters (`connect a to b`). Ascending. */
export function actionFeatures(action: string): number[] {
  const words = wordsOf(action);
  const pairs = words.slice(1).map((word, i) => `pair ${words[i]!} ${word}`);
  return hashed([...words.map((word) => `word ${word}`), ...pairs], ACTION_FEATURES, STATE_FEATURES);
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

function hashed(names: readonly string[], size: number, offset: number): number[] {
  const features = new Set(names.map((name) => offset + (fnv1a(name) % size)));
  return [...features].sort((a, b) => a - b);
}

/** 32-bit FNV-1a of a text's code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
