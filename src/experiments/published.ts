/** @file The paper's numbers (arXiv 2602.23008, tables 1 and 2), to stand beside ours. Not comparable: another policy. */

/** Table 1: mean return on unseen variations, memory off, points. */
export interface PublishedReturns {
  readonly task: string;
  readonly naive: number;
  readonly reflexion: number;
  readonly retrospex: number;
  readonly grpo: number;
  readonly empo2: number;
}

function row(task: string, returns: readonly [number, number, number, number, number]): PublishedReturns {
  const [naive, reflexion, retrospex, grpo, empo2] = returns;
  return { task, naive, reflexion, retrospex, grpo, empo2 };
}

/** Table 1, in its order. The paper says 19 tasks and lists 18. */
export const PUBLISHED_TABLE_1: readonly PublishedReturns[] = [
  row("chemistry-mix", [-42, 1.2, 20.8, 12.4, 42.7]),
  row("chemistry-mix-paint-secondary-color", [-33, 0, 27.8, 7.1, 33.3]),
  row("chemistry-mix-paint-tertiary-color", [-33.9, 36.9, 7.6, 42.6, 39.2]),
  row("find-animal", [-58.2, 39.5, 25.9, 72.4, 100]),
  row("find-living-thing", [-65.1, 36.6, 20.6, 68.7, 100]),
  row("find-non-living-thing", [-35.9, 4.8, 89.1, 24.7, 100]),
  row("find-plant", [-47.1, 15.1, 23, 46.2, 100]),
  row("identify-life-stages-1", [-48.9, 9.2, 19, 17.9, 36.2]),
  row("identify-life-stages-2", [-50.7, 33.8, 11, 39.5, 56.3]),
  row("lifespan-longest-lived", [-51.8, 44.6, 55, 78.2, 100]),
  row("lifespan-longest-lived-then-shortest-lived", [-56.2, 34.1, 38, 62.3, 100]),
  row("lifespan-shortest-lived", [-56.8, 6.1, 67, 20.6, 100]),
  row("power-component", [-90, 6.3, 8.2, 15.1, 94.3]),
  row("power-component-renewable-vs-nonrenewable-energy", [-85, 11.7, 10, 24.6, 92.6]),
  row("test-conductivity", [-86.9, 13.2, 60, 27.8, 89.5]),
  row("test-conductivity-of-unknown-substances", [-81.7, 2.6, 65.5, 9.5, 71.4]),
  row("measure-melting-point-known-substance", [-97.5, 11.4, 26.5, 19.8, 27.6]),
  row("use-thermometer", [-83.7, 0.9, 32.5, 7.6, 82.7]),
];

/** Table 2: score in points and success in percent, by arm. */
export const PUBLISHED_TABLE_2: Readonly<Record<string, readonly [score: number, success: number]>> = {
  naive: [26.4, 7.8],
  reflexion: [58.1, 28.8],
  retrospex: [73.1, 60.4],
  grpo: [79.3, 66.1],
  gigpo: [84.4, 72.8],
  "gigpo-without-std": [86.2, 75.2],
  empo2: [88.3, 76.9],
};
