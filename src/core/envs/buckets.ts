/** @file Which episodes belong together: names of buckets for tips and for the states that were reached. */
import type { TaskRef } from "./env.ts";

/** Whose tips an episode may read: those of its task variation, or of all variations of the task in this house. */
export type TipScope = "variation" | "task";

/** The bucket of a task variation. */
export function bucketOf(task: TaskRef): string {
  return `${tipBucketOf(task, "task")}/variation-${task.variation}`;
}

/** The memory bucket that an episode reads from and writes to. */
export function tipBucketOf(task: TaskRef, scope: TipScope): string {
  return scope === "variation" ? bucketOf(task) : `${task.task}/${task.preset}/house-${task.house}`;
}
