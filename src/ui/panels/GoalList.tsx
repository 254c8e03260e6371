import type { RoomsView, WorldView } from "../../core/envs/env.ts";
import { Icon } from "../components/Icon.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import styles from "./GoalList.module.css";

type Goals = RoomsView["goals"];

interface GoalListProps {
  /** The world from the start of the episode to the moment on show. */
  readonly views: readonly WorldView[];
  readonly isOpen?: boolean;
}

/** The goals with their points as lamps that light up as they are met; those met by the last action stand out. */
export function GoalList({ views, isOpen = false }: GoalListProps) {
  const goals = goalsOf(views.at(-1));
  if (goals.length === 0) return null;
  const before = goalsOf(views.at(-2));
  const reached = goals.filter(({ passed }) => passed).length;
  const isNew = (i: number) => goals[i]!.passed && before[i]?.passed === false;
  return (
    <details className={controls.details} open={isOpen}>
      <summary>
        Goals: {reached} of {goals.length} met
        <span className={styles.lamps} aria-hidden="true">
          {goals.map(({ kind, passed, text }, i) => (
            <span
              key={i}
              title={text}
              className={classNames(
                kind === "ordered" ? styles.ordered : styles.optional,
                passed && styles.lit,
                isNew(i) && styles.fresh,
              )}
            />
          ))}
        </span>
      </summary>
      <ul className={styles.goals} tabIndex={0} aria-label="Goals">
        {goals.map((goal, i) => (
          <GoalRow key={i} goal={goal} isNew={isNew(i)} />
        ))}
      </ul>
    </details>
  );
}

function goalsOf(view: WorldView | undefined): Goals {
  return view?.kind === "rooms" ? view.goals : [];
}

interface GoalRowProps {
  readonly goal: Goals[number];
  readonly isNew?: boolean;
}

/** One goal: what it asks for, and what it is worth. */
export function GoalRow({ goal: { text, kind, points, passed }, isNew = false }: GoalRowProps) {
  return (
    <li className={classNames(styles.goal, passed && styles.passed, isNew && styles.fresh)}>
      <span>{passed && <Icon name="check" />}</span>
      <span>
        {text}
        {kind === "optional" ? " (any time)" : ""}
        <span className={controls.visuallyHidden}>{passed ? ", met" : ", not met"}</span>
      </span>
      <span>
        {passed ? "+" : ""}
        {points.toFixed(1)} points
      </span>
    </li>
  );
}
