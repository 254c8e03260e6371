/** @file How arms look: a method as it is like everywhere, its variants in further colours and dashes. */
import type { SiteArm } from "../../experiments/site-schema.ts";
import { runStyle, type RunStyle } from "../panels/run-styles.ts";

const COLORS = ["--update", "--third", "--gigpo", "--retrospex", "--context-distillation", "--bad", "--past"];
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

/** Something that is drawn as a line; `arm` only where the id is not the arm's. */
export interface StyledArm extends Pick<SiteArm, "id" | "method"> {
  readonly arm?: string;
}

/** A style for each arm by its id; no two of up to 21 variants look alike. */
export function armStyles(arms: readonly StyledArm[]): Map<string, RunStyle> {
  let variants = 0;
  return new Map(
    arms.map(({ id, method, arm = id }) => {
      if (method === arm) return [id, runStyle({ method, source: "live" }, 0)];
      const place = variants++;
      const dash = DASHES[Math.floor(place / COLORS.length) % DASHES.length]!;
      return [id, { color: COLORS[place % COLORS.length]!, dash }];
    }),
  );
}
