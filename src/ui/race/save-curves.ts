import { runTitle } from "../actions/run-title.ts";
import { curvesCsv, downloadFile } from "../export.ts";
import { emptyView } from "../store/run-view.ts";
import { useRace } from "./race-store.ts";

/** Offers the curves of all racers as one CSV file. */
export function saveRaceCurves(): void {
  const views = useRace.getState().racers.map(({ key, config, run }) => {
    const { method } = config;
    return { ...emptyView({ key, title: runTitle(config), source: "live", method, config }), run };
  });
  downloadFile("empo2-race.csv", [curvesCsv(views)], "text/csv");
}
