/** @file What a benchmark records: who was compared, at which sizes, and the numbers of each cell of the table. */
import type { BackendName } from "../../src/model/backend.ts";
import type { WorldBenchmark } from "../../src/runtime/world-benchmark.ts";
import type { Counts } from "../support/webgpu-counts.ts";

/** Whose code computes: ours, the same model in plain tfjs ops, or jax-js. */
export type Engine = "ours" | "tfjs" | "jax-js";

/** All contenders by id. */
export const CONTENDERS = {
  "ours-wasm": { engine: "ours", backend: "wasm", title: "ours, WASM" },
  "ours-webgpu": { engine: "ours", backend: "webgpu", title: "ours, WebGPU" },
  "jax-wasm": { engine: "jax-js", backend: "wasm", title: "jax-js, WASM" },
  "jax-webgpu": { engine: "jax-js", backend: "webgpu", title: "jax-js, WebGPU" },
  "tfjs-wasm": { engine: "tfjs", backend: "wasm", title: "tfjs ops, WASM" },
  "tfjs-webgpu": { engine: "tfjs", backend: "webgpu", title: "tfjs ops, WebGPU" },
  "tfjs-cpu": { engine: "tfjs", backend: "cpu", title: "tfjs ops, JavaScript" },
} as const satisfies Record<string, { engine: Engine; backend: BackendName; title: string }>;

/** Name of a contender. */
export type ContenderId = keyof typeof CONTENDERS;

