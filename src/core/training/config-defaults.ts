/** @file What holds where nobody says otherwise: the defaults of a task, among them the base policy to start from. */
import { CONFIG_FIELDS, DEFAULT_CONFIG, type RunConfig } from "./run-config.ts";

/** Tasks that the small first base policy has learned to act in; `general` has learned to act in all. */
const FIRST_TASKS: readonly string[] = [
  "teaching-power-component",
  "power-component",
  "power-component-renewable-vs-nonrenewable-energy",
  "find-living-thing",
  "find-non-living-thing",
  "find-plant",
  "find-animal",
];

/** The name of the shipped base policy for runs on these tasks: the smallest that knows them all. */
export function shippedBaseFor(...tasks: readonly string[]): string {
  return tasks.every((task) => FIRST_TASKS.includes(task)) ? "base" : "general";
}

/** The defaults for a task: a run starts from the shipped base policy that knows it. */
export function defaultsFor(task: string): RunConfig {
  return { ...DEFAULT_CONFIG, task, base: shippedBaseFor(task) };
}

/** The fields that differ from the defaults for the task, and the task if it is another. */
export function changedFields(config: RunConfig): Partial<RunConfig> {
  const defaults = { ...defaultsFor(config.task), task: DEFAULT_CONFIG.task };
  return Object.fromEntries(
    CONFIG_FIELDS.filter(({ key }) => config[key] !== defaults[key]).map(({ key }) => [key, config[key]]),
  );
}
