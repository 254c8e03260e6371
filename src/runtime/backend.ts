/** @file The door through which hosts choose a compute backend; tfjs itself stays inside `src/model`. */
import {
  graphicsDeviceName,
  selectBackend,
  type BackendName,
  type BackendOptions,
  type SelectedBackend,
} from "../model/backend.ts";
import { selfTestMs } from "../model/self-test.ts";

export { graphicsDeviceName, selfTestMs };
export type { BackendName, SelectedBackend };

/** Starts the preferred backend, or the next one that works. */
export function startBackend(options: BackendOptions): Promise<SelectedBackend> {
  return selectBackend(options);
}
