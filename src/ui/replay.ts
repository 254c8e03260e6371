/** @file Plays a rollout's actions again in the page's own copy of the world, to draw what it looked like. */
import type { TaskRef, TextEnv, WorldView } from "../core/envs/env.ts";
import { createEnv } from "../core/envs/registry.ts";

interface Replay {
  readonly env: TextEnv;
  readonly actions: string[];
  /** The world before the first action and after each. */
  readonly views: WorldView[];
}

/** Rollouts kept at hand while the visitor goes back and forth. */
const KEPT_REPLAYS = 12;
const REPLAYS = new Map<string, Replay>();

/** What the world looked like after each of the actions; one more than there are actions. */
export function replayViews(rolloutId: string, task: TaskRef, actions: readonly string[]): readonly WorldView[] {
  const known = REPLAYS.get(rolloutId);
  const fits = known?.actions.every((action, i) => i >= actions.length || action === actions[i]) === true;
  const replay = fits ? known : startReplay(task);
  for (const action of actions.slice(replay.actions.length)) {
    replay.env.step(action);
    replay.actions.push(action);
    replay.views.push(replay.env.view());
  }
  REPLAYS.delete(rolloutId);
  REPLAYS.set(rolloutId, replay);
  for (const oldest of REPLAYS.keys()) if (REPLAYS.size > KEPT_REPLAYS) REPLAYS.delete(oldest);
  return replay.views.slice(0, actions.length + 1);
}

function startReplay(task: TaskRef): Replay {
  const env = createEnv(task);
  env.reset();
  return { env, actions: [], views: [env.view()] };
}
