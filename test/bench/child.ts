/**
 * @file One contender in a process of its own, so that its memory is its own and libraries do not meet. Waits for orders of
 * the parent and answers each with one message.
 */
import type { Policy } from "../../src/core/policy/policy.ts";
import { installDawn } from "../support/dawn.ts";
import { type Counts, countsBetween, countWebGpu } from "../support/webgpu-counts.ts";
import { type Contender, readState, startContender } from "./contenders/contenders.ts";
import { deviceBytes, watchDeviceBytes } from "./device-bytes.ts";
import { overheads } from "./host-costs.ts";
import { perform } from "./operations.ts";
import { measurePeak } from "./peak.ts";
import {
  type BenchRecord,
  CONTENDERS,
  type ContenderId,
  type MemoryRecord,
  type Overhead,
  type Sample,
  type Work,
} from "./results.ts";

/** What the parent asks for. */
export type Order =
  | { readonly type: "start"; readonly contender: ContenderId }
  | { readonly type: "open"; readonly file: string }
  | { readonly type: "perform"; readonly work: Work }
  | { readonly type: "memory" }
  /** Rates of one core; only for ours on WASM. */
  | { readonly type: "peak" }
  /** What an iteration costs beside the policy, and the adapter's name. */
  | { readonly type: "overheads" }
  | { readonly type: "adapter" };

/** What the child answers, by order. */
export interface Answers {
  readonly start: { readonly notes: readonly string[] };
  readonly open: { readonly note: string };
  readonly perform: Sample;
  readonly memory: Pick<MemoryRecord, "peakProcessBytes" | "peakDeviceBytes">;
  readonly peak: BenchRecord["peak"];
  readonly overheads: readonly Overhead[];
  readonly adapter: string;
}

let count: (() => Counts) | null = null;
let contender: Contender | null = null;
let policy: Policy | null = null;

const ANSWERS: { [Type in Order["type"]]: (order: Extract<Order, { type: Type }>) => Promise<Answers[Type]> } = {
  start: async (order) => {
    if (CONTENDERS[order.contender].backend === "webgpu") await startDawn();
    contender = await startContender(order.contender);
    return { notes: contender.notes };
  },
  open: async ({ file }) => {
    policy?.dispose();
    const opened = await contender!.open(readState(file));
    policy = opened.policy;
    return { note: opened.note };
  },
  perform: async ({ work }) => {
    const before: Counts[] = [];
    const timed = await perform(policy!, work, () => count !== null && before.push(count()));
    const [start] = before;
    return { ...timed, counts: start === undefined ? null : countsBetween(start, count!()) };
  },
  memory: async () => ({
    peakProcessBytes: process.resourceUsage().maxRSS * 1024,
    peakDeviceBytes: count === null ? null : deviceBytes().peak,
  }),
  peak: () => measurePeak(),
  overheads: () => overheads(policy!),
  adapter: async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const { vendor = "", architecture = "", device = "", description = "" } = adapter?.info ?? {};
    return [vendor, architecture, device, description].filter((part) => part !== "").join(" ");
  },
};

async function startDawn(): Promise<void> {
  const globals = await installDawn();
  count = countWebGpu(globals);
  watchDeviceBytes(globals);
}

async function answer(order: Order): Promise<unknown> {
  const work = ANSWERS[order.type] as (of: Order) => Promise<unknown>;
  return work(order);
}

process.on("message", (order: Order) => {
  answer(order).then(
    (result) => process.send!({ result }),
    (error: unknown) =>
      process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
