import type { RoomsView } from "../../core/envs/env.ts";
import { Icon } from "../components/Icon.tsx";
import controls from "../components/controls.module.css";
import styles from "./WorldPanel.module.css";

interface GoalListProps {
  readonly goals: RoomsView["goals"];
  readonly isOpen?: boolean;
}

/** The goals with their points; those that are met stand out by mark and weight. */
export function GoalList({ goals, isOpen = false }: GoalListProps) {
  const reached = goals.filter(({ passed }) => passed).length;
  return (
    <details className={controls.details} open={isOpen}>
      <summary>
        Goals: {reached} of {goals.length} met
      </summary>
      <ul className={styles.goals}>
        {goals.map(({ text, kind, points, passed }, i) => (
          <li key={i} className={passed ? styles.passed : undefined}>
            <span>{passed && <Icon name="check" />}</span>
            <span>
              {text}
              {kind === "optional" ? " (any time)" : ""}
              <span className={controls.visuallyHidden}>{passed ? ", met" : ", not met"}</span>
            </span>
            <span>{points.toFixed(1)} points</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
