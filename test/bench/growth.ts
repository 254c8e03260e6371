/** @file How the cost of an operation grows with its size, and where it stops growing in proportion. */
import { ContenderProcess } from "./contender-process.ts";
import { memoryGrowth } from "./host-costs.ts";
import { type ContenderId, CONTENDERS, type Growth, type GrowthPoint, type Operation, type Work } from "./results.ts";

const REPETITIONS = 5;
const LIMIT_MS = 120_000;
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

/** Curves of these contenders with a model, and of the memory. */
export async function measureGrowth(
  contenders: readonly ContenderId[],
  file: string,
  log: (text: string) => void,
): Promise<Growth[]> {
  const curves: Growth[] = [];
  for (const contender of contenders) {
    const process = await ContenderProcess.start(contender);
    await process.order({ type: "open", file });
    for (const { operation, axis, work, sizes } of AXES) {
      const points: GrowthPoint[] = [];
      for (const size of sizes) {
        const ms = await shortestOf(process, { operation, ...work(size) });
        points.push({ size, ms });
        if (ms > LONG_MS) break;
      }
      curves.push({ title: operation === "decode" ? "one token of each episode" : operation, axis, contender, points });
      log(`growth, ${CONTENDERS[contender].title}, ${operation} by ${axis}: ${points.map(({ ms }) => ms.toFixed(1)).join(" ")}`);
    }
    process.end();
  }
  return [...curves, ...memoryGrowth()];
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
