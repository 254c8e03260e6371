/** @file Configurations from outside: strictly from files and the CLI, leniently from a URL. */
import * as v from "valibot";
import { ConfigError } from "../base/errors.ts";
import { defaultsFor, shippedBaseFor } from "./config-defaults.ts";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type ConfigField, type RunConfig } from "./run-config.ts";

const NAME_PATTERN = /^[a-z0-9][a-z0-9.,_-]{0,79}$/i;

function fieldSchema(field: ConfigField): v.GenericSchema {
  switch (field.kind) {
    case "number": {
      const range = v.pipe(v.number(), v.finite(), v.minValue(field.min), v.maxValue(field.max));
      return field.integer ? v.pipe(range, v.integer()) : range;
    }
    case "choice":
      return v.picklist(field.choices);
    case "name":
      return v.pipe(v.string(), v.regex(NAME_PATTERN));
  }
}

const RUN_CONFIG_SCHEMA = v.strictObject(
  Object.fromEntries(CONFIG_FIELDS.map((field) => [field.key, fieldSchema(field)])),
);

/**
 * A complete configuration from partial plain data, strictly: for files and the CLI.
 *
 * @throws {ConfigError} naming the field, what it needs and what it got
 */
export function parseRunConfig(values: unknown): RunConfig {
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new ConfigError(`config: an object of fields, got ${JSON.stringify(values)}`);
  }
  const parsed = v.safeParse(RUN_CONFIG_SCHEMA, { ...defaultsOf(values), ...values });
  if (parsed.success) return parsed.output as unknown as RunConfig;
  const issue = parsed.issues[0];
  const key = v.getDotPath(issue) ?? "?";
  throw new ConfigError(`config: ${requirement(key)}, got ${shown((values as Record<string, unknown>)[key])}`);
}

/** What is not said. A task that is no text is refused with the rest. */
function defaultsOf(values: object): RunConfig {
  return "task" in values && typeof values.task === "string" ? defaultsFor(values.task) : DEFAULT_CONFIG;
}

/** A value for an error message; JSON knows no NaN and no infinity. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function requirement(key: string): string {
  const field = CONFIG_FIELDS.find((candidate) => candidate.key === key);
  if (field === undefined) return `a known field, "${key}" is none`;
  switch (field.kind) {
    case "number":
      return `${key} must be ${field.integer ? "an integer" : "a number"} from ${field.min} to ${field.max}`;
    case "choice":
      return `${key} must be one of ${field.choices.join(", ")}`;
    case "name":
      return `${key} must be a name of letters, digits and .,_-`;
  }
}

/** A configuration read leniently, and a sentence for everything that was changed. */
export interface LenientConfig {
  readonly config: RunConfig;
  readonly corrections: readonly string[];
}

/**
 * A complete configuration from untrusted texts (a URL): unknown keys dropped, numbers clamped, each with a note. The base
 * policy is the one for the task unless it is named.
 */
export function readRunConfig(texts: Iterable<readonly [string, string]>): LenientConfig {
  const values: Record<string, string | number> = { ...DEFAULT_CONFIG };
  const corrections: string[] = [];
  const read = (key: string, text: string): void => {
    const field = CONFIG_FIELDS.find((candidate) => candidate.key === key);
    if (field === undefined) {
      corrections.push(`“${key.slice(0, 40)}” is no setting and was ignored.`);
      return;
    }
    const { value, note } = readField(field, text, key === "base" ? values["base"]! : field.default);
    values[key] = value;
    if (note !== null) corrections.push(note);
  };
  const all = [...texts];
  for (const [key, text] of all) if (key !== "base") read(key, text);
  values["base"] = shippedBaseFor(values["task"] as string);
  for (const [key, text] of all) if (key === "base") read(key, text);
  return { config: values as unknown as RunConfig, corrections };
}

interface ReadField {
  readonly value: string | number;
  readonly note: string | null;
}

function readField(field: ConfigField, text: string, fallback: string | number): ReadField {
  if (field.kind !== "number") {
    const known = field.kind === "choice" ? field.choices.includes(text) : NAME_PATTERN.test(text);
    if (known) return { value: text, note: null };
    return {
      value: fallback,
      note: `${field.label}: “${text.slice(0, 40)}” is not possible, ${fallback} is used.`,
    };
  }
  const number = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(number)) {
    return {
      value: fallback,
      note: `${field.label}: “${text.slice(0, 40)}” is no number, ${fallback} is used.`,
    };
  }
  const whole = field.integer ? Math.round(number) : number;
  const value = Math.min(field.max, Math.max(field.min, whole));
  const note = value === number ? null : `${field.label}: ${text.slice(0, 40)} was changed to ${String(value)}.`;
  return { value, note };
}
