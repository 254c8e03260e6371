/**
 * @file Measures the default preset in the built page: `npx tsx test/bench/browser-run.ts wasm|webgpu [minutes]`. Presses
 * Train, waits until EMPO² is well above GRPO's plateau on held-out variations, and writes what it saw to
 * docs/results/browser-<backend>.json. For WebGPU first an update alone: in plain ops and as one plan by turns, the calls
 * that each makes, and each kernel.
 */
import { rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { openPlayground } from "../e2e/support/browser.ts";
import { bundlePage } from "../e2e/support/bundle.ts";
import { press, readDatabase } from "../e2e/support/training.ts";
import type { UpdateBenchmark, UpdateTiming } from "./webgpu-update-page.ts";
import type { EvaluationRecord, IterationSummary, PhaseTimes } from "../../src/core/events/training-event.ts";

/** Held-out return that counts as found: GRPO's plateau in the teaching world is 43. */
const FOUND = 90;
const PHASES: readonly (keyof PhaseTimes)[] = ["rollout", "tipWriting", "retrieval", "update", "evaluation"];

const [backend = "wasm", minutes = "20"] = process.argv.slice(2);
const update = backend === "webgpu" ? await measureUpdate() : null;
const deadline = Date.now() + Number(minutes) * 60_000;
const playground = await openPlayground({
  backend: backend === "wasm" ? "wasm" : "webgpu",
  withoutWebGpu: backend === "wasm",
  suffix: "#v=1&race=0",
});
const { page } = playground;
// tsx marks functions with a helper that the page does not have.
await page.evaluate("globalThis.__name = (named) => named");
await press(page, "train");
const start = Date.now();

interface Seen {
  readonly summaries: readonly IterationSummary[];
  readonly evaluations: readonly EvaluationRecord[];
}

async function look(): Promise<Seen> {
  const { events } = await readDatabase(page);
  const of = (type: string) => events.filter((event) => event.type === type);
  return {
    summaries: of("iterationFinished").map((event) => event["summary"] as IterationSummary),
    evaluations: of("evaluated").map((event) => event["evaluation"] as EvaluationRecord),
  };
}

let seen: Seen = { summaries: [], evaluations: [] };
let foundMs: number | null = null;
while (Date.now() < deadline && foundMs === null) {
  await page.waitForTimeout(2000);
  seen = await look();
  if (seen.evaluations.some(({ meanReturn }) => meanReturn >= FOUND)) foundMs = Date.now() - start;
}
const named = await page.getByTestId("backend").textContent();
await playground.close();

/** Medians of an update by way and size. */
async function measureUpdate() {
  const folder = await bundlePage(new URL("./webgpu-update-page.ts", import.meta.url));
  const bench = await openPlayground({ root: folder });
  await bench.page.waitForFunction(() => document.title === "done", undefined, { timeout: 1_200_000 });
  const text = (await bench.page.textContent("body"))!;
  await bench.close();
  rmSync(folder, { recursive: true });
  const { timings, ...others } = JSON.parse(text) as UpdateBenchmark;
  const bySize = new Map<string, UpdateTiming[]>();
  for (const timing of timings) {
    const key = `${timing.way} ${timing.rows}`;
    bySize.set(key, [...(bySize.get(key) ?? []), timing]);
  }
  const medians = [...bySize.values()].map((group) => ({ ...group.at(-1)!, ms: median(group.map(({ ms }) => ms)) }));
  return { ...others, medians };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const { summaries, evaluations } = seen;
const found = evaluations.find(({ meanReturn }) => meanReturn >= FOUND) ?? null;
const result = {
  backend: named,
  /** Programs that wanted a processor over the last minute. */
  loadOfMachine: loadavg()[0],
  preset: "playground",
  waitedMs: Date.now() - start,
  iterations: summaries.length,
  tokens: summaries.at(-1)?.totalTokenCount ?? 0,
  foundAtIteration: found?.iteration ?? null,
  foundAfterMs: foundMs,
  heldOut: evaluations.map(({ iteration, meanReturn, successRate }) => ({ iteration, meanReturn, successRate })),
  medianMsPerIteration: Object.fromEntries(
    PHASES.map((phase) => [phase, median(summaries.map(({ times }) => times[phase]))]),
  ),
  ...(update === null ? {} : { update }),
};
writeFileSync(`docs/results/browser-${backend}.json`, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
