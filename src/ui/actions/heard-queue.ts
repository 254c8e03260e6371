/** @file Gathers what is heard of the runs and applies it once per frame; in a hidden tab once per second. */
import { coalesced } from "../store/coalesce.ts";
import { applyHeard, usePage, type Heard } from "../store/store.ts";

const HIDDEN_DELAY_MS = 1000;
/** What waits is bounded, even where frames and timers do not come. */
const MOST_WAITING = 1000;

let waiting: Heard[] = [];
let isScheduled = false;

/** Takes something heard; the page shows it at the next frame. */
export function hear(item: Heard): void {
  waiting.push(item);
  if (waiting.length >= MOST_WAITING) applyNow();
  if (isScheduled) return;
  isScheduled = true;
  if (document.hidden) setTimeout(applyNow, HIDDEN_DELAY_MS);
  else requestAnimationFrame(applyNow);
}

/** Applies everything at once, before something that relies on it. */
export function applyNow(): void {
  isScheduled = false;
  if (waiting.length === 0) return;
  const heard = coalesced(waiting);
  waiting = [];
  usePage.setState(({ views }) => ({ views: applyHeard(views, heard) }));
}

// A frame asked for before the tab was hidden comes only when it is shown again.
document.addEventListener("visibilitychange", applyNow);
