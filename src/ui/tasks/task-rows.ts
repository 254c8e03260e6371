/** @file The tasks of all worlds in the order of their ids, with what is recorded of them. */
import type { TaskSpec } from "../../core/envs/env.ts";
import { taskSpecs } from "../../core/envs/registry.ts";
import type { Agent, Best, TaskFigures } from "./figures.ts";

/** What is recorded of a task with one preset. */
export interface PresetFigures {
  readonly preset: string;
  readonly random: Agent | null;
  readonly base: Agent | null;
  readonly best: Best | null;
}

/** A task, and one entry for each of its presets, in their order. */
export interface TaskRow {
  readonly spec: TaskSpec;
  readonly presets: readonly PresetFigures[];
}

/** Tasks that belong together. */
export interface TaskSection {
  readonly title: string;
  readonly rows: readonly TaskRow[];
}

/** ScienceWorld's topics by the first number of a task's id. */
const TOPICS: Readonly<Partial<Record<string, string>>> = {
  1: "Changes of state",
  2: "Measurement",
  3: "Electricity",
  4: "Classification",
  5: "Growing plants",
  6: "Chemistry",
  7: "Life spans",
  8: "Life stages",
  9: "Inclined planes",
  10: "Genetics",
};

function sectionOf({ world, id }: TaskSpec): string {
  if (world === "webshop") return "WebShop";
  const topic = TOPICS[id.split("-")[0]!];
  return topic === undefined ? "ScienceWorld-style, our own" : `ScienceWorld: ${topic}`;
}

/** Ids compared number by number; what is no number comes last. */
function compareIds(a: TaskSpec, b: TaskSpec): number {
  const [first, second] = [a, b].map(({ id }) => id.split("-").map(Number)) as [number[], number[]];
  const isNumbered = (numbers: number[]) => numbers.every(Number.isFinite);
  if (!isNumbered(first) || !isNumbered(second)) return Number(isNumbered(second)) - Number(isNumbered(first));
  return first[0]! - second[0]! || (first[1] ?? 0) - (second[1] ?? 0);
}

function rowOf(spec: TaskSpec, figures: TaskFigures | null): TaskRow {
  const presets = spec.presets.map((preset): PresetFigures => {
    const fits = (entry: { readonly task: string; readonly preset: string }) =>
      entry.task === spec.task && entry.preset === preset;
    const measured = figures?.difficulty.tasks.find(fits);
    return {
      preset,
      random: measured?.random ?? null,
      base: measured?.base ?? null,
      best: figures?.best.find(fits) ?? null,
    };
  });
  return { spec, presets };
}

/** All tasks by topic. Figures are null until they are loaded. */
export function taskSections(figures: TaskFigures | null): TaskSection[] {
  const rows = taskSpecs()
    .sort(compareIds)
    .map((spec) => rowOf(spec, figures));
  const titles = [...new Set(rows.map(({ spec }) => sectionOf(spec)))];
  return titles.map((title) => ({ title, rows: rows.filter(({ spec }) => sectionOf(spec) === title) }));
}
