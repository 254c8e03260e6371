import { useEffect } from "react";
import { isRunning, pause, step, train } from "../actions/live-runs.ts";
import { reset } from "../actions/reset.ts";
import { stepTurn } from "../panels/WatchPanel.tsx";
import { usePage } from "../store/store.ts";

const HELP = "?";

const ACTIONS: Readonly<Record<string, () => void>> = {
  " ": () => (isRunning() && !usePage.getState().isPausing ? pause() : train()),
  ArrowRight: () => stepTurn(1),
  ArrowLeft: () => stepTurn(-1),
  s: step,
  r: () => reset("same"),
  [HELP]: () => usePage.setState(({ isHelpOpen }) => ({ isHelpOpen: !isHelpOpen })),
};

/** Elements that use the keys themselves. */
const TYPING = "input, select, textarea, [contenteditable], [role=menu], dialog[open]";
const PRESSABLE = "button, a, summary, [role=button]";

/** In the other views the run is out of sight, and Space scrolls. */
function isOutOfSight(name: string): boolean {
  return name !== HELP && usePage.getState().view !== "run";
}

/** The page's keys; not while someone types, and not in place of a button that has the focus. */
export function useKeyboard(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element))
        return;
      if (target.closest(TYPING) !== null) return;
      if (key === " " && target.closest(PRESSABLE) !== null) return;
      const name = key.length === 1 ? key.toLowerCase() : key;
      if (!Object.hasOwn(ACTIONS, name) || isOutOfSight(name)) return;
      event.preventDefault();
      ACTIONS[name]!();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
