import { attempt } from "../actions/attempt.ts";
import { takeUpdate } from "../actions/updates.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { usePage } from "../store/store.ts";
import styles from "./StatusStrip.module.css";

/** Says that a newer version of the page is there; it is taken when somebody asks for it, and never by itself. */
export function UpdateStrip() {
  const update = usePage((state) => state.update);
  if (update === "none") return null;
  return (
    <div className={classNames(styles.strip, styles.recorded)} role="status" data-testid="update">
      <p className={styles.sentence}>{SENTENCES[update]}</p>
      {update === "waiting" && (
        <button
          type="button"
          className={controls.button}
          onClick={() => attempt("It could not be updated.", takeUpdate)}
        >
          Pause and update
        </button>
      )}
      {update === "taken" && (
        <button type="button" className={controls.button} onClick={() => location.reload()}>
          Reload
        </button>
      )}
    </div>
  );
}

const SENTENCES = {
  waiting: "A newer version of this page is ready. It waits until you want it.",
  pausing: "The newer version comes as soon as this iteration is saved.",
  taken: "This page was updated in another tab. Reload it when it suits you; a run goes on from its last save.",
} as const;
