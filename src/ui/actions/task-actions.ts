/** @file The list of tasks: opening it, leaving it, and setting up training on a task. */
import type { RunConfig } from "../../core/training/run-config.ts";
import { addNote, usePage } from "../store/store.ts";
import { baseForTask, findBases } from "./bases.ts";
import { firstRefOf } from "./hand-actions.ts";
import { setFields, showInAddress } from "./settings-actions.ts";

/** Address of the list. */
const TASKS_HASH = "#tasks";

/** Shows the list if the address says so. */
export function readTasksAddress(): void {
  if (location.hash === TASKS_HASH) usePage.setState({ view: "tasks" });
}

export function openTasks(): void {
  usePage.setState({ view: "tasks" });
  history.replaceState(null, "", TASKS_HASH);
}

export function closeTasks(): void {
  usePage.setState({ view: "run" });
  showInAddress();
}

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
  closeTasks();
  await chooseTask({ task, preset, house });
  addNote("info", `The settings are for ${task} now. Press Train to start a run on it.`);
}
