import { Fragment, useState } from "react";
import type { SiteRemarks, SiteTable, TableCell } from "../../experiments/site-schema.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatMeanScore, plural } from "../format.ts";
import { CellRuns } from "./CellRuns.tsx";
import { percentEstimateText } from "./numbers.ts";
import { Remarks } from "./Remarks.tsx";
import { averages, comparedRows, conditionsOf, type ComparedCell, type ComparedRow } from "./table-rows.ts";
import parts from "../views/view-parts.module.css";
import styles from "./ResultsView.module.css";

interface PaperTableProps {
  readonly table: SiteTable;
  readonly cells: readonly TableCell[];
}

const NOTHING_SAID = { here: "", remarks: [] };

/** A table of the paper with our runs in it; a cell opens the runs it is made from. */
export function PaperTable({ table, cells }: PaperTableProps) {
  const conditions = conditionsOf(table, cells);
  const [chosen, setChosen] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const condition = chosen ?? conditions[0] ?? null;
  const rows = comparedRows(table, cells, condition);
  const said = table.conditions.find((other) => other.condition === condition) ?? NOTHING_SAID;
  const runCount = rows.filter((row) => row.cells.some(({ ours }) => ours !== null)).length;
  return (
    <section className={styles.section} aria-labelledby={table.id}>
      <div className={styles.sectionHead}>
        <h3 id={table.id}>{table.title}</h3>
        {conditions.length > 1 && (
          <ConditionChoice conditions={conditions} value={condition ?? ""} onChange={setChosen} />
        )}
      </div>
      <p className={controls.note}>
        In bold our mean held-out return in points, with its 95 % interval over the runs, beside it{" "}
        <i>the paper’s number</i> (arXiv 2602.23008: {table.paper}) {said.here} {plural(runCount, "task")} of{" "}
        {rows.length} run
        {condition === null ? "" : ` under “${condition}”`}.
      </p>
      <div className={parts.wide} role="region" aria-label={table.title} tabIndex={0}>
        <table className={styles.paper}>
          <thead>
            <tr>
              <th scope="col">Task</th>
              {rows[0]?.cells.map(({ column, title }) => (
                <th key={column} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.task} row={row} open={open} onOpen={setOpen} />
            ))}
            {rows.length > 1 && <AverageRow rows={rows} />}
          </tbody>
        </table>
      </div>
      {rows.some(({ hasUnequalBudgets }) => hasUnequalBudgets) && (
        <p className={controls.note}>* The methods that learn did so for different numbers of iterations.</p>
      )}
      <FoldedRemarks key={condition} remarks={said.remarks} />
    </section>
  );
}

function FoldedRemarks({ remarks }: { readonly remarks: SiteRemarks }) {
  if (remarks.length === 0) return null;
  return (
    <details className={controls.details}>
      <summary>Why, and what was tried</summary>
      <Remarks remarks={remarks} />
    </details>
  );
}

interface ConditionChoiceProps {
  readonly conditions: readonly string[];
  readonly value: string;
  readonly onChange: (condition: string) => void;
}

function ConditionChoice({ conditions, value, onChange }: ConditionChoiceProps) {
  return (
    <label className={controls.note}>
      our worlds under{" "}
      <select
        className={classNames(controls.input, controls.small)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {conditions.map((condition) => (
          <option key={condition}>{condition}</option>
        ))}
      </select>
    </label>
  );
}

interface RowProps {
  readonly row: ComparedRow;
  /** Task and column of the open cell. */
  readonly open: string | null;
  readonly onOpen: (cell: string | null) => void;
}

function Row({ row: { task, cells, hasUnequalBudgets }, open, onOpen }: RowProps) {
  const keyOf = ({ column }: ComparedCell) => `${task} ${column}`;
  const shown = cells.find((cell) => keyOf(cell) === open)?.ours ?? null;
  return (
    <Fragment>
      <tr>
        <th scope="row">
          {task}
          {hasUnequalBudgets && " *"}
        </th>
        {cells.map((cell) => {
          const key = keyOf(cell);
          return (
            <td key={cell.column}>
              <div className={styles.pair}>
                <Ours
                  task={task}
                  cell={cell}
                  isOpen={key === open}
                  onToggle={() => onOpen(key === open ? null : key)}
                />
                <i className={styles.theirs}>
                  {formatMeanScore(cell.paperReturn)}
                  {cell.paperSuccessPercent !== null && <small>{cell.paperSuccessPercent} %</small>}
                </i>
              </div>
            </td>
          );
        })}
      </tr>
      {shown !== null && (
        <tr>
          <td colSpan={cells.length + 1} className={styles.cellDetails}>
            <CellRuns cell={shown} />
          </td>
        </tr>
      )}
    </Fragment>
  );
}

interface OursProps {
  readonly task: string;
  readonly cell: ComparedCell;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Ours({ task, cell: { ours, title, paperSuccessPercent }, isOpen, onToggle }: OursProps) {
  if (ours === null) return <span className={styles.notRun}>not run</span>;
  const { heldOutReturn, heldOutSuccess } = ours;
  const { interval } = heldOutReturn;
  return (
    <button type="button" className={styles.ours} aria-expanded={isOpen} onClick={onToggle}>
      <span className={controls.visuallyHidden}>
        {title} on {task}:{" "}
      </span>
      <b>{formatMeanScore(heldOutReturn.mean)}</b>
      {interval !== null && (
        <small>
          {formatMeanScore(interval[0])} to {formatMeanScore(interval[1])}
        </small>
      )}
      {paperSuccessPercent !== null && <small>{percentEstimateText({ ...heldOutSuccess, interval: null })}</small>}
    </button>
  );
}

function AverageRow({ rows }: { readonly rows: readonly ComparedRow[] }) {
  const { taskCount, ours, paper } = averages(rows);
  if (taskCount === 0) return null;
  return (
    <tr className={styles.average}>
      <th scope="row">
        Average over the {plural(taskCount, "task")} <small>that all these methods were run on</small>
      </th>
      {ours.map((value, i) => (
        <td key={rows[0]!.cells[i]!.column}>
          <div className={styles.pair}>
            {value === null ? (
              <span className={styles.notRun}>not run</span>
            ) : (
              <b className={styles.mean}>{formatMeanScore(value)}</b>
            )}
            <i className={styles.theirs}>{formatMeanScore(paper[i])}</i>
          </div>
        </td>
      ))}
    </tr>
  );
}
