/** @file How arms look: a method like everywhere, further variants of it in other colours and dashes. */
import type { SiteArm } from "../../experiments/site-schema.ts";
import { runStyle, type RunStyle } from "../panels/run-styles.ts";

const COLORS = ["--update", "--third", "--gigpo", "--retrospex", "--context-distillation", "--bad", "--past"];
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];
const VARIANTS: readonly RunStyle[] = DASHES.flatMap((dash) => COLORS.map((color) => ({ color, dash })));

/** Something that is drawn as a line; `arm` only where the id is not the arm's. */
export interface StyledArm extends Pick<SiteArm, "id" | "method"> {
  readonly arm?: string;
}

/**
 * A style for each arm by its id. A method as it is looks like everywhere, and so does its first variant where the method
 * as it is is not among the arms; the others look different, in colours that no method here has as long as there are any.
 */
export function armStyles(arms: readonly StyledArm[]): Map<string, RunStyle> {
  const leaders = new Map<string, string>();
  for (const { id, method, arm = id } of arms.toSorted((a, b) => Number(isAsItIs(b)) - Number(isAsItIs(a)))) {
    if (method !== null && !leaders.has(method)) leaders.set(method, arm);
  }
  const ofMethods = new Map([...leaders.keys()].map((method) => [method, runStyle({ method, source: "live" }, 0)]));
  const taken = new Set([...ofMethods.values()].map(({ color }) => color));
  const free = VARIANTS.filter(({ color }) => !taken.has(color));
  const variants = [...free, ...VARIANTS.filter(({ color }) => taken.has(color))];
  let count = 0;
  return new Map(
    arms.map(({ id, method, arm = id }) => {
      const own = method !== null && leaders.get(method) === arm ? ofMethods.get(method) : undefined;
      return [id, own ?? variants[count++ % variants.length]!];
    }),
  );
}

function isAsItIs({ id, method, arm = id }: StyledArm): boolean {
  return method === arm;
}
