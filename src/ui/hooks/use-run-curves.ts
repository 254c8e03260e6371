import { useMemo } from "react";
import { useShallow } from "zustand/shallow";
import type { RunCurves } from "../store/curves.ts";
import { usePage } from "../store/store.ts";

const FIELDS = 7;

/** The curves of all runs on the page; new only when one of them has a new point. */
export function useRunCurves(): readonly RunCurves[] {
  const flat = usePage(
    useShallow(({ order, views }) =>
      order.flatMap((key) => {
        const { title, source, run } = views[key]!;
        return [key, title, source, run.method, run.curve, run.evaluations, run.marks] as const;
      }),
    ),
  );
  return useMemo(() => {
    const runs: RunCurves[] = [];
    for (let i = 0; i < flat.length; i += FIELDS) {
      const [key, title, source, method, curve, evaluations, marks] = flat.slice(i, i + FIELDS) as [
        string,
        string,
        RunCurves["source"],
        string,
        RunCurves["curve"],
        RunCurves["evaluations"],
        RunCurves["marks"],
      ];
      runs.push({ key, title, source, method, curve, evaluations, marks });
    }
    return runs;
  }, [flat]);
}
