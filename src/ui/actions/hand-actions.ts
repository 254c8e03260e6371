/** @file Playing by hand: which world, and the actions in it. */
import type { TaskRef } from "../../core/envs/env.ts";
import { taskSpec } from "../../core/envs/registry.ts";
import { shownRollout, usePage } from "../store/store.ts";
import { closeView } from "./view-actions.ts";

/** A task as it is offered first: its first training variation, its first preset, the real house. */
export function firstRefOf(task: string): TaskRef {
  const { world, splits, presets } = taskSpec(task);
  return { world, task, variation: splits.train[0]!, preset: presets[0]!, house: 0 };
}

/** Goes on with the world that was played, else with the one on show, else with the one of the settings. */
export function openHandPlay(): void {
  usePage.setState((state) => {
    const { task, preset, house } = state.settings.draft;
    const opened = state.hand.task ?? shownRollout(state)?.task ?? { ...firstRefOf(task), preset, house };
    return { hand: { ...state.hand, isOpen: true, task: opened } };
  });
}

export function closeHandPlay(): void {
  usePage.setState(({ hand }) => ({ hand: { ...hand, isOpen: false } }));
}

/** Starts a world from its beginning, and makes room for it. */
export function playTask(task: TaskRef): void {
  if (usePage.getState().view !== "run") closeView();
  usePage.setState({ isLabOpen: false, hand: { isOpen: true, task, actions: [] } });
}

export function playActions(actions: readonly string[]): void {
  usePage.setState(({ hand }) => ({ hand: { ...hand, actions } }));
}
