import { useMemo } from "react";
import controls from "../components/controls.module.css";
import { ViewShell } from "../views/ViewShell.tsx";
import { methodResults } from "./race-curves.ts";
import { useRace } from "./race-store.ts";
import { RaceBoard, RacerTable } from "./RaceBoard.tsx";
import { RaceChart } from "./RaceChart.tsx";
import { RaceProgress, RaceSetup } from "./RaceSetup.tsx";
import parts from "../views/view-parts.module.css";
import styles from "./Race.module.css";

/** Methods side by side, live: the same settings, seeds and number of episodes, each run in a worker of its own. */
export function RaceView() {
  const racers = useRace(({ racers: all }) => all);
  // Curves change with evaluations only, the racers with every step of a run.
  const evaluated = racers.map(({ run, state }) => `${run.evaluations.length}${state}`).join();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
  const results = useMemo(() => methodResults(racers), [evaluated]);
  return (
    <ViewShell view="race">
      <div className={parts.scroller}>
        <RaceSetup />
        {racers.length === 0 ? (
          <p className={controls.note}>
            Every run starts from the same base policy; all methods get the same seeds and the same number of episodes
            per iteration. Nothing of a race is stored: your own run is left alone.
          </p>
        ) : (
          <>
            <RaceProgress />
            <div className={styles.columns}>
              <RaceChart racers={racers} results={results} />
              <RaceBoard results={results} />
            </div>
            <RacerTable racers={racers} />
          </>
        )}
      </div>
    </ViewShell>
  );
}
