/** @file The map over p and q: its places and what they are called. The page shows them all, run or not. */
import { DEFAULT_CONFIG } from "../core/training/run-config.ts";

/** Id of the experiment whose runs fill the map. */
export const MAP_EXPERIMENT = "pq-map";

/** Probabilities p that a rollout reads tips, ascending. With 0 it is GRPO, and q changes nothing. */
export const MAP_P: readonly number[] = [0, 0.25, 0.5, 0.75];

/** Probabilities q that a rollout with tips is learned without them, ascending. */
export const MAP_Q: readonly number[] = [0, 1 / 3, 2 / 3, 1];

/** A place on the map. */
export interface MapPlace {
  readonly p: number;
  readonly q: number;
}

/** All places; where p is 0 there is one, whatever q. */
export function mapPlaces(): MapPlace[] {
  return MAP_P.flatMap((p) =>
    p === 0 ? [{ p, q: DEFAULT_CONFIG.offPolicyProbability }] : MAP_Q.map((q) => ({ p, q })),
  );
}

/** The arm of a place's runs. */
export function armOfPlace({ p, q }: MapPlace): string {
  return p === 0 ? "empo2-p-0" : `empo2-p-${p}-q-${q.toFixed(2)}`;
}

/** The place that is nearest to a setting. */
export function nearestPlace(setting: MapPlace): MapPlace {
  const distance = ({ p, q }: MapPlace): number =>
    Math.abs(p - setting.p) + (p === 0 ? 0 : Math.abs(q - setting.q) * setting.p);
  return mapPlaces().reduce((best, place) => (distance(place) < distance(best) ? place : best));
}
