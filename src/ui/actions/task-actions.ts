/** @file What the list of tasks does: it sets up training on a task. */
import type { RunConfig } from "../../core/training/run-config.ts";
import { withPreset } from "../../experiments/presets.ts";
import { addNote, usePage } from "../store/store.ts";
import { baseForTask, findBases } from "./bases.ts";
import { firstRefOf } from "./hand-actions.ts";
import { setFields } from "./settings-actions.ts";
import { closeView } from "./view-actions.ts";

/** Sets the task, and with it a base policy that has learned to act in it. */
export async function chooseTask(changes: Partial<RunConfig> & Pick<RunConfig, "task">): Promise<void> {
  if (usePage.getState().bases.length === 0) await findBases();
  const { bases, settings } = usePage.getState();
  const base = baseForTask(changes.task, settings.draft.base, bases);
  setFields({ ...changes, ...(base !== null && { base: base.name }) });
  if (base !== null) addNote("info", `Runs on ${changes.task} start from the base policy “${base.title}”.`);
}

/** Sets a preset's settings; with a task of its own also a base policy that knows it. */
export async function applyPreset(id: string): Promise<void> {
  const { draft } = usePage.getState().settings;
  const wanted = withPreset(draft, id);
  const fields = Object.entries(wanted).filter(([key, value]) => draft[key as keyof RunConfig] !== value);
  const changes: Partial<RunConfig> = Object.fromEntries(fields);
  const { task } = changes;
  if (task === undefined) setFields(changes);
  else await chooseTask({ ...changes, task });
}

/** Fills the settings form in; starts nothing. */
export async function trainTask(task: string): Promise<void> {
  const { preset, house } = firstRefOf(task);
  closeView();
  await chooseTask({ task, preset, house });
  addNote("info", `The settings are for ${task} now. Press Train to start a run on it.`);
}
