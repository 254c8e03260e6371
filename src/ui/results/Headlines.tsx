import controls from "../components/controls.module.css";
import { plural } from "../format.ts";
import styles from "./ResultsView.module.css";

/** More than these are folded away: a grid compares every cell. */
const SHOWN = 8;

/** What came out, a sentence a line. */
export function Headlines({ lines }: { readonly lines: readonly string[] }) {
  const more = lines.slice(SHOWN);
  return (
    <>
      <Sentences lines={lines.slice(0, SHOWN)} />
      {more.length > 0 && (
        <details className={controls.details}>
          <summary>{plural(more.length, "more sentence")}</summary>
          <Sentences lines={more} />
        </details>
      )}
    </>
  );
}

function Sentences({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className={styles.headlines}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
