import { useCallback, useEffect, useState } from "react";
import { deleteSavedRun, listSavedRuns, type SavedRun, type SavedRuns } from "../../storage/saved-data.ts";
import { attempt } from "../actions/attempt.ts";
import { liveRuns } from "../actions/run-client.ts";
import { runTitle } from "../actions/run-title.ts";
import {
  keepStored,
  openSaved,
  restoreEverything,
  saveEverything,
  saveStoredCheckpoint,
} from "../actions/saved-data.ts";
import { Dialog } from "../components/Dialog.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { asSentence, formatBytes, plural } from "../format.ts";
import { usePage } from "../store/store.ts";
import { messageOf } from "../worker-client.ts";
import styles from "./SavedDialog.module.css";

/** Everything that is stored in this browser: opened, deleted, saved to one file and restored from it. */
export function SavedDialog() {
  const isOpen = usePage((state) => state.isSavedOpen);
  const { saved, problem, reload } = useSavedRuns(isOpen);
  const close = () => usePage.setState({ isSavedOpen: false });
  return (
    <Dialog title="Saved runs" closeLabel="Close the saved runs" isOpen={isOpen} onClose={close}>
      {isOpen && (
        <>
          <Room />
          <div className={styles.buttons}>
            <button type="button" className={controls.primary} onClick={saveEverything}>
              Save everything to a file
            </button>
            <button type="button" className={controls.button} onClick={() => restoreEverything(reload)}>
              Restore from a file
            </button>
          </div>
          {problem !== null && <p className={controls.error}>{asSentence(problem)}</p>}
          {saved !== null && <SavedList saved={saved} reload={reload} />}
        </>
      )}
    </Dialog>
  );
}

/** What is stored, looked up when the dialog opens and after every change. */
function useSavedRuns(isOpen: boolean) {
  const [saved, setSaved] = useState<SavedRuns | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reload = useCallback(() => {
    listSavedRuns().then(
      (found) => {
        setSaved(found);
        setProblem(null);
      },
      (error: unknown) => setProblem(messageOf(error)),
    );
  }, []);
  useEffect(() => {
    if (isOpen) reload();
  }, [isOpen, reload]);
  return { saved, problem, reload };
}

function SavedList({ saved, reload }: { readonly saved: SavedRuns; readonly reload: () => void }) {
  const { runs, newerCount } = saved;
  if (newerCount > 0) {
    return (
      <p className={controls.note}>
        {plural(newerCount, "run")} saved by a newer version of this page: left untouched, to be saved to a file only.
        Reload to get that version.
      </p>
    );
  }
  if (runs.length === 0) return <p className={controls.note}>No run is stored yet.</p>;
  return (
    <ul className={styles.runs}>
      {runs.map((run) => (
        <SavedEntry key={run.header.runId} run={run} reload={reload} />
      ))}
    </ul>
  );
}

function SavedEntry({ run, reload }: { readonly run: SavedRun; readonly reload: () => void }) {
  const { header, damaged, bytes } = run;
  const { runId, config, iteration, best, finished } = header;
  const isLive = liveRuns().some((live) => live.runId === runId);
  const [isSure, setIsSure] = useState(false);
  const small = classNames(controls.button, controls.small);
  const remove = () => {
    if (!isSure) setIsSure(true);
    else attempt("The run could not be deleted.", () => deleteSavedRun(runId).then(reload));
  };
  return (
    <li className={styles.run}>
      <p className={styles.about}>
        <b>{runTitle(config)}</b>
        <span className={controls.muted}>
          {config.task}, {plural(iteration, "iteration")}
          {finished && ", finished"}, {formatBytes(bytes)}
          {isLive && ", open now"}
        </span>
      </p>
      <span className={styles.buttons}>
        <button type="button" className={small} disabled={isLive} onClick={() => openSaved(header)}>
          Open
        </button>
        {best !== null && (
          <button
            type="button"
            className={small}
            title={`Held-out return ${best.meanReturn.toFixed(1)}`}
            onClick={() => saveStoredCheckpoint("checkpoints", header, best.iteration)}
          >
            Save the best, iteration {best.iteration}
          </button>
        )}
        {damaged.map((at) => (
          <button key={at} type="button" className={small} onClick={() => saveStoredCheckpoint("damaged", header, at)}>
            Save the damaged iteration {at}
          </button>
        ))}
        <button
          type="button"
          className={classNames(isSure ? controls.danger : controls.button, controls.small)}
          disabled={isLive}
          onClick={remove}
        >
          {isSure ? "Delete it for good" : "Delete"}
        </button>
      </span>
    </li>
  );
}

/** How much room there is, and whether the browser may clear it. */
function Room() {
  const [room, setRoom] = useState<{ readonly usage: number; readonly quota: number; readonly isKept: boolean } | null>(
    null,
  );
  const look = useCallback(() => {
    const storage = (navigator as { readonly storage?: StorageManager }).storage;
    if (storage === undefined) return;
    Promise.all([storage.estimate(), storage.persisted()]).then(
      ([{ usage = 0, quota = 0 }, isKept]) => setRoom({ usage, quota, isKept }),
      () => undefined, // it is only for information
    );
  }, []);
  useEffect(look, [look]);
  if (room === null) return null;
  return (
    <p className={controls.note}>
      {formatBytes(room.usage)} stored in this browser{room.quota > 0 && ` of about ${formatBytes(room.quota)}`}. Runs
      stay until you delete them.{" "}
      {room.isKept ? (
        "The browser keeps it until you clear it."
      ) : (
        <>
          The browser may clear it when the disk is full.{" "}
          <button type="button" className={controls.link} onClick={() => void keepStored().then(look)}>
            Ask it not to
          </button>
        </>
      )}
    </p>
  );
}
