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

/** Method, seed, and the first settings that differ from the defaults. */
export function runTitle(config: RunConfig): string {
  const changes = CONFIG_FIELDS.filter(
    ({ key, default: value }) => key !== "method" && key !== "seed" && config[key] !== value,
  ).map(({ key, label }) => `${key === "base" ? "base" : label} ${String(config[key])}`);
  const more = changes.length > 2 ? [`${changes.length - 2} more`] : [];
  return [`${methodTitle(config.method)}, seed ${config.seed}`, ...changes.slice(0, 2), ...more].join(", ");
}

/** The method that runs beside another one. */
export function companionMethod(method: string): string {
  return method === "grpo" ? "empo2" : "grpo";
}
