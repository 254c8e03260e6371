/** @file What runs that are being opened have told of their configuration. */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import { knownSettings } from "../store/run-slice.ts";
import { configFromRecord } from "../store/settings-slice.ts";

const told = new Map<string, Partial<RunConfig>>();

/** While a run is being opened it tells its configuration, and then what was changed since its last save. */
export function noteToldConfig(key: string, event: TrainingEvent): void {
  const before = told.get(key);
  if (event.type === "runStarted") told.set(key, knownSettings(event.config));
  if (event.type === "configChanged" && before !== undefined) {
    told.set(key, { ...before, ...knownSettings(event.changes) });
  }
}

/** The configuration of a run that is open now; null if it has told none since the last time. */
export function takeToldConfig(key: string): RunConfig | null {
  const config = told.get(key);
  told.delete(key);
  return config === undefined ? null : configFromRecord(config);
}
