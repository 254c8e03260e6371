import { useState } from "react";
import { Panel } from "../components/Panel.tsx";
import controls from "../components/controls.module.css";
import { methodTitle } from "../actions/run-title.ts";
import { shownRollout, shownView, usePage } from "../store/store.ts";
import { PlayPanel } from "./PlayPanel.tsx";
import { WatchPanel } from "./WatchPanel.tsx";
import styles from "./WorldPanel.module.css";

/** The text world: any rollout of the run turn by turn, or played by hand. */
export function WorldPanel() {
  const [isPlaying, setIsPlaying] = useState(false);
  const rollout = usePage(shownRollout);
  const isActive = usePage((state) => shownView(state)?.run.phase === "rollout");
  const isLive = usePage((state) => state.liveKeys.length > 0);
  const method = usePage((state) => shownView(state)?.run.method ?? "");
  return (
    <Panel
      id="world"
      title="World"
      isActive={isActive}
      aside={
        <>
          {method !== "" && !isPlaying && <span>{methodTitle(method)} acts</span>}
          <span className={styles.tabs} role="group" aria-label="Who acts">
            <button type="button" aria-pressed={!isPlaying} onClick={() => setIsPlaying(false)}>
              Watch
            </button>
            <button type="button" aria-pressed={isPlaying} onClick={() => setIsPlaying(true)}>
              Play it yourself
            </button>
          </span>
        </>
      }
    >
      {isPlaying && <PlayPanel shownTask={rollout?.task ?? null} />}
      {!isPlaying && rollout !== null && <WatchPanel rollout={rollout} />}
      {!isPlaying && rollout === null && (
        <p className={controls.empty} data-testid="rollout">
          {isLive
            ? "The first episode appears here as soon as the run has started."
            : "No rollout yet. Press Train and watch the first episode here, or play it yourself."}
        </p>
      )}
    </Panel>
  );
}
