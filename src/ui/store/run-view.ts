/** @file Everything the panels know of one run on this page: the fold of its events and worker messages. */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import type { WorkerMessage } from "../../protocol/messages.ts";
import { INITIAL_EPISODES, reduceEpisodes, type EpisodeState } from "./episode-slice.ts";
import { INITIAL_MEMORY, memoryFromTips, reduceMemory, type MemoryState } from "./memory-slice.ts";
import { INITIAL_RUN, reduceRun, type RunState } from "./run-slice.ts";
import { INITIAL_UPDATE, reduceUpdate, type UpdateState } from "./update-slice.ts";
import { INITIAL_WORKER, reduceWorker, type WorkerState } from "./worker-slice.ts";

export interface RunView {
  /** Unique on this page. */
  readonly key: string;
  readonly title: string;
  /** `past` runs were live and were replaced by a newer one. */
  readonly source: "live" | "recorded" | "past";
  readonly run: RunState;
  readonly episodes: EpisodeState;
  readonly memory: MemoryState;
  readonly update: UpdateState;
  /** Null for a recorded run. */
  readonly worker: WorkerState | null;
}

/** What is known of a run before anything was heard of it. */
export interface NewRun extends Pick<RunView, "key" | "title"> {
  readonly source: "live" | "recorded";
  readonly method: string;
  readonly config: Partial<RunConfig>;
}

/** A run of which nothing was heard yet. */
export function emptyView({ key, title, source, method, config }: NewRun): RunView {
  return {
    key,
    title,
    source,
    run: { ...INITIAL_RUN, method, config },
    episodes: INITIAL_EPISODES,
    memory: INITIAL_MEMORY,
    update: INITIAL_UPDATE,
    worker: source === "live" ? INITIAL_WORKER : null,
  };
}

/** The view after some events. Pure. */
export function reduceView(view: RunView, events: readonly TrainingEvent[]): RunView {
  const run = events.reduce(reduceRun, view.run);
  const { tipScope = "variation" } = run.config;
  return {
    ...view,
    run,
    episodes: events.reduce(reduceEpisodes, view.episodes),
    memory: events.reduce((memory, event) => reduceMemory(memory, event, tipScope), view.memory),
    update: events.reduce(reduceUpdate, view.update),
  };
}

/** The view after one message of its worker. Pure. */
export function reduceMessage(view: RunView, message: WorkerMessage): RunView {
  if (message.type === "events") return reduceView(view, message.events);
  if (message.type === "tips") return { ...view, memory: memoryFromTips(message.tips) };
  return { ...view, worker: reduceWorker(view.worker ?? INITIAL_WORKER, message) };
}

/** Views (or anything by key) without those of one key. */
export function withoutKey<Value>(values: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));
}
