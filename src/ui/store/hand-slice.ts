/** @file The world that the visitor plays by hand: which one, and what was done in it. */
import type { TaskRef } from "../../core/envs/env.ts";

export interface HandPlay {
  /** The world panel shows it instead of the run's rollouts. */
  readonly isOpen: boolean;
  /** Stays the one that was opened, while the run goes on with others; null before the first. */
  readonly task: TaskRef | null;
  readonly actions: readonly string[];
}

export const INITIAL_HAND_PLAY: HandPlay = { isOpen: false, task: null, actions: [] };
