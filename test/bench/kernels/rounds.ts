/** @file Ours and plain ops by turns, so that what else the machine does meets both alike. */

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Each is run again until so many milliseconds are over. */
  readonly sampleMs: number;
}

/** Runs so many times; gives the milliseconds of one run. */
export type TimedRun = (times: number) => number | Promise<number>;

const MOST_TIMES = 500;

/** Milliseconds by round of each contender; the first run of each warms up. */
export async function byTurns(contenders: readonly TimedRun[], { rounds, sampleMs }: Effort): Promise<number[][]> {
  const times: number[] = [];
  for (const run of contenders) {
    await run(1);
    const once = await run(1);
    times.push(Math.min(MOST_TIMES, Math.max(1, Math.ceil(sampleMs / once))));
  }
  const samples: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const i = (turn + round) % contenders.length;
      samples[i]!.push(await contenders[i]!(times[i]!));
    }
  }
  return samples;
}
