import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { asSentence } from "../format.ts";
import { usePage } from "../store/store.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import styles from "./StatusStrip.module.css";

/** What writes the file is fetched when someone wants one. */
function saveEverything(): void {
  void import("../actions/saved-data.ts").then((saved) => saved.saveEverything());
}

/** What is not saved, since when, why, and what can be done about it; nothing while everything is saved. */
export function StorageStrip({ worker }: { readonly worker: WorkerState }) {
  const { saved, isOutdated, state } = worker;
  if (state === "elsewhere") return null;
  if (isOutdated) return <OutdatedStrip iteration={saved?.iteration ?? 0} />;
  if (saved?.error == null) return null;
  return (
    <div className={classNames(styles.strip, styles.failed)} role="alert" data-testid="not-saved">
      <p className={styles.sentence}>
        <span className={styles.badge}>{notSavedSince(saved)}</span> {asSentence(saved.error)} Training goes on, in this
        tab only.
      </p>
      <button type="button" className={controls.button} onClick={() => usePage.setState({ isSavedOpen: true })}>
        Delete old runs
      </button>
      <button type="button" className={controls.button} onClick={saveEverything}>
        Save everything to a file
      </button>
    </div>
  );
}

function notSavedSince({ iteration, at }: NonNullable<WorkerState["saved"]>): string {
  if (at !== null) {
    const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return `Not saved since ${time}, iteration ${iteration}.`;
  }
  return iteration === 0 ? "Nothing is saved." : `Not saved since iteration ${iteration}.`;
}

function OutdatedStrip({ iteration }: { readonly iteration: number }) {
  return (
    <div className={classNames(styles.strip, styles.failed)} role="alert" data-testid="outdated">
      <p className={styles.sentence}>
        <span className={styles.badge}>A newer version of this page is open in another tab.</span> This one writes
        nothing any more; the run is paused and saved up to iteration {iteration}.
      </p>
      <button type="button" className={controls.button} onClick={() => location.reload()}>
        Reload to go on
      </button>
    </div>
  );
}
