import { useEffect, useState } from "react";
import controls from "../components/controls.module.css";
import { asSentence } from "../format.ts";
import { fetchFigures, type TaskFigures } from "./figures.ts";
import { taskSections, type TaskSection } from "./task-rows.ts";
import { TaskEntry } from "./TaskEntry.tsx";
import { ViewShell } from "../views/ViewShell.tsx";
import styles from "./TasksView.module.css";

/** All tasks of both worlds: what each asks, what it is worth, and how hard it is. */
export default function TasksView() {
  const [figures, setFigures] = useState<TaskFigures | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [openTask, setOpenTask] = useState<string | null>(null);
  useEffect(() => {
    fetchFigures().then(setFigures, (reason: unknown) => {
      setError(reason instanceof Error ? reason.message : String(reason));
    });
  }, []);
  const sections = taskSections(figures);
  return (
    <ViewShell view="tasks">
      <Legend figures={figures} error={error} />
      <div className={styles.scroller}>
        <table className={styles.table}>
          <caption className={controls.visuallyHidden}>
            Tasks with the return and the success of three agents, for the first preset of each task
          </caption>
          <Head />
          {sections.map((section) => (
            <Section key={section.title} section={section} openTask={openTask} onOpen={setOpenTask} />
          ))}
        </table>
      </div>
    </ViewShell>
  );
}

function Legend({ figures, error }: { readonly figures: TaskFigures | null; readonly error: string | null }) {
  if (error !== null) return <p className={controls.error}>{asSentence(error)}</p>;
  if (figures === null) return <p className={controls.note}>Loading the figures…</p>;
  const { commit, seed, tasks } = figures.difficulty;
  const bases = [...new Set(tasks.flatMap(({ baseName }) => (baseName === null ? [] : [`“${baseName}”`])))];
  return (
    <p className={controls.note}>
      Return in points (−100 to 100) and share of full scores on test variations, for the first preset of each task.{" "}
      <b>Random</b> chooses evenly among the valid actions. <b>Base</b> is the policy that training starts from (
      {bases.join(" or ")}), before any training. <b>Best run</b> is the best of all recorded runs. Measured with seed{" "}
      {seed} at commit {commit.slice(0, 9)}.
    </p>
  );
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">Task</th>
        <th scope="col" className={styles.wide}>
          Variations
        </th>
        <th scope="col" className={styles.wide}>
          Turns
        </th>
        <th scope="col" className={styles.strip}>
          −100 … 100
        </th>
        <th scope="col">○ Random</th>
        <th scope="col">■ Base</th>
        <th scope="col">▲ Best run</th>
      </tr>
    </thead>
  );
}

interface SectionProps {
  readonly section: TaskSection;
  readonly openTask: string | null;
  readonly onOpen: (task: string | null) => void;
}

function Section({ section: { title, rows }, openTask, onOpen }: SectionProps) {
  return (
    <tbody>
      <tr className={styles.section}>
        <th scope="rowgroup" colSpan={7}>
          {title}
        </th>
      </tr>
      {rows.map((row) => {
        const { task } = row.spec;
        const isOpen = task === openTask;
        return <TaskEntry key={task} row={row} isOpen={isOpen} onToggle={() => onOpen(isOpen ? null : task)} />;
      })}
    </tbody>
  );
}
