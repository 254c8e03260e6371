/** @file What the list of tasks does: it sets up training on a task. */
import type { RunConfig } from "../../core/training/run-config.ts";
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

/** Fills the settings form in; starts nothing. */
export async function trainTask(task: string): Promise<void> {
  const { preset, house } = firstRefOf(task);
  closeView();
  await chooseTask({ task, preset, house });
  addNote("info", `The settings are for ${task} now. Press Train to start a run on it.`);
}
