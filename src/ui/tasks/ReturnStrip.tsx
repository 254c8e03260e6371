import type { PresetFigures } from "./task-rows.ts";
import styles from "./ReturnStrip.module.css";

/** Returns of the three agents as marks on a line from −100 to 100: a circle, a square and a triangle. */
export function ReturnStrip({ figures: { random, base, best } }: { readonly figures: PresetFigures }) {
  return (
    <svg viewBox="-106 -10 212 20" className={styles.returns} aria-hidden="true" focusable="false">
      <line x1="-100" x2="100" y1="0" y2="0" className={styles.axis} />
      {[-100, 0, 100].map((x) => (
        <line key={x} x1={x} x2={x} y1="-4" y2="4" className={styles.axis} />
      ))}
      {random !== null && <circle cx={random.meanReturn} cy="0" r="4.5" className={styles.random} />}
      {base !== null && <rect x={base.meanReturn - 4} y="-4" width="8" height="8" className={styles.base} />}
      {best !== null && <path d={`M${best.heldOutReturn - 6} 5h12l-6 -11z`} className={styles.best} />}
    </svg>
  );
}
