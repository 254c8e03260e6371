/** @file The page docs/performance.md, computed from a recorded benchmark. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { median, quantile } from "../../src/experiments/statistics.ts";
import { endOfProportion } from "./growth.ts";
import { kernelsText } from "./kernels/section.ts";
import { digits, table } from "./markdown.ts";
import {
  BATCHES,
  type BenchRecord,
  type Cell,
  CONTENDERS,
  type ContenderId,
  type Growth,
  KERNELS_FILE,
  type KernelsRecord,
  LEARNING_FILE,
  type LearningRun,
  MODEL_SIZES,
  type Operation,
  OPERATIONS,
  PROMPT_LENGTH,
  ROW_LENGTH,
  TURN_TOKENS,
  type WorldRecord,
  WORLDS_FILE,
} from "./results.ts";

const OPERATION_TITLES: Readonly<Record<Operation, string>> = {
  update: `Update: one optimizer step on rows of ${ROW_LENGTH} tokens`,
  prefill: `Prefill: ${PROMPT_LENGTH} tokens read and one written by each episode`,
  decode: `Decode: one token of each episode, from position ${PROMPT_LENGTH}, in a turn of ${TURN_TOKENS}`,
  iteration: "One iteration of EMPO² in the teaching world: rollouts, tips, memory, update",
};

/** The latest record of a folder. */
export function newestRecord(folder: string): BenchRecord {
  const records = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as BenchRecord);
  const newest = records.sort((a, b) => a.date.localeCompare(b.date)).at(-1);
  if (newest === undefined) throw new Error(`bench report: a record in ${folder}, got none`);
  return newest;
}

/** What is measured apart from the table; empty or null where it was not. */
export interface Apart {
  readonly kernels: KernelsRecord | null;
  readonly learning: readonly LearningRun[];
  readonly worlds: readonly WorldRecord[];
}

/** The measurements of a folder that are made apart from the table. */
export function measuredApart(folder: string): Apart {
  const read = (file: string, empty: unknown): unknown => {
    const place = path.join(folder, path.basename(file));
    return existsSync(place) ? JSON.parse(readFileSync(place, "utf8")) : empty;
  };
  return {
    kernels: read(KERNELS_FILE, null) as KernelsRecord | null,
    learning: read(LEARNING_FILE, []) as LearningRun[],
    worlds: read(WORLDS_FILE, []) as WorldRecord[],
  };
}

/** The page of a folder of records, as the formatter of the repository leaves it. */
export function formattedPage(folder: string): Promise<string> {
  const page = performancePage(newestRecord(folder), measuredApart(folder));
  return format(page, { parser: "markdown", printWidth: 150 });
}

/** The whole page. */
export function performancePage(record: BenchRecord, { kernels, learning, worlds }: Apart): string {
  return [
    "# Performance",
    introduction(record),
    targets(record),
    ...OPERATIONS.map((operation) => `## ${OPERATION_TITLES[operation]}\n\n${operationTable(record, operation)}`),
    "## What a step costs WebGPU\n",
    "Calls and bytes of one call after the first of a shape, exact. A decoding turn is one call.",
    countsTable(record),
    "## Memory\n",
    memoryTable(record),
    "## One core\n",
    peakText(record),
    "## Each kernel by itself\n",
    kernelsText(kernels),
    "## What an iteration costs beside the policy\n",
    overheadText(record),
    "## The page\n",
    pageText(record),
    "## How cost grows\n",
    "Each the shortest of a few calls. A unit is what the axis counts. “From” is the first size at which a unit costs over 1.25 times what it costs at its cheapest.",
    growthTable(record.growth),
    "## The same runs on each backend\n",
    learningText(learning),
    "## The worlds\n",
    worldsText(worlds),
  ].join("\n\n");
}

