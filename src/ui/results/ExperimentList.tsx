import { useState } from "react";
import type { ResultsIndex } from "../../experiments/site-schema.ts";
import controls from "../components/controls.module.css";
import { FilterInput } from "../components/FilterInput.tsx";
import { plural } from "../format.ts";
import { hashOfView } from "../view-address.ts";
import { hasAllWords } from "../words.ts";
import styles from "./ResultsView.module.css";

type Experiments = ResultsIndex["experiments"];

/** All experiments, with what came out of each; those that are only planned are folded away. */
export function ExperimentList({ experiments }: { readonly experiments: Experiments }) {
  const [filter, setFilter] = useState("");
  const found = experiments.filter(({ title, question, headline }) =>
    hasAllWords(`${title} ${headline ?? question}`, filter),
  );
  const run = found.filter(({ finished }) => finished > 0);
  const planned = found.filter(({ finished }) => finished === 0);
  return (
    <section className={styles.section} aria-labelledby="experiments">
      <div className={styles.sectionHead}>
        <h3 id="experiments">Experiments</h3>
        <FilterInput label="Filter the experiments by words" value={filter} onChange={setFilter} />
        <span className={controls.note} role="status">
          {filter.trim() === "" ? "" : `${found.length} of ${plural(experiments.length, "experiment")}`}
        </span>
      </div>
      <Entries experiments={run} />
      {planned.length > 0 && (
        <details className={controls.details}>
          <summary>{plural(planned.length, "experiment")} planned and not run</summary>
          <Entries experiments={planned} />
        </details>
      )}
    </section>
  );
}

function Entries({ experiments }: { readonly experiments: Experiments }) {
  return (
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
  );
}
