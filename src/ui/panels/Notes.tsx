import { Icon } from "../components/Icon.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { dismissNote, usePage } from "../store/store.ts";
import styles from "./StatusStrip.module.css";

/** Sentences for the visitor, each until it is dismissed. */
export function Notes() {
  const notes = usePage((state) => state.notes);
  return (
    <div className={styles.notes} role="log" aria-label="Messages">
      {notes.map(({ id, kind, text, action }) => (
        <div key={id} className={classNames(styles.note, kind === "error" && styles.errorNote)}>
          <p>{text}</p>
          {action !== null && (
            <button
              type="button"
              className={classNames(controls.button, controls.small)}
              onClick={() => {
                action.run();
                dismissNote(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" className={controls.icon} aria-label="Dismiss" onClick={() => dismissNote(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
