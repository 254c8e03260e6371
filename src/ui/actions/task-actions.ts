/** @file The list of tasks: opening it, leaving it, and setting up training on a task. */
import { addNote, usePage } from "../store/store.ts";
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

/** Fills the settings form in; starts nothing. */
export function trainTask(task: string): void {
  const { preset, house } = firstRefOf(task);
  closeTasks();
  setFields({ task, preset, house });
  addNote("info", `The settings are for ${task} now. Press Train to start a run on it.`);
}
