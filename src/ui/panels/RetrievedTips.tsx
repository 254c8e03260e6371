import { formatScore } from "../format.ts";
import controls from "../components/controls.module.css";
import { shownRollout, usePage } from "../store/store.ts";
import styles from "./MemoryPanel.module.css";

/** The tips that the shown rollout has read up to the shown turn, with their similarity. */
export function RetrievedTips() {
  const rollout = usePage(shownRollout);
  const turn = usePage((state) => state.selection.turn);
  if (rollout === null) return null;
  if (rollout.mode === "on-policy") {
    return <p className={controls.note}>The rollout on show is a plain one: it reads no tips.</p>;
  }
  const read = rollout.retrieved.filter((tip) => tip.turn <= turn);
  if (read.length === 0) {
    return <p className={controls.note}>The rollout on show may read tips, but none was similar enough so far.</p>;
  }
  return (
    <div className={styles.read}>
      <h3 className={controls.heading}>Read by the rollout on show</h3>
      {read.map(({ tipId, similarity, text, score, turn: at }) => (
        <div key={tipId}>
          <p>{text}</p>
          <div className={styles.similarity}>
            <div className={styles.track} aria-hidden="true">
              <span style={{ width: `${Math.max(0, Math.min(1, similarity)) * 100}%` }} />
            </div>
            <span>
              similarity {similarity.toFixed(2)}, {formatScore(score)} points,{" "}
              {at === 0 ? "at the start" : `turn ${at + 1}`}
            </span>
          </div>
        </div>
      ))}
    </div>
  );
}
