import type { ResultsIndex } from "../../experiments/site-schema.ts";
import controls from "../components/controls.module.css";
import { hashOfView } from "../view-address.ts";
import styles from "./ResultsView.module.css";

/** All experiments, with what came out of each. */
export function ExperimentList({ experiments }: { readonly experiments: ResultsIndex["experiments"] }) {
  return (
    <section className={styles.section} aria-labelledby="experiments">
      <h3 id="experiments">Experiments</h3>
      <ul className={styles.experiments}>
        {experiments.map(({ id, title, question, planned, finished, headline }) => (
          <li key={id}>
            <a href={hashOfView("results", [id])}>{title}</a>{" "}
            <span className={controls.note}>
              {finished === 0 ? `not run (${planned} planned)` : `${finished} of ${planned} runs`}
            </span>
            <p>{headline ?? question}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
