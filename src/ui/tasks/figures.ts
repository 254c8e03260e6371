/** @file The recorded figures of how hard the tasks are, shipped beside the page as the command line wrote them. */
import * as v from "valibot";

const TEXT = v.pipe(v.string(), v.maxLength(120));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const RETURN = v.pipe(v.number(), v.minValue(-100), v.maxValue(100));
const SHARE = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const AGENT_SCHEMA = v.object({ episodes: COUNT, meanReturn: RETURN, successRate: SHARE });
const DIFFICULTY_SCHEMA = v.object({
  commit: TEXT,
  seed: COUNT,
  tasks: v.array(
    v.object({
      task: TEXT,
      preset: TEXT,
      house: COUNT,
      random: AGENT_SCHEMA,
      base: v.nullable(AGENT_SCHEMA),
      baseName: v.nullable(TEXT),
    }),
  ),
});
const BEST_SCHEMA = v.array(
  v.object({
    task: TEXT,
    preset: TEXT,
    house: COUNT,
    method: TEXT,
    seed: COUNT,
    iterations: COUNT,
    run: TEXT,
    commit: TEXT,
    heldOutReturn: RETURN,
    heldOutSuccess: SHARE,
  }),
);

/** What a random agent and the base policy earned. */
export type Difficulty = v.InferOutput<typeof DIFFICULTY_SCHEMA>;
/** The best stored run of a task with a preset. */
export type Best = v.InferOutput<typeof BEST_SCHEMA>[number];
/** What one agent earned. */
export type Agent = v.InferOutput<typeof AGENT_SCHEMA>;

/** Everything that was recorded of the tasks. */
export interface TaskFigures {
  readonly difficulty: Difficulty;
  readonly best: readonly Best[];
}

/**
 * Reads the figures.
 *
 * @throws {Error} if they are not there or not what the command line writes
 */
export async function fetchFigures(): Promise<TaskFigures> {
  const [difficulty, best] = await Promise.all([
    fetchJson(new URL("../../../docs/results/task-difficulty.json", import.meta.url)),
    fetchJson(new URL("../../../docs/results/best-runs.json", import.meta.url)),
  ]);
  return { difficulty: v.parse(DIFFICULTY_SCHEMA, difficulty), best: v.parse(BEST_SCHEMA, best) };
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the figures could not be loaded (${response.status})`);
  return response.json();
}
