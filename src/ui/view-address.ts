/** @file The page's views and their addresses: `#tasks`, `#results/<experiment>/<run>`, `#race`, `#new-task`. Pure. */
import { GRID_EXPERIMENT } from "../experiments/p-q-grid.ts";
import type { ViewName } from "./store/store.ts";

export type AddressedView = Exclude<ViewName, "run">;

/** The views that have an address. */
export const VIEW_TITLES: Readonly<Record<AddressedView, string>> = {
  tasks: "Tasks",
  results: "Results",
  race: "Race",
  "new-task": "New task",
};

/** Of the experiment that is a map over p and q. */
export const MAP_PATH: readonly string[] = [GRID_EXPERIMENT];

/** Somewhere to go. */
export interface ViewEntry {
  readonly title: string;
  readonly view: AddressedView;
  readonly path: readonly string[];
}

/** The views as they are offered; the map is one of the results. */
export const VIEW_ENTRIES: readonly ViewEntry[] = [
  { title: VIEW_TITLES.tasks, view: "tasks", path: [] },
  { title: VIEW_TITLES.results, view: "results", path: [] },
  { title: "p–q map", view: "results", path: MAP_PATH },
  { title: VIEW_TITLES.race, view: "race", path: [] },
  { title: VIEW_TITLES["new-task"], view: "new-task", path: [] },
];

const MAX_PATH_LENGTH = 400;

/** The address of a view and of what is open in it. */
export function hashOfView(view: AddressedView, path: readonly string[] = []): string {
  return `#${[view, ...path].map(encodeURIComponent).join("/")}`;
}

/** The view that an address names; the run if it names none. */
export function viewOfHash(hash: string): { readonly view: ViewName; readonly viewPath: readonly string[] } {
  const [name = "", ...path] = hash.slice(1, MAX_PATH_LENGTH).split("/");
  if (!Object.hasOwn(VIEW_TITLES, name)) return { view: "run", viewPath: [] };
  return { view: name as AddressedView, viewPath: path.map(decoded).filter((part) => part !== "") };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // not written by this page
  }
}
