/**
 * @file Leaves out of what was heard whatever something later makes void, so that a worker that is faster than the screen
 * costs the page no more than one that is not. The fold of the rest is the same. Pure.
 */
import type { TrainingEvent } from "../../core/events/training-event.ts";
import type { WorkerMessage } from "../../protocol/messages.ts";
import type { Heard } from "./store.ts";

/** Messages of which only the newest counts. */
const LATEST_COUNTS: ReadonlySet<WorkerMessage["type"]> = new Set(["tips", "saved", "backend", "pong"]);

/** What was heard, in order, without what is void. */
export function coalesced(heard: readonly Heard[]): Heard[] {
  /** Kinds of messages that came later, by run. */
  const later = new Map<string, Set<string>>();
  /** Runs whose rollouts under way are over later. */
  const isOver = new Set<string>();
  const kept: Heard[] = [];
  for (let i = heard.length - 1; i >= 0; i--) {
    const item = keptPart(heard[i]!, later, isOver);
    if (item !== null) kept.push(item);
  }
  return kept.reverse();
}

function keptPart(item: Heard, later: Map<string, Set<string>>, isOver: Set<string>): Heard | null {
  if (!("message" in item)) return item;
  const { key, message } = item;
  if (message.type === "events") {
    const events = keptEvents(message.events, isOver.has(key), () => isOver.add(key));
    return events.length === message.events.length ? item : { key, message: { ...message, events } };
  }
  if (!LATEST_COUNTS.has(message.type)) return item;
  const types = later.get(key) ?? new Set();
  later.set(key, types);
  if (types.has(message.type)) return null;
  types.add(message.type);
  return item;
}

/** Turns of rollouts that are told whole later are left out. */
function keptEvents(events: readonly TrainingEvent[], isOverLater: boolean, tellOver: () => void): TrainingEvent[] {
  let isOver = isOverLater;
  const kept: TrainingEvent[] = [];
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i]!;
    const isTurn = event.type === "turnTaken" || event.type === "tipsRetrieved";
    if (!isTurn || !isOver) kept.push(event);
    if (event.type === "rolloutsFinished") isOver = true;
  }
  if (isOver) tellOver();
  return kept.reverse();
}