function introduction({ date, commit, measuredAgain, machine, versions, notes, cells }: BenchRecord): string {
  const again = Object.entries(measuredAgain ?? {}).map(([what, of]) => `${what} at \`${of.slice(0, 9)}\``);
  const later = again.length === 0 ? "" : ` Measured again by itself: ${again.join(", ")}.`;
  const missing = MODEL_SIZES.filter(({ name }) => !cells.some(({ model }) => model === name)).map(({ name }) => name);
  const partial =
    missing.length === 0 ? "" : ` **The run was ended early: nothing was measured of ${missing.join(" and ")}.**`;
  const { processor, threads, node, adapter, isSoftwareAdapter, load } = machine;
  const software = isSoftwareAdapter
    ? " **That is a software adapter: its times say how a processor plays graphics card and nothing about a GPU; nothing is tuned for it. Its counts are those of any device.**"
    : "";
  return [
    "Written by `npm run bench` from one recorded run in `bench/results`; do not edit. `npm run bench -- --report` writes it again.",
    `${date.slice(0, 10)}, commit \`${commit.slice(0, 9)}\`, ${processor}, ${threads} threads, Node ${node}, load at the start ${load[0]!.toFixed(1)}; ` +
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}. WebGPU is Dawn on “${adapter}”.${later}${software}${partial}`,
    "Each contender is a process of its own that trains the same weights through the same interface (`Policy`), draws the same tokens and gets the same rows. “tfjs ops” is our policy with " +
      "neither kernels nor plans; jax-js has the model written in its own terms and jitted (`test/bench/contenders`). Calls go by turns within each round, so a busy machine slows all alike; ratios are taken within a round. " +
      "Milliseconds are medians with quartiles. Everything on WASM and JavaScript runs on one thread, in Node, where jax-js has no relaxed SIMD and no worker threads.",
    `How they work: ${Object.entries(notes)
      .map(([id, said]) => `${CONTENDERS[id as ContenderId].title}: ${said.join(" ")}`)
      .join(" · ")}`,
  ].join("\n\n");
}

/** The issue's targets with what was measured. */
function targets({ cells }: BenchRecord): string {
  const rows = MODEL_SIZES.flatMap(({ name }) =>
    BATCHES.map((batch) => {
      const ratio = (operation: Operation): string => {
        const cell = find(cells, { contender: "jax-wasm", model: name, operation, batch });
        return cell === undefined || cell.ratios.length === 0 ? "–" : `${median(cell.ratios).toFixed(1)} ×`;
      };
      return [name, String(batch), ...OPERATIONS.map(ratio)];
    }),
  );
  return [
    "## Against jax-js on WASM",
    "How many times as long jax-js takes as ours, median of the ratios within a round. Wanted: at least 1 for the update and 2 for decoding.",
    table(["model", "batch", ...OPERATIONS], rows),
  ].join("\n\n");
}

function find(
  cells: readonly Cell[],
  wanted: Pick<Cell, "contender" | "model" | "operation" | "batch">,
): Cell | undefined {
  const keys = ["contender", "model", "operation", "batch"] as const;
  return cells.find((cell) => keys.every((key) => cell[key] === wanted[key]));
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

function operationTable({ cells }: BenchRecord, operation: Operation): string {
  const rows = MODEL_SIZES.flatMap(({ name }) =>
    BATCHES.flatMap((batch) =>
      (Object.keys(CONTENDERS) as ContenderId[]).flatMap((contender) => {
        const cell = find(cells, { contender, model: name, operation, batch });
        return cell === undefined ? [] : [[name, String(batch), CONTENDERS[contender].title, ...cellTexts(cell)]];
      }),
    ),
  );
  return table(["model", "batch", "contender", "ms", "quartiles", "tokens/s", "× ours, WASM", "calls"], rows);
}

function cellTexts({ samples, ratios, problem, firstMs }: Cell): string[] {
  if (samples.length === 0) {
    const first = firstMs === null ? "–" : `(${digits(firstMs)})`;
    return [first, problem ?? "–", "–", "–", "0"];
  }
  const times = sorted(samples.map(({ ms }) => ms));
  const speed = median(samples.map(({ ms, tokens }) => (tokens / ms) * 1000));
  const quartiles = [0.25, 0.75].map((share) => digits(quantile(times, share))).join(" – ");
  const ratio = ratios.length === 0 ? "–" : digits(median(ratios));
  return [digits(median(times)), quartiles, digits(speed), ratio, String(samples.length)];
}

function countsTable({ cells }: BenchRecord): string {
  const rows = cells
    .filter(({ samples, operation }) => operation !== "prefill" && samples.at(-1)?.counts != null)
    .filter(({ batch }) => batch === BATCHES[0])
    .map(({ contender, model, operation, samples }) => {
      const { dispatches, submits, mappings, pipelines, allocations, bytes } = samples.at(-1)!.counts!;
      const title = operation === "decode" ? `turn of ${TURN_TOKENS} tokens` : operation;
      const counts = [dispatches, submits, mappings, pipelines, allocations].map((count) => count.toLocaleString("en"));
      return [title, model, CONTENDERS[contender].title, ...counts, bytes.toLocaleString("en")];
    })
    .sort((a, b) => a[0]!.localeCompare(b[0]!));
  const head = [
    "step",
    "model",
    "contender",
    "dispatches",
    "submits",
    "read-backs",
    "pipelines",
    "objects made",
    "bytes",
  ];
  return table(head, rows);
}

function memoryTable({ memory }: BenchRecord): string {
  const mega = (bytes: number | null): string => (bytes === null ? "–" : `${Math.round(bytes / 1e6)} MB`);
  const rows = memory.map(({ contender, model, peakProcessBytes, peakDeviceBytes }) => [
    ...[model, CONTENDERS[contender].title, mega(peakProcessBytes), mega(peakDeviceBytes)],
  ]);
  return table(["model", "contender", "most of the process", "most in buffers of the device"], rows);
}

function peakText({ peak }: BenchRecord): string {
  const rows = Object.entries(peak.matMul).map(([shape, rate]) => [
    ...[shape, rate.toFixed(1), `${Math.round((100 * rate) / peak.gflops)} %`],
  ]);
  return [
    `Multiplying and adding on registers alone, in WASM with SIMD and without fused instructions, one core does **${peak.gflops.toFixed(1)} GFLOP/s**. The product of matrices gets:`,
    table(["rows × depth × columns", "GFLOP/s", "of the peak"], rows),
  ].join("\n\n");
}

function overheadText({ overhead }: BenchRecord): string {
  const shares = overhead.map(({ iterationMs, policyMs }) => 1 - policyMs / iterationMs);
  const parts = Object.keys(overhead[0]?.parts ?? {}).map((name) => {
    const values = overhead.map(({ parts: of, iterationMs }) => of[name]! / iterationMs);
    const ms = median(overhead.map(({ parts: of }) => of[name]!));
    return [name, digits(ms), `${(100 * median(values)).toFixed(2)} %`];
  });
  const whole = median(overhead.map(({ iterationMs }) => iterationMs));
  return [
    `The playground's preset with the shipped base policy on WASM, ${overhead.length} iterations of ${Math.round(whole)} ms: everything that is not the policy takes **${(100 * median(shares)).toFixed(1)} %** (wanted: under 10 %).`,
    table(["part", "ms", "of the iteration"], parts),
  ].join("\n\n");
}

