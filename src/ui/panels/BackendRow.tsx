import { useId } from "react";
import type { BackendChoice } from "../../protocol/messages.ts";
import { reopenRuns } from "../actions/live-runs.ts";
import { chooseBackend } from "../actions/page-actions.ts";
import { HelpTip } from "../components/HelpTip.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { liveView, usePage, type PageState } from "../store/store.ts";
import styles from "./Lab.module.css";

const CHOICES: readonly { readonly id: BackendChoice; readonly title: string }[] = [
  { id: "auto", title: "automatic" },
  { id: "webgpu", title: "WebGPU" },
  { id: "wasm", title: "WebAssembly" },
  { id: "cpu", title: "plain JavaScript" },
];
const HELP =
  "What computes: automatic is WebGPU or WebAssembly, whichever was faster in a short self-test on this device, else plain JavaScript; a live run needs a restart to change it, from its last save.";

/** Which compute the runs use; kept in this browser, not in links. */
export function BackendRow() {
  const id = useId();
  const choice = usePage((state) => state.backendChoice);
  const waits = usePage(waitsForBackend);
  return (
    <div className={classNames(styles.field, choice !== "auto" && styles.changed)}>
      <span className={styles.name}>
        <label htmlFor={id}>Backend</label>
        <HelpTip about="Backend" text={HELP} />
      </span>
      <span className={styles.control}>
        <select
          id={id}
          className={controls.input}
          value={choice}
          onChange={(event) => chooseBackend(event.target.value as BackendChoice)}
        >
          {CHOICES.map(({ id: value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </span>
      {waits && (
        <span className={classNames(styles.cold, styles.offer)}>
          <span className={classNames(controls.note, controls.error)}>Needs a restart.</span>
          <button type="button" className={classNames(controls.button, controls.small)} onClick={reopenRuns}>
            Go on with it from the last save
          </button>
        </span>
      )}
    </div>
  );
}

/** A live run was opened with another wish, and does not happen to use what is wished now. */
function waitsForBackend(state: PageState): boolean {
  const { backendChoice, openedBackend } = state;
  const worker = liveView(state)?.worker;
  return worker != null && backendChoice !== openedBackend && worker.backend !== backendChoice;
}
