/**
 * @file `npm run bench`: measures ours, plain tfjs and jax-js with the same models in one run, prints one table, records it
 * in bench/results and renews docs/performance.md. `-- --quick` does a little of everything and records nothing;
 * `-- --page` measures the built page alone and puts that into the newest record, `-- --growth ours-webgpu` how a contender's
 * cost grows, `-- --size "d 96, L 3"` one size; `-- --report` only writes docs/performance.md from the newest record.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { currentCommit } from "../../src/cli/run-directory.ts";
import { isSoftwareAdapter } from "../../src/model/backend.ts";
import { ContenderProcess } from "./contender-process.ts";
import { measureGrowth } from "./growth.ts";
import { memoryGrowth } from "./host-costs.ts";
import { measurePage } from "./page.ts";
import { formattedPage, measuredApart, newestRecord, performancePage } from "./report.ts";
import { type BenchRecord, CONTENDERS, type ContenderId, MODEL_SIZES, type ModelSize } from "./results.ts";
import { fillTable } from "./table.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RESULTS = path.join(ROOT, "bench/results");
const PAGE = path.join(ROOT, "docs/performance.md");
/** Tokens of the small base policies, one a size, that the iterations start from: enough to know the grammar. */
const BASE_TOKENS = 600_000;
const FULL = { rounds: 5, limitMs: 20_000, cellMs: 3000 };
const QUICK = { rounds: 2, limitMs: 20_000, cellMs: 2000 };

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    growth: { type: "string" },
    size: { type: "string" },
    report: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

const log = (text: string): void => void process.stderr.write(`${text}\n`);

/** The base policy's file of a size; made with the command line if it is not there. */
function baseFile({ width, layers, heads }: ModelSize): string {
  const file = path.join(ROOT, `.cache/bench/d${width}-l${layers}.safetensors`);
  if (existsSync(file)) return file;
  log(`Making a base policy of d ${width}, L ${layers}.`);
  const sizes = Object.entries({ width, layers, heads }).flatMap(([name, size]) => [`--${name}`, String(size)]);
  const command = ["src/cli/main.ts", "pretrain", "--tokens", String(BASE_TOKENS), "--out", file, ...sizes];
  execFileSync(process.execPath, ["--import", "tsx", ...command], { cwd: ROOT, stdio: "ignore" });
  return file;
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, `node_modules/${name}/package.json`), "utf8")) as {
    version: string;
  };
  return version;
}

/** What only a contender's process can tell: one core's rates, overheads, the adapter. */
async function askAround(file: string): Promise<Pick<BenchRecord, "peak" | "overhead"> & { adapter: string }> {
  const wasm = await ContenderProcess.start("ours-wasm");
  await wasm.order({ type: "open", file: path.join(ROOT, "public/base/base.safetensors") });
  const peak = await wasm.order({ type: "peak" });
  const overhead = await wasm.order({ type: "overheads" });
  wasm.end();
  const webgpu = await ContenderProcess.start("ours-webgpu").catch(() => null);
  if (webgpu === null) return { peak, overhead, adapter: "none" };
  await webgpu.order({ type: "open", file });
  const adapter = await webgpu.order({ type: "adapter" });
  webgpu.end();
  return { peak, overhead, adapter };
}

