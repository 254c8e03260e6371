import type { ResultsIndex } from "../../experiments/site-schema.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { asSentence } from "../format.ts";
import { usePage } from "../store/store.ts";
import { ViewShell } from "../views/ViewShell.tsx";
import { MAP_PATH } from "../view-address.ts";
import { ExperimentList } from "./ExperimentList.tsx";
import { ExperimentPage } from "./ExperimentPage.tsx";
import { FigureList } from "./FigureList.tsx";
import { FigurePage } from "./FigurePage.tsx";
import { PaperTable } from "./PaperTable.tsx";
import { PqMap } from "./PqMap.tsx";
import { fetchExperiment, fetchFigure, fetchResultsIndex } from "./site.ts";
import { useFetched, type Fetched } from "./use-fetched.ts";
import parts from "../views/view-parts.module.css";
import styles from "./ResultsView.module.css";

/** Figures of the paper have addresses like experiments. */
const FIGURE_ID = /^fig\d+$/;

/** Everything that is recorded: the paper's tables with our runs, the experiments, and each run of them. */
export function ResultsView() {
  const [experiment, run] = usePage((page) => page.viewPath);
  if (experiment === undefined) return <Overview />;
  if (FIGURE_ID.test(experiment)) return <Figure id={experiment} />;
  return <Experiment id={experiment} run={run ?? null} />;
}

function Overview() {
  const index = useFetched("index", fetchResultsIndex);
  return (
    <ViewShell view="results">
      <div className={classNames(parts.scroller, styles.results)}>
        <p className={styles.caution}>
          These are <b>toy worlds and a toy policy</b>: text worlds after the rules of ScienceWorld and WebShop, told in
          a few words, and a transformer of some hundred thousand weights. They show how the methods behave, not what
          they are worth for a large model. The paper’s numbers stand beside ours to compare the order of the methods,
          never the points.
        </p>
        <Waiting answer={index} />
        {index.state === "ready" && <Tables index={index.value} />}
      </div>
    </ViewShell>
  );
}

function Tables({ index }: { readonly index: ResultsIndex }) {
  return (
    <>
      {index.tables.map((table) => (
        <PaperTable key={table.id} table={table} cells={index.cells} />
      ))}
      <FigureList figures={index.figures} />
      <ExperimentList experiments={index.experiments} />
    </>
  );
}

function Figure({ id }: { readonly id: string }) {
  const answer = useFetched(id, fetchFigure);
  return (
    <ViewShell view="results" title={answer.state === "ready" ? answer.value.title : id}>
      <div className={classNames(parts.scroller, styles.results)}>
        <Waiting answer={answer} />
        {answer.state === "ready" && <FigurePage figure={answer.value} />}
      </div>
    </ViewShell>
  );
}

interface ExperimentProps {
  readonly id: string;
  readonly run: string | null;
}

function Experiment({ id, run }: ExperimentProps) {
  const answer = useFetched(id, fetchExperiment);
  const isMap = id === MAP_PATH[0];
  const title = answer.state === "ready" ? answer.value.title : isMap ? "p–q map" : id;
  return (
    <ViewShell view="results" title={title}>
      <div className={classNames(parts.scroller, styles.results)}>
        {isMap && <PqMap experiment={answer.state === "ready" ? answer.value : null} />}
        <Waiting answer={answer} />
        {answer.state === "ready" && <ExperimentPage experiment={answer.value} shownRun={run} />}
      </div>
    </ViewShell>
  );
}

function Waiting({ answer }: { readonly answer: Fetched<unknown> }) {
  if (answer.state === "loading") return <p className={controls.note}>Loading the recorded runs…</p>;
  if (answer.state === "failed") return <p className={controls.error}>{asSentence(answer.error)}</p>;
  return null;
}
