import { formatMeanScore, formatPercent } from "../format.ts";
import type { PresetFigures } from "./task-rows.ts";
import styles from "./TasksView.module.css";

/** Return and success of the three agents. */
export function FigureCells({ figures }: { readonly figures: PresetFigures | null }) {
  const random = figures?.random;
  const base = figures?.base;
  const best = figures?.best;
  return (
    <>
      <Figure value={random?.meanReturn} success={random?.successRate} />
      <Figure value={base?.meanReturn} success={base?.successRate} />
      <Figure value={best?.heldOutReturn} success={best?.heldOutSuccess} />
    </>
  );
}

interface FigureProps {
  readonly value: number | undefined;
  readonly success: number | undefined;
}

function Figure({ value, success }: FigureProps) {
  return (
    <td className={styles.figure}>
      <b>{formatMeanScore(value)}</b>
      <small>{value === undefined ? "" : formatPercent(success)}</small>
    </td>
  );
}
