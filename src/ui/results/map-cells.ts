/** @file The cells of the map over p and q: what the runs at each place reached. */
import { armOfPlace, GRID_P, GRID_Q, type PqPlace } from "../../experiments/p-q-grid.ts";
import type { SiteArm, SiteExperiment } from "../../experiments/site-schema.ts";

/** By what the places are compared. */
export type MapMeasure = "end" | "course";

/** A place of the map. */
export interface MapCell {
  readonly place: PqPlace;
  /** Held-out return in points, null where nothing was run. */
  readonly value: number | null;
  readonly runCount: number;
}

/** Rows of cells, the largest p first; the row of p = 0 has a single cell. */
export function mapRows(experiment: SiteExperiment | null, measure: MapMeasure): (readonly MapCell[])[] {
  return GRID_P.toReversed().map((p) =>
    (p === 0 ? [0] : GRID_Q).map((q): MapCell => {
      const arm = experiment?.arms.find(({ id }) => id === armOfPlace({ p, q }));
      return {
        place: { p, q },
        value: arm === undefined ? null : valueOf(arm, measure),
        runCount: arm?.heldOutReturn.count ?? 0,
      };
    }),
  );
}

function valueOf({ heldOutReturn, curve }: SiteArm, measure: MapMeasure): number | null {
  return measure === "end" ? heldOutReturn.mean : meanHeight(curve);
}

/** Area under the mean curve by trapezoids, divided by its width; null for fewer than two points. */
function meanHeight(curve: SiteArm["curve"]): number | null {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined || first[0] === last[0]) return null;
  const area = curve.slice(1).reduce((sum, [x, y], i) => sum + ((y + curve[i]![1]) / 2) * (x - curve[i]![0]), 0);
  return area / (last[0] - first[0]);
}
