/** @file The settings form: what is wanted, and what the live run has. */
import { readRunConfig } from "../../core/training/config-parsing.ts";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type ConfigField, type RunConfig } from "../../core/training/run-config.ts";

export interface SettingsState {
  /** What the form shows; a new run starts with it. */
  readonly draft: RunConfig;
  /** What the live run was started with, and its live changes; null if there is none. */
  readonly running: RunConfig | null;
  /** What was changed in a configuration from outside, one sentence each. */
  readonly corrections: readonly string[];
}

export const INITIAL_SETTINGS: SettingsState = { draft: DEFAULT_CONFIG, running: null, corrections: [] };

/** The fields by name. */
const FIELD_OF_KEY: ReadonlyMap<string, ConfigField> = new Map(CONFIG_FIELDS.map((field) => [field.key, field]));

export function fieldOf(key: keyof RunConfig): ConfigField {
  return FIELD_OF_KEY.get(key)!;
}

/** The fields of a configuration that need a restart. */
export function coldSettings(config: RunConfig): Partial<RunConfig> {
  return Object.fromEntries(CONFIG_FIELDS.filter(({ hot }) => !hot).map(({ key }) => [key, config[key]]));
}

/** A complete configuration from a partial one; what is out of range is put right. */
export function configFromRecord(values: Readonly<Record<string, unknown>>): RunConfig {
  return readRunConfig(Object.entries(values).map(([key, value]) => [key, String(value)] as const)).config;
}

/** The form after some fields were set; the hot ones reach the live run at once. */
export function changeSettings(state: SettingsState, changes: Partial<RunConfig>): SettingsState {
  const draft = { ...state.draft, ...changes };
  if (state.running === null) return { ...state, draft };
  return { ...state, draft, running: { ...state.running, ...hotChanges(changes) } };
}

/** Those of the changes that a run takes on while it is on. */
export function hotChanges(changes: Partial<RunConfig>): Partial<RunConfig> {
  return Object.fromEntries(
    CONFIG_FIELDS.filter(({ key, hot }) => hot && key in changes).map(({ key }) => [key, changes[key]]),
  );
}

/** The fields whose new value waits for a restart. */
export function waitingForRestart({ draft, running }: SettingsState): readonly ConfigField[] {
  if (running === null) return [];
  return CONFIG_FIELDS.filter(({ key, hot }) => !hot && draft[key] !== running[key]);
}
