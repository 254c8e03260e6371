/** @file The door through which hosts choose a compute backend; tfjs itself stays inside `src/model`. */
import { selectBackend, type BackendName, type BackendOptions, type SelectedBackend } from "../model/backend.ts";

export type { BackendName, SelectedBackend };

/** Starts the preferred backend, or the next one that works. */
export function startBackend(options: BackendOptions): Promise<SelectedBackend> {
  return selectBackend(options);
}
