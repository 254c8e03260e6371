/** @file What runs are called: their method, and what makes them different. */
import { CONFIG_FIELDS, type RunConfig } from "../../core/training/run-config.ts";

const METHOD_TITLES: Readonly<Record<string, string>> = {
  empo2: "EMPO²",
  grpo: "GRPO",
  gigpo: "GiGPO",
  reflexion: "Reflexion",
  retrospex: "Retrospex",
  naive: "Naive",
  "context-distillation": "Context distillation",
  "tip-credit": "EMPO² with tip credit",
};

/** The method's name as people write it. */
export function methodTitle(method: string): string {
  return METHOD_TITLES[method] ?? method;
}

const TOLD_APART: readonly (keyof RunConfig)[] = ["method", "seed", "evaluationSplit"];

/** Method, seed, what it is evaluated on if that is not the test split, and the first settings that differ from the defaults. */
export function runTitle(config: RunConfig): string {
  const changes = CONFIG_FIELDS.filter(
    ({ key, default: value }) => !TOLD_APART.includes(key) && config[key] !== value,
  ).map(({ key, label }) => `${key === "base" ? "base" : label} ${String(config[key])}`);
  const more = changes.length > 2 ? [`${changes.length - 2} more`] : [];
  const split = config.evaluationSplit === "test" ? [] : ["on dev variations"];
  return [`${methodTitle(config.method)}, seed ${config.seed}`, ...split, ...changes.slice(0, 2), ...more].join(", ");
}

/** The method that runs beside another one. */
export function companionMethod(method: string): string {
  return method === "grpo" ? "empo2" : "grpo";
}
