import { useEffect, useId, useRef } from "react";
import { classNames } from "../components/class-names.ts";
import { Icon } from "../components/Icon.tsx";
import { formatCount } from "../format.ts";
import type { TaskRow } from "./task-rows.ts";
import { FigureCells } from "./FigureCells.tsx";
import { ReturnStrip } from "./ReturnStrip.tsx";
import { TaskDetails } from "./TaskDetails.tsx";
import styles from "./TasksView.module.css";

interface TaskEntryProps {
  readonly row: TaskRow;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** One task as a row of the list; open, with everything about it below. */
export function TaskEntry({ row, isOpen, onToggle }: TaskEntryProps) {
  const id = useId();
  const { task, id: number, description, variationCount, maxTurns } = row.spec;
  const [first] = row.presets;
  const details = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isOpen) details.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <>
      <tr className={classNames(styles.row, isOpen && styles.open)}>
        <th scope="row">
          <button
            type="button"
            data-task={task}
            className={styles.name}
            aria-expanded={isOpen}
            aria-controls={isOpen ? id : undefined}
            onClick={onToggle}
          >
            <Icon name="forward" />
            <span>
              {task} {number !== task && <small>{number}</small>}
            </span>
          </button>
          <p className={styles.description}>{description}</p>
        </th>
        <td className={styles.wide}>{formatCount(variationCount)}</td>
        <td className={styles.wide}>{maxTurns}</td>
        <td className={styles.strip}>{first !== undefined && <ReturnStrip figures={first} />}</td>
        <FigureCells figures={first ?? null} />
      </tr>
      {isOpen && (
        <tr ref={details} id={id} className={styles.details}>
          <td colSpan={7}>
            <TaskDetails row={row} />
          </td>
        </tr>
      )}
    </>
  );
}