async function measure(onRecord: (record: BenchRecord) => Promise<void>): Promise<BenchRecord> {
  const wanted = options.only?.split(",") as ContenderId[] | undefined;
  const contenders = wanted ?? (Object.keys(CONTENDERS) as ContenderId[]);
  const sizes = options.quick ? MODEL_SIZES.slice(0, 1) : MODEL_SIZES;
  const load = loadavg();
  const files = new Map(sizes.map((size) => [size, baseFile(size)]));
  const middle = files.get(sizes[1] ?? sizes[0]!)!;
  const { adapter, ...asked } = await askAround(middle);
  log(`One core: ${asked.peak.gflops.toFixed(1)} GFLOP/s. WebGPU: ${adapter}.`);
  const page = await measurePage();
  log(page === null ? "The page is not built: not measured." : `The page: ${JSON.stringify(page)}`);
  const growth = [...(await measureGrowth("ours-wasm", middle, log)), ...memoryGrowth()];
  const [processor] = cpus();
  const around = {
    date: new Date().toISOString(),
    commit: currentCommit(),
    machine: {
      ...{ processor: processor?.model.trim() ?? "unknown", threads: cpus().length, load, node: process.version },
      ...{ adapter, isSoftwareAdapter: isSoftwareAdapter({ description: adapter }) },
    },
    versions: Object.fromEntries(["@jax-js/jax", "@tensorflow/tfjs", "webgpu"].map((name) => [name, versionOf(name)])),
    ...{ growth, page, ...asked },
  };
  const table = await fillTable({
    ...{ contenders, sizes, log, fileOf: (size) => files.get(size)! },
    ...(options.quick ? QUICK : FULL),
    onSize: (part) => onRecord({ ...around, ...part }),
  });
  // Last, because a graphics card that a processor plays takes long.
  if (contenders.includes("ours-webgpu")) growth.push(...(await measureGrowth("ours-webgpu", middle, log)));
  const record = { ...around, ...table, growth };
  await onRecord(record);
  return record;
}

/** Writes a record to the file of its day and device. */
async function save(record: BenchRecord): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  const device = `${record.machine.processor} ${record.machine.adapter}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const file = path.join(RESULTS, `${record.date.slice(0, 10)}-${device.replace(/^-|-$/g, "")}.json`);
  writeFileSync(file, await format(JSON.stringify(record), { parser: "json", printWidth: 120 }));
}

async function writePage(): Promise<void> {
  writeFileSync(PAGE, await formattedPage(RESULTS));
}

/** Puts what was measured again into the newest record, with the commit that it is of. */
async function saveAgain(what: string, changes: (record: BenchRecord) => Partial<BenchRecord>): Promise<void> {
  const record = newestRecord(RESULTS);
  const measuredAgain = { ...record.measuredAgain, [what]: currentCommit() };
  await save({ ...record, ...changes(record), measuredAgain });
}

/** The growth of one contender, in place of what the newest record has of it. */
async function measureGrowthOf(contender: ContenderId): Promise<void> {
  const measured = await measureGrowth(contender, baseFile(MODEL_SIZES[1]!), log);
  const titles = new Set(measured.map(({ title }) => title));
  await saveAgain(`growth of ${contender}`, ({ growth }) => ({
    growth: [...growth.filter((each) => each.contender !== contender || !titles.has(each.title)), ...measured],
  }));
}

/** Smallest models first. */
function inOrder<Part extends { readonly model: string }>(parts: readonly Part[]): Part[] {
  const names = MODEL_SIZES.map(({ name }) => name);
  return parts.toSorted((a, b) => names.indexOf(a.model) - names.indexOf(b.model));
}

/** All contenders at one size, in place of what the newest record has of it. */
async function measureSize(name: string): Promise<void> {
  const size = MODEL_SIZES.find((each) => each.name === name);
  if (size === undefined)
    throw new Error(`bench: a size of ${MODEL_SIZES.map((each) => each.name).join("; ")}, got ${name}`);
  const contenders = Object.keys(CONTENDERS) as ContenderId[];
  const table = await fillTable({
    ...{ contenders, sizes: [size], log, fileOf: baseFile, ...FULL },
    onSize: () => Promise.resolve(),
  });
  await saveAgain(name, ({ cells, memory, notes }) => ({
    cells: inOrder([...cells.filter(({ model }) => model !== name), ...table.cells]),
    memory: inOrder([...memory.filter(({ model }) => model !== name), ...table.memory]),
    notes: { ...notes, ...table.notes },
  }));
}

if (options.page) {
  const page = await measurePage();
  await saveAgain("the page", () => ({ page }));
} else if (options.growth !== undefined) {
  await measureGrowthOf(options.growth as ContenderId);
} else if (options.size !== undefined) {
  await measureSize(options.size);
} else if (!options.report) {
  const record = await measure(async (part) => {
    if (!options.quick) await save(part);
  });
  process.stdout.write(`${performancePage(record, measuredApart(RESULTS))}\n`);
}
if (!options.quick) await writePage();
process.exit(0);