/** A model's size. */
export interface ModelSize {
  readonly name: string;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

/** The three sizes of the table. */
export const MODEL_SIZES: readonly ModelSize[] = [
  { name: "d 64, L 2", width: 64, layers: 2, heads: 2 },
  { name: "d 96, L 3", width: 96, layers: 3, heads: 3 },
  { name: "d 128, L 4", width: 128, layers: 4, heads: 4 },
];

/** Episodes side by side, and rows of an update. */
export const BATCHES: readonly number[] = [8, 32];

/** What is timed. `decode` is one token of each episode. */
export type Operation = "update" | "prefill" | "decode" | "iteration";

/** Operations in the order of the table. */
export const OPERATIONS: readonly Operation[] = ["update", "prefill", "decode", "iteration"];

/** Work of one call. */
export interface Work {
  readonly operation: Operation;
  /** Episodes, or rows. */
  readonly batch: number;
  /** Tokens of a row of an update; tokens read before decoding. */
  readonly length: number;
}

/** Tokens of a row, and tokens that are read at once. */
export const ROW_LENGTH = 128;
export const PROMPT_LENGTH = 64;
/** Tokens written in one turn. */
export const TURN_TOKENS = 8;

/** One call. */
export interface Sample {
  readonly ms: number;
  /** Tokens learned, read or written, or of the iteration's rollouts. */
  readonly tokens: number;
  /** Calls of WebGPU; null without it. Of a whole turn for `decode`. */
  readonly counts: Counts | null;
}

/** What a contender was asked for and what came of it. */
export interface Cell {
  readonly contender: ContenderId;
  readonly model: string;
  readonly operation: Operation;
  readonly batch: number;
  /** After one call to warm up, unless `problem` says otherwise. */
  readonly samples: readonly Sample[];
  /** Ratio of this contender's time to that of ours on WASM in the same round, by round. */
  readonly ratios: readonly number[];
  readonly firstMs: number | null;
  /** Why there is little or nothing. */
  readonly problem: string | null;
}

/** Memory of a contender's process after all operations of a model size. */
export interface MemoryRecord {
  readonly contender: ContenderId;
  readonly model: string;
  /** Most that the process ever held in main memory, bytes. */
  readonly peakProcessBytes: number;
  /** Most that buffers on the device held at once, bytes; null without WebGPU. */
  readonly peakDeviceBytes: number | null;
}

/** One point of a curve of cost against size. */
export interface GrowthPoint {
  readonly size: number;
  readonly ms: number;
}

/** How the cost of something grows. */
export interface Growth {
  readonly title: string;
  /** What `size` counts. */
  readonly axis: string;
  readonly contender: ContenderId;
  readonly points: readonly GrowthPoint[];
}

/** Where the time of an iteration goes that is not the policy's, milliseconds. */
export interface Overhead {
  readonly iterationMs: number;
  readonly policyMs: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** Where the runs of all backends are kept. */
export const LEARNING_FILE = "bench/results/learning.json";

/** Where the speed and memory of the worlds are kept. */
export const WORLDS_FILE = "bench/results/worlds.json";

/** Where the times of each kernel by itself are kept. */
export const KERNELS_FILE = "bench/results/kernels.json";

/** One computation of ours beside the same in plain ops. */
export interface KernelTiming {
  readonly backend: "wasm" | "webgpu";
  readonly name: string;
  /** Kernels of the module, or of the plans, that are run. */
  readonly kernels: readonly string[];
  readonly shape: string;
  /** Milliseconds of one run, by round. */
  readonly ms: readonly number[];
  /** The same of plain ops, in the same rounds; empty where there are none. */
  readonly plainMs: readonly number[];
  /** Multiplications and additions, where they are what costs. */
  readonly flops: number | null;
  /** Bytes read or written at least, where they are what costs. */
  readonly bytes: number | null;
}

/** All kernels by themselves. */
export interface KernelsRecord {
  readonly date: string;
  readonly commit: string;
  readonly processor: string;
  /** Of the last minute before. */
  readonly load: number;
  /** What WebGPU runs on. */
  readonly adapter: string;
  readonly isSoftwareAdapter: boolean;
  readonly timings: readonly KernelTiming[];
}

/** A line of `cli bench --task`. */
export interface WorldRecord extends WorldBenchmark {
  readonly task: string;
  readonly preset: string;
  readonly processor: string;
  readonly commit: string;
}

/** A run of the teaching world on one backend. */
export interface LearningRun {
  readonly backend: string;
  readonly seed: number;
  readonly preset: string;
  readonly iterations: number;
  readonly commit: string;
  readonly ms: number;
  /** Mean return on held-out variations, points. */
  readonly heldOut: readonly { readonly iteration: number; readonly meanReturn: number }[];
  readonly rolloutsHash: string;
  readonly weightsHash: string;
}

/** What a visitor's browser fetched and did. Bytes are after gzip. */
export interface PageRecord {
  /** Scripts that the page needs before it can paint anything. */
  readonly firstScriptBytes: number;
  /** With those that follow by themselves: the chart, and what keeps the page for offline use. */
  readonly pageScriptBytes: number;
  readonly workerScriptBytes: number;
  readonly wasmBytes: number;
  readonly checkpointBytes: number;
  /** Iterations of each of two runs that were watched, and how long they took. */
  readonly iterations: number;
  readonly trainedMs: number;
  /** Processor times of the page's tasks over 50 ms meanwhile, and of the longest task. */
  readonly longTasks: readonly number[];
  readonly longestTaskMs: number;
  /** Processor time of the page's thread meanwhile, milliseconds. */
  readonly busyMs: number;
}

/** A recorded benchmark. */
export interface BenchRecord {
  readonly date: string;
  readonly commit: string;
  /** Sizes, growth and page that were measured again by themselves, and the commit of each. */
  readonly measuredAgain?: Readonly<Record<string, string>>;
  readonly machine: {
    readonly processor: string;
    readonly threads: number;
    readonly load: readonly number[];
    readonly node: string;
    /** What WebGPU runs on. */
    readonly adapter: string;
    readonly isSoftwareAdapter: boolean;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: Readonly<Partial<Record<ContenderId, readonly string[]>>>;
  /** f32 operations a second of one core, ×10⁹. */
  readonly peak: { readonly gflops: number; readonly matMul: Readonly<Record<string, number>> };
  readonly cells: readonly Cell[];
  readonly memory: readonly MemoryRecord[];
  readonly growth: readonly Growth[];
  readonly overhead: readonly Overhead[];
  /** Null if the page was not built. */
  readonly page: PageRecord | null;
}
