/** @file The table of a benchmark: cells round by round, contenders by turns, so that load meets all of them alike. */
import { ContenderProcess } from "./contender-process.ts";
import {
  BATCHES,
  type Cell,
  type ContenderId,
  type MemoryRecord,
  type ModelSize,
  OPERATIONS,
  PROMPT_LENGTH,
  ROW_LENGTH,
  type Sample,
  type Work,
} from "./results.ts";

/** How much is measured. */
export interface TableOptions {
  readonly contenders: readonly ContenderId[];
  readonly sizes: readonly ModelSize[];
  readonly rounds: number;
  /** Longest call that is waited for, milliseconds. */
  readonly limitMs: number;
  /** Time for the rounds of one cell, milliseconds: slow contenders get fewer rounds. */
  readonly cellMs: number;
  /** The base policy's file of a size. */
  readonly fileOf: (size: ModelSize) => string;
  readonly log: (text: string) => void;
  /** Told what there is after each size, so that a long run loses little. */
  readonly onSize: (table: Table) => Promise<void>;
}

const REFERENCE: ContenderId = "ours-wasm";

interface Entry {
  readonly id: ContenderId;
  process: ContenderProcess | null;
}

/** Everything that was measured, and what the contenders say of themselves. */
export interface Table {
  readonly cells: readonly Cell[];
  readonly memory: readonly MemoryRecord[];
  readonly notes: Readonly<Partial<Record<ContenderId, readonly string[]>>>;
}

/** Fills the table, smallest models first. */
export async function fillTable(options: TableOptions): Promise<Table> {
  const [cells, memory]: [Cell[], MemoryRecord[]] = [[], []];
  const notes: Partial<Record<ContenderId, readonly string[]>> = {};
  /** Contenders that took too long for an operation; larger work would only take longer. */
  const tooSlow = new Set<string>();
  for (const size of options.sizes) {
    const entries = options.contenders.map((id): Entry => ({ id, process: null }));
    for (const batch of BATCHES) {
      for (const operation of OPERATIONS) {
        const length = operation === "update" ? ROW_LENGTH : PROMPT_LENGTH;
        const found = await fillCells(entries, size, { operation, batch, length }, { ...options, tooSlow, notes });
        cells.push(...found);
        options.log(`${size.name}, ${batch} × ${operation}: ${found.map(shortly).join(", ")}`);
      }
    }
    for (const { id, process } of entries) {
      if (process === null || !process.isAlive) continue;
      memory.push({ contender: id, model: size.name, ...(await process.order({ type: "memory" })) });
      process.end();
    }
    await options.onSize({ cells, memory, notes });
  }
  return { cells, memory, notes };
}

function shortly({ contender, samples, problem }: Cell): string {
  const ms = samples.map((sample) => sample.ms.toFixed(samples[0]!.ms < 10 ? 2 : 0)).join(" ");
  return `${contender} ${problem ?? ms}`;
}

interface CellOptions extends TableOptions {
  readonly tooSlow: Set<string>;
  readonly notes: Partial<Record<ContenderId, readonly string[]>>;
}

async function fillCells(
  entries: readonly Entry[],
  size: ModelSize,
  work: Work,
  options: CellOptions,
): Promise<Cell[]> {
  const { first, problems } = await warmUp(entries, size, work, options);
  const samples = new Map<ContenderId, (Sample | null)[]>(entries.map(({ id }) => [id, []]));
  for (let round = 0; round < options.rounds; round++) {
    // By turns, and each time another one begins.
    const turn = entries.map((_, i) => entries[(i + round) % entries.length]!);
    for (const entry of turn) {
      const [warm, list] = [first.get(entry.id), samples.get(entry.id)!];
      if (warm === undefined || !hasTime(warm, list, work, { ...options, round })) continue;
      list.push(await attempt(entry, size, work, options).catch(() => null));
    }
  }
  const reference = samples.get(REFERENCE) ?? [];
  return entries.map(({ id }): Cell => {
    const own = samples.get(id)!;
    const once = own.length === 0 && first.has(id) ? "one call, the first: too slow for more" : null;
    const ratios = own.flatMap((sample, round) => {
      const other = reference[round];
      return sample === null || other == null ? [] : [sample.ms / other.ms];
    });
    return {
      ...{ contender: id, model: size.name, operation: work.operation, batch: work.batch },
      samples: own.filter((sample) => sample !== null),
      ratios,
      firstMs: first.get(id)?.ms ?? null,
      problem: problems.get(id) ?? once,
    };
  });
}

/** The first call of each, which compiles; or why there is none. */
async function warmUp(entries: readonly Entry[], size: ModelSize, work: Work, options: CellOptions) {
  const first = new Map<ContenderId, Sample>();
  const problems = new Map<ContenderId, string>();
  for (const entry of entries) {
    const key = `${entry.id} ${work.operation}`;
    if (options.tooSlow.has(key)) {
      problems.set(entry.id, `not tried: took over ${options.limitMs / 1000} s for less`);
      continue;
    }
    const sample = await attempt(entry, size, work, options).catch((error: unknown) => String(error));
    if (typeof sample !== "string") first.set(entry.id, sample);
    else {
      problems.set(entry.id, sample.split("\n")[0]!);
      if (sample.includes("no answer")) options.tooSlow.add(key);
    }
  }
  return { first, problems };
}

/** Whether a contender takes part in a round: in the first in any case, so that counts are those of a warm shape. */
function hasTime(
  warm: Sample,
  list: readonly (Sample | null)[],
  work: Work,
  { round, cellMs }: { readonly round: number; readonly cellMs: number },
): boolean {
  const fastest = Math.min(...[warm, ...list].map((sample) => (sample === null ? Infinity : callMs(sample, work))));
  return list.length === round && (round === 0 || fastest * (round + 1) <= cellMs);
}

/** A decoding sample is one token; the call writes a whole turn. */
function callMs({ ms }: Sample, { operation }: Work): number {
  return operation === "decode" ? ms * 8 : ms;
}

async function attempt(entry: Entry, size: ModelSize, work: Work, options: CellOptions): Promise<Sample> {
  if (entry.process === null || !entry.process.isAlive) {
    entry.process = await ContenderProcess.start(entry.id);
    const { note } = await entry.process.order({ type: "open", file: options.fileOf(size) });
    options.notes[entry.id] = [...entry.process.notes, note];
  }
  return entry.process.order({ type: "perform", work }, options.limitMs);
}
