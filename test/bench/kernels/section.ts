/** @file What the page says of each kernel by itself. */
import { median, quantile } from "../../../src/experiments/statistics.ts";
import { digits, table } from "../markdown.ts";
import { type KernelsRecord, type KernelTiming, MODEL_SIZES, ROW_LENGTH } from "../results.ts";

const COMMAND = "`npx tsx test/bench/kernels.ts`";
const HEAD = ["size", "ms", "quartiles", "plain ops, ms", "quartiles", "plain ÷ ours"] as const;

/** The section, or that there is none yet. */
export function kernelsText(record: KernelsRecord | null): string {
  if (record === null) return `Not measured: ${COMMAND}.`;
  const { processor, commit, load, date, adapter, isSoftwareAdapter, timings } = record;
  const [wasm, webgpu] = (["wasm", "webgpu"] as const).map((backend) =>
    timings.filter((timing) => timing.backend === backend),
  ) as [KernelTiming[], KernelTiming[]];
  const software = isSoftwareAdapter
    ? " **That is a software adapter: its times say how a processor plays a GPU, and nothing is tuned for them.**"
    : "";
  return [
    `Written by ${COMMAND}: ${date.slice(0, 10)}, commit \`${commit.slice(0, 9)}\`, ${processor}, load at the start ${load.toFixed(1)}. Beside each kernel stands what the parity tests take for its reference, ` +
      "in plain tfjs ops on the same backend in the same process, by turns; ratios are taken within a round. Medians with quartiles.",
    `On WASM, at the sizes that the middle model (${MODEL_SIZES[1]!.name}) has in an update of rows of ${ROW_LENGTH} tokens, a micro-batch at a time, or in a step of 32 episodes; one thread, allocations included. ${summary(wasm)} ` +
      "The exponential has no row: the kernels with a softmax or a GELU have it inside.",
    table(
      ["computation", "kernels", ...HEAD, "rate"],
      wasm.map((timing) => [timing.name, timing.kernels.join(", "), ...cells(timing), rate(timing)]),
    ),
    `On WebGPU, Dawn on “${adapter}”: the dispatches of an optimizer step of the middle model one at a time, each in a submit that is waited for, and the turn kernel.${software} ${summary(webgpu)} ` +
      "Where no plain ops stand, the host computes (`loss`, `adamW`) or there is nothing to compute (`gradientSum` adds up what threads of the device have summed apart). " +
      "Queries and keys are turned by `projection` on the device and by `attention` in plain ops. `decode` is the whole turn kernel; its plain ops end with the logits on the host.",
    table(
      ["kernel", ...HEAD, "GFLOP/s"],
      webgpu.map((timing) => [timing.name, ...cells(timing), gflops(timing) ?? "–"]),
    ),
  ].join("\n\n");
}

const ratiosOf = ({ ms, plainMs }: KernelTiming): number[] => plainMs.map((plain, round) => plain / ms[round]!);

function summary(timings: readonly KernelTiming[]): string {
  const compared = timings.filter(({ plainMs }) => plainMs.length > 0);
  const ratios = compared.map((timing) => median(ratiosOf(timing)));
  const slower = compared.filter((_, i) => ratios[i]! < 1).map(({ name, shape }) => `${name} (${shape})`);
  return (
    `In the middle of the rows plain ops take ${digits(median(ratios))} times as long as ours; ` +
    (slower.length === 0 ? "nowhere are they faster." : `they are faster at ${slower.join(", ")}.`)
  );
}

function cells(timing: KernelTiming): string[] {
  const { shape, ms, plainMs } = timing;
  const ratios = ratiosOf(timing);
  return [shape, ...spread(ms), ...spread(plainMs), ratios.length === 0 ? "–" : `${digits(median(ratios))} ×`];
}

function spread(values: readonly number[]): [string, string] {
  if (values.length === 0) return ["–", "–"];
  const sorted = values.toSorted((a, b) => a - b);
  return [digits(median(values)), [0.25, 0.75].map((share) => digits(quantile(sorted, share))).join(" – ")];
}

function gflops({ flops, ms }: KernelTiming): string | null {
  return flops === null ? null : digits(flops / median(ms) / 1e6);
}

function rate(timing: KernelTiming): string {
  const products = gflops(timing);
  if (products !== null) return `${products} GFLOP/s`;
  return timing.bytes === null ? "–" : `${digits(timing.bytes / median(timing.ms) / 1e6)} GB/s`;
}
