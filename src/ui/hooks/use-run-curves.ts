import { shallow, useShallow } from "zustand/shallow";
import type { RunCurves } from "../store/curves.ts";
import type { RunView } from "../store/run-view.ts";
import { usePage, type PageState } from "../store/store.ts";

/** The curves of all runs on the page; new only when one of them has a new point, and then only that one's. */
export function useRunCurves(): readonly RunCurves[] {
  return usePage(useShallow(allCurves));
}

let known: ReadonlyMap<string, RunCurves> = new Map();

function allCurves({ order, views }: PageState): RunCurves[] {
  const runs = order.map((key) => curvesOf(views[key]!, known.get(key)));
  known = new Map(runs.map((run) => [run.key, run]));
  return runs;
}

/** The one from before if nothing of it is new. */
function curvesOf({ key, title, source, run }: RunView, before: RunCurves | undefined): RunCurves {
  const { method, curve, evaluations, marks } = run;
  const now = { key, title, source, method, curve, evaluations, marks };
  return before !== undefined && shallow(before, now) ? before : now;
}
