import { lazy, Suspense } from "react";
import { closeHandPlay, openHandPlay } from "../actions/hand-actions.ts";
import { methodTitle } from "../actions/run-title.ts";
import { Icon } from "../components/Icon.tsx";
import { Panel } from "../components/Panel.tsx";
import controls from "../components/controls.module.css";
import { shownRollout, shownView, usePage } from "../store/store.ts";
import { WatchPanel } from "./WatchPanel.tsx";
import styles from "./WorldPanel.module.css";

/** Fetched when someone plays, so that the first picture does not wait for it. */
const PlayPanel = lazy(async () => ({ default: (await import("./PlayPanel.tsx")).PlayPanel }));

/** The text world: any rollout of the run turn by turn, or played by hand. */
export function WorldPanel() {
  const hand = usePage((state) => state.hand);
  const rollout = usePage(shownRollout);
  const isActive = usePage((state) => shownView(state)?.run.phase === "rollout");
  const isLive = usePage((state) => state.liveKeys.length > 0);
  const isPlaying = hand.isOpen && hand.task !== null;
  return (
    <Panel id="world" title="World" isActive={isActive} aside={<Aside isPlaying={isPlaying} />}>
      {isPlaying && (
        <Suspense fallback={<p className={controls.empty}>Loading…</p>}>
          <PlayPanel task={hand.task} />
        </Suspense>
      )}
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

function Aside({ isPlaying }: { readonly isPlaying: boolean }) {
  const method = usePage((state) => shownView(state)?.run.method ?? "");
  const isWide = usePage((state) => state.isWorldWide);
  return (
    <>
      {method !== "" && !isPlaying && <span>{methodTitle(method)} acts</span>}
      <span className={styles.tabs} role="group" aria-label="Who acts">
        <button type="button" aria-pressed={!isPlaying} onClick={closeHandPlay}>
          Watch
        </button>
        <button type="button" data-testid="play" aria-pressed={isPlaying} onClick={openHandPlay}>
          Play it yourself
        </button>
      </span>
      <button
        type="button"
        className={controls.icon}
        aria-pressed={isWide}
        aria-label="The world on the whole page"
        title="The world on the whole page"
        onClick={() => usePage.setState({ isWorldWide: !isWide })}
      >
        <Icon name={isWide ? "shrink" : "widen"} />
      </button>
    </>
  );
}