function pageText({ page }: BenchRecord): string {
  if (page === null) return "Not measured: the page was not built.";
  const { firstScriptBytes, pageScriptBytes, workerScriptBytes, wasmBytes, checkpointBytes } = page;
  const { iterations, trainedMs, longTasks, longestTaskMs, busyMs } = page;
  const kilo = (bytes: number): string => `${Math.round(bytes / 1000)} KB`;
  return [
    `After gzip: JavaScript before the first paint ${kilo(firstScriptBytes)} (wanted: at most 200 KB), ${kilo(pageScriptBytes)} with what follows by itself; when someone trains, the worker's ${kilo(workerScriptBytes)} (at most 250 KB), ` +
      `WebAssembly ${kilo(wasmBytes)} and the base policy ${kilo(checkpointBytes)}.`,
    `While two runs trained ${iterations} iterations each in their workers (${(trainedMs / 1000).toFixed(0)} s), the page's own thread was busy for ${Math.round(busyMs)} ms. Tasks over 50 ms: ${longTasks.length} (wanted: none); the longest took ${longestTaskMs.toFixed(0)} ms. Processor time, because wall time contains waiting where others are busy.`,
  ].join("\n\n");
}

function learningText(runs: readonly LearningRun[]): string {
  if (runs.length === 0) return "Not run: `npx tsx test/bench/learning.ts`.";
  const [{ preset }] = runs as [LearningRun];
  const rows = runs.map(({ seed, backend, iterations, heldOut, ms, rolloutsHash }) => [
    ...[
      String(seed),
      backend,
      String(iterations),
      heldOut.map(({ iteration, meanReturn }) => `${iteration}: ${digits(meanReturn)}`).join(" · "),
    ],
    ...[`\`${rolloutsHash.slice(0, 8)}\``, (ms / 1000).toFixed(0)],
  ]);
  return [
    `EMPO² in the teaching world, preset “${preset}”, written by \`npx tsx test/bench/learning.ts\`. Equal hashes of as many iterations are equal rollouts to the last token; where rounding tells backends apart, the curves differ as seeds do.`,
    table(["seed", "backend", "iterations", "held-out return by iteration", "rollouts", "s"], rows),
  ].join("\n\n");
}

function worldsText(worlds: readonly WorldRecord[]): string {
  if (worlds.length === 0) return "Not measured: `npx tsx test/bench/worlds.ts`.";
  const [{ processor, commit }] = worlds as [WorldRecord];
  const rates = worlds.map(({ stepsPerSecond }) => stepsPerSecond);
  const whole = (value: number): string => Math.round(value).toLocaleString("en");
  const rows = worlds.map(({ task, preset, ...figures }) => [
    ...[task, preset, whole(figures.stepsPerSecond), digits(figures.firstEpisodeMs)],
    ...[(figures.sharedBytes / 1e6).toFixed(1), (figures.bytesPerEpisode / 1e3).toFixed(1)],
  ]);
  return [
    `Steps of random valid actions on one core (${processor}, commit \`${commit.slice(0, 9)}\`), resets included, written by \`npx tsx test/bench/worlds.ts\`. ` +
      `The median task does ${whole(median(rates))} steps a second (wanted: 20,000), the slowest ${whole(Math.min(...rates))}.`,
    table(["task", "preset", "steps/s", "first episode, ms", "shared, MB", "another episode, kB"], rows),
  ].join("\n\n");
}

function growthTable(growth: readonly Growth[]): string {
  const rows = growth.map(({ title, axis, contender, points }) => {
    const costs = points.map(({ size, ms }) => `${size}: ${digits(ms)}`).join(" · ");
    const end = endOfProportion(points);
    return [title, axis, CONTENDERS[contender].title, costs, end === null ? "–" : String(end)];
  });
  return table(["cost", "axis", "contender", "size: ms", "more than in proportion from"], rows);
}
