/** @file How the cost of an operation grows with its size, and where it stops growing in proportion. */
import { ContenderProcess } from "./contender-process.ts";
import type { ContenderId, Growth, GrowthPoint, Operation, Work } from "./results.ts";

const REPETITIONS = 5;
const LIMIT_MS = 40_000;
/** A curve ends after a call that took longer, milliseconds. */
const LONG_MS = 6000;
const LENGTH = 128;
const BATCH = 8;

interface Axis {
  readonly operation: Operation;
  readonly axis: string;
  readonly work: (size: number) => Omit<Work, "operation">;
  readonly sizes: readonly number[];
}

const ROWS: readonly number[] = [4, 8, 16, 32, 64];
const LENGTHS: readonly number[] = [32, 64, 128, 256, 448];
const byBatch = (batch: number): Omit<Work, "operation"> => ({ batch, length: LENGTH });
const byLength = (length: number): Omit<Work, "operation"> => ({ batch: BATCH, length });

const AXES: readonly Axis[] = [
  { operation: "update", axis: `rows of ${LENGTH} tokens`, work: byBatch, sizes: ROWS },
  { operation: "update", axis: `tokens of each of ${BATCH} rows`, work: byLength, sizes: LENGTHS },
  { operation: "decode", axis: `episodes at position ${LENGTH}`, work: byBatch, sizes: ROWS },
  { operation: "decode", axis: `position of ${BATCH} episodes`, work: byLength, sizes: LENGTHS },
  { operation: "iteration", axis: "episodes", work: (batch) => ({ batch, length: 0 }), sizes: [8, 16, 32, 64] },
];

/** Curves of a contender with a model. */
export async function measureGrowth(
  contender: ContenderId,
  file: string,
  log: (text: string) => void,
): Promise<Growth[]> {
  const curves: Growth[] = [];
  let process: ContenderProcess | null = null;
  for (const axis of AXES) {
    if (process?.isAlive !== true) {
      process = await ContenderProcess.start(contender);
      await process.order({ type: "open", file });
    }
    const points = await pointsOf(process, axis);
    const title = axis.operation === "decode" ? "one token of each episode" : axis.operation;
    curves.push({ title, axis: axis.axis, contender, points });
    log(`growth, ${contender}, ${title} by ${axis.axis}: ${points.map(({ ms }) => ms.toFixed(1)).join(" ")}`);
  }
  process?.end();
  return curves;
}

/** Ends before a size that takes too long. */
async function pointsOf(process: ContenderProcess, { operation, work, sizes }: Axis): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const size of sizes) {
    const ms = await shortestOf(process, { operation, ...work(size) }).catch(() => null);
    if (ms === null) break;
    points.push({ size, ms });
    if (ms > LONG_MS) break;
  }
  return points;
}

/** The shortest of some calls: a curve must show the work, not who else was busy. */
async function shortestOf(process: ContenderProcess, work: Work): Promise<number> {
  let shortest = Infinity;
  for (let i = 0; i <= REPETITIONS; i++) {
    const { ms } = await process.order({ type: "perform", work }, LIMIT_MS);
    if (i > 0) shortest = Math.min(shortest, ms);
    if (i > 0 && ms > LONG_MS / REPETITIONS) break;
  }
  return shortest;
}

/**
 * The first size from which on a doubling costs more than 1.25 times what proportion says, seen from the size where a unit
 * is cheapest; null if there is none.
 */
export function endOfProportion(points: readonly GrowthPoint[]): number | null {
  const ofUnit = points.map(({ size, ms }) => ms / size);
  const cheapest = ofUnit.indexOf(Math.min(...ofUnit));
  return points.find((_, i) => i > cheapest && ofUnit[i]! > 1.25 * ofUnit[cheapest]!)?.size ?? null;
}
