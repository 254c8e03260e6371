import type { ResultsIndex } from "../../experiments/site-schema.ts";
import { hashOfView } from "../view-address.ts";
import controls from "../components/controls.module.css";
import styles from "./ResultsView.module.css";

/** The paper's figures, each with the way to ours if any of its runs is recorded. */
export function FigureList({ figures }: { readonly figures: ResultsIndex["figures"] }) {
  return (
    <section className={styles.section} aria-labelledby="figures">
      <h3 id="figures">Figures of the paper</h3>
      <ul className={styles.experiments}>
        {figures.map(({ id, title, paper, planned, finished }) => (
          <li key={id}>
            {finished === 0 ? title : <a href={hashOfView("results", [id])}>{title}</a>}{" "}
            <span className={controls.note}>{finished === 0 ? "not run" : `${finished} of ${planned} lines run`}</span>
            <p>The paper: {paper}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
