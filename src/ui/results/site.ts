/** @file Fetches what is recorded of the experiments, each file once, and checks it. */
import * as v from "valibot";
import {
  EXPERIMENT_SCHEMA,
  FIGURE_SCHEMA,
  RESULTS_INDEX_SCHEMA,
  type ResultsIndex,
  type SiteExperiment,
  type SiteFigure,
} from "../../experiments/site-schema.ts";

const fetched = new Map<string, Promise<unknown>>();

/**
 * The experiments and the cells of the tables.
 *
 * @throws {Error} if the file is not there or not what the build writes
 */
export async function fetchResultsIndex(): Promise<ResultsIndex> {
  return v.parse(RESULTS_INDEX_SCHEMA, await fetchOnce("index.json"));
}

/**
 * An experiment with its arms and runs.
 *
 * @throws {Error} if the file is not there or not what the build writes
 */
export async function fetchExperiment(id: string): Promise<SiteExperiment> {
  return v.parse(EXPERIMENT_SCHEMA, await fetchOnce(`${id}.json`));
}

/**
 * A figure of the paper from our runs.
 *
 * @throws {Error} if the file is not there or not what the build writes
 */
export async function fetchFigure(id: string): Promise<SiteFigure> {
  return v.parse(FIGURE_SCHEMA, await fetchOnce(`${id}.json`));
}

/** A file that could not be fetched is asked for again the next time. */
function fetchOnce(name: string): Promise<unknown> {
  const known = fetched.get(name);
  if (known !== undefined) return known;
  const answer = fetchJson(new URL(`results/${encodeURIComponent(name)}`, document.baseURI));
  fetched.set(name, answer);
  answer.catch(() => fetched.delete(name));
  return answer;
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url);
  if (response.status === 404) {
    throw new Error("There are no recorded runs of this name. “Results”, above, lists all that there are.");
  }
  if (!response.ok) throw new Error(`The recorded runs could not be loaded (${response.status}).`);
  return response.json();
}
