/**
 * @file What a visitor's browser does: how much it fetches before there is something to see, and whether the page's own
 * thread stays free while a run trains in the worker.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { DIST } from "../../scripts/prepare.mjs";
import { openPlayground } from "../e2e/support/browser.ts";
import { press, waitUntilSaved } from "../e2e/support/training.ts";
import { scriptsOfFirstPaint, watchFetches, weightOf } from "../support/page-weight.ts";
import type { PageRecord } from "./results.ts";

const ITERATIONS = 12;
const LIMIT_MS = 240_000;
/** The page opens, loads and compiles until so many iterations are done; then it is watched. */
const SETTLED = 2;
const TASK = "ThreadControllerImpl::RunTask";
const LONG_MS = 50;

/** Trains the playground's preset on WASM in the built page, with the race; null if the page is not built. */
export async function measurePage(): Promise<PageRecord | null> {
  if (!existsSync(path.join(DIST, "index.html"))) return null;
  const playground = await openPlayground({ withoutWebGpu: true });
  try {
    const { page, context, url } = playground;
    const { fetched } = watchFetches(context);
    await page.reload();
    await page.getByTestId("train").waitFor();
    await page.waitForLoadState("networkidle");
    const first = await fetched();
    const needed = await scriptsOfFirstPaint(url);
    await press(page, "train");
    await waitUntilSaved(page, SETTLED, LIMIT_MS);
    const seen = await watchTasks(page);
    const start = Date.now();
    await waitUntilSaved(page, SETTLED + ITERATIONS, LIMIT_MS);
    const trainedMs = Date.now() - start;
    const times = await seen();
    const later = (await fetched()).slice(first.length);
    return {
      ...{ iterations: ITERATIONS, trainedMs, ...times },
      firstScriptBytes: weightOf(
        first.filter(({ name }) => needed.has(name)),
        /\.js$/,
      ),
      pageScriptBytes: weightOf(first, /\.js$/),
      workerScriptBytes: weightOf(later, /\.js$/),
      wasmBytes: weightOf(later, /\.wasm$/),
      checkpointBytes: weightOf(later, /\.safetensors$/),
    };
  } finally {
    await playground.close();
  }
}

type TaskTimes = Pick<PageRecord, "longTasks" | "longestTaskMs" | "busyMs">;

/** Processor time of each task of the page's own thread: a trace tells it apart from waiting for a processor. */
async function watchTasks(page: Page): Promise<() => Promise<TaskTimes>> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const thread = mainThread(traceEvents);
    const tasks = traceEvents.filter(({ name, pid, tid }) => name === TASK && pid === thread.pid && tid === thread.tid);
    const times = tasks.map(({ tdur = 0 }) => tdur / 1000);
    return {
      longTasks: times.filter((ms) => ms > LONG_MS),
      longestTaskMs: times.reduce((most, ms) => Math.max(most, ms), 0),
      busyMs: times.reduce((sum, ms) => sum + ms, 0),
    };
  };
}

/** One entry of a trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The thread that renders and has most to do; a browser has one for each page. */
function mainThread(events: readonly TraceEvent[]): Pick<TraceEvent, "pid" | "tid"> {
  const names = events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const busy = (thread: TraceEvent): number =>
    events.filter(({ name, pid, tid }) => name === TASK && pid === thread.pid && tid === thread.tid).length;
  const main = names.sort((a, b) => busy(b) - busy(a))[0];
  if (main === undefined) throw new Error("bench page: a trace with the page's thread, got none");
  return main;
}
