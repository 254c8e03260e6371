/**
 * @file Gives the page its recorded runs: `results/*.json`, computed from docs/results/runs when the page is built, and
 * anew at each look while it is developed. Folders of runs that come later appear without a change here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { readAllStored, readItemRemarks } from "../src/cli/stored-results.ts";
import { eventsOfType, parseEvents } from "../src/experiments/recorded-runs.ts";
import { siteFiles, type Recordings } from "../src/experiments/site-files.ts";

const FOLDER = "results/";
const RECORDING = ".jsonl.gz";

/** The results' files of a repository, by their name. */
export function recordedResults(repository: string): Map<string, string> {
  const recordings = recordingsIn(path.join(repository, "public/recorded"));
  const results = path.join(repository, "docs/results");
  return siteFiles(readAllStored(results), recordings, readItemRemarks(results));
}

/** The recordings that the page can play, by the hash of their last weights. */
function recordingsIn(folder: string): Recordings {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((name) => name.endsWith(RECORDING));
  return new Map(
    files.flatMap((name) => {
      const events = parseEvents(gunzipSync(readFileSync(path.join(folder, name))).toString("utf8"));
      const end = eventsOfType(events, "runFinished").at(-1);
      return end === undefined ? [] : [[end.weightsHash, name.slice(0, -RECORDING.length)] as const];
    }),
  );
}

/** Puts the results' files beside the built page, and serves them while it is developed. */
export function resultsPlugin(repository: string): Plugin {
  return {
    name: "recorded-results",
    applyToEnvironment: ({ name }) => name === "client",
    generateBundle() {
      for (const [name, source] of recordedResults(repository)) {
        this.emitFile({ type: "asset", fileName: FOLDER + name, source });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /\/results\/([\w.-]+\.json)(?:\?.*)?$/.exec(request.url ?? "")?.[1];
        const file = name === undefined ? undefined : recordedResults(repository).get(name);
        if (file === undefined) {
          next();
          return;
        }
        response.setHeader("Content-Type", "application/json");
        response.end(file);
      });
    },
  };
}
