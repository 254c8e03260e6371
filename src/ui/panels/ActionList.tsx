import { sum } from "../../core/base/stats.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatPercent } from "../format.ts";
import type { ShownRollout } from "../store/episode-slice.ts";
import styles from "./PolicyPanel.module.css";
import { chooseRollout } from "./WatchPanel.tsx";

/** All actions of a rollout with the probability of the whole action; unlikely ones are where exploring happens. */
export function ActionList({ rollout, turn }: { readonly rollout: ShownRollout; readonly turn: number }) {
  return (
    <div className={styles.section}>
      <h3 className={controls.heading}>The whole rollout</h3>
      <ol className={styles.tokens}>
        {rollout.turns.map(({ action, logProbs }, i) => (
          <li key={i}>
            <button
              type="button"
              className={classNames(styles.token, styles.actionRow)}
              aria-pressed={i === turn}
              onClick={() => chooseRollout(rollout.rolloutId, i + 1)}
            >
              <span className={styles.actionText}>{action === "" ? "(no word)" : action}</span>
              <span>{formatPercent(Math.exp(sum(logProbs)))}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className={controls.note}>Probability of the whole action when it was sampled.</p>
    </div>
  );
}
