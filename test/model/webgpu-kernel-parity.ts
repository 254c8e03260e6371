/**
 * @file Checks every kernel of the update plan alone: the arena holds what the plain ops left before it and noise where it
 * writes, and must afterwards hold what the plain ops say, everywhere. Knows no test framework, so that it runs in Node
 * and in browsers.
 */
import type { ModelConfig } from "../../src/core/policy/policy.ts";
import { adamWStep, l2Norm, newOptimizerState } from "../../src/model/optimizer.ts";
import type { PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import { gradientOffsets, LANES, SLOTS, STATISTICS } from "../../src/model/webgpu/update/update-shape.ts";
import type { Step } from "../../src/model/webgpu/update/update-steps.ts";
import { CHECKED_LOSS, type Fields, KernelReference } from "./webgpu-kernel-reference.ts";
import { planSteps, PlanStage, STAGE_OPTIMIZER } from "./webgpu-plan-stage.ts";

/** How far a kernel's output is from plain ops, as a share of the largest number of that output. */
export interface KernelError {
  readonly kernel: string;
  readonly output: string;
  readonly error: number;
}

/** What the error of a kernel has to stay under. AdamW divides slopes by their size, however small they are. */
export function toleranceOf(kernel: string): number {
  return kernel === "adamW" ? 2e-4 : 2e-6;
}

const WORD_BYTES = 4;
const NOISE = 7e7;

/** Rows of different lengths, with gaps between their responses, some off-policy. */
function checkedRows({ vocabularySize }: ModelConfig): PlanRow[] {
  return [11, 2, 23, 6].map((length, r): PlanRow => {
    const tokens = Array.from({ length }, (_, i) => (5 * i * (r + 1) + i * i + r) % vocabularySize);
    const positions = tokens.map((_, i) => i).filter((i) => i > 0 && (i % 5 !== 2 || length < 3));
    const oldLogProbs = positions.map((i) => -2.4 - 0.3 * Math.sin(i));
    const advantages = positions.map((i) => (i % 3) - 1.2);
    return { tokens, positions, oldLogProbs, advantages, offPolicy: r % 2 === 0 };
  });
}

/** Errors of all kernels for a model. Needs a tfjs backend for the plain ops. */
export async function kernelErrors(device: GPUDevice, config: ModelConfig): Promise<KernelError[]> {
  const reference = new KernelReference(config, checkedRows(config));
  const { shape, rows, parameters } = reference;
  const stage = await PlanStage.open(device, { shape, rows, parameters, loss: CHECKED_LOSS });
  const check = new PlanCheck(stage, reference);
  const errors: KernelError[] = [];
  const fields = check.noise();
  fields["bases"] = Float32Array.from({ length: 4 * stage.predictions }, (_, i) =>
    i % 4 === 2 ? -2 - (i % 7) / 5 : 0,
  );
  for (const step of planSteps(shape)) {
    const outputs = reference.after(step.kernel, step.layer, fields);
    for (const [field, values] of Object.entries(fields)) stage.write(field, values);
    await stage.run(step);
    Object.assign(fields, outputs);
    const got = await check.readArena();
    for (const [name, expected] of Object.entries(fields)) {
      const error = distance(got[name]!, expected);
      const isOutput = name in outputs;
      if (isOutput || error > 0)
        errors.push({ kernel: step.kernel, output: `${name}${isOutput ? "" : " (stray)"}`, error });
    }
    errors.push(...(await check.otherErrors(step)));
  }
  stage.close();
  return errors;
}

function layersOf(name: string, layers: number): number {
  if (name === "slopeAttended") return 1;
  return ["x", "stats1", "slopeX"].includes(name) ? layers + 1 : layers;
}

function distance(got: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  let error = 0;
  expected.forEach((value, i) => {
    const difference = Math.abs(got[i]! - value);
    if (!(difference <= error)) error = difference;
  });
  return error / largest;
}

/** What is on the stage beside what should be. */
class PlanCheck {
  readonly #stage: PlanStage;
  readonly #reference: KernelReference;

  constructor(stage: PlanStage, reference: KernelReference) {
    this.#stage = stage;
    this.#reference = reference;
  }

  /** All fields, filled with what no kernel writes. */
  noise(): Fields {
    const { fields, config } = this.#reference.shape;
    const all: Fields = {};
    for (const [name, { section }] of fields) {
      const filled = (): Float32Array => new Float32Array(this.#sizeOf(name)).fill(NOISE);
      if (section === "prediction") all[name] = filled();
      else for (let layer = 0; layer < layersOf(name, config.layers); layer++) all[`${name}/${layer}`] = filled();
    }
    return all;
  }

  async readArena(): Promise<Fields> {
    const { arena } = this.#stage.grown;
    const all = await this.#stage.read(arena, 0, arena.size);
    const names = Object.keys(this.noise());
    return Object.fromEntries(
      names.map((name) => {
        const start = this.#stage.placeOf(name) / WORD_BYTES;
        return [name, all.slice(start, start + this.#sizeOf(name.split("/")[0]!))];
      }),
    );
  }

  /** Errors of what a kernel writes elsewhere than in the arena. */
  async otherErrors({ kernel }: Step): Promise<KernelError[]> {
    const { gradient, lookups, layout, config, shape } = this.#reference;
    const { lookups: lookupsAt, sum } = gradientOffsets(shape);
    const size = layout.size;
    const read = (at: number, count: number): Promise<Float32Array> =>
      this.#stage.read(this.#stage.buffers.gradients, at * LANES * WORD_BYTES, count * WORD_BYTES);
    if (kernel === "loss") return this.#statisticErrors();
    if (kernel === "weightSlope") {
      const slots = await read(0, SLOTS * size);
      const total = new Float32Array(size);
      for (let slot = 0; slot < SLOTS; slot++) {
        for (let i = 0; i < size; i++) total[i]! += slots[slot * size + i]!;
      }
      return layout.specs
        .filter(({ name }) => !name.includes("revious"))
        .map(({ name, offset, size: count }) => {
          const error = distance(total.subarray(offset, offset + count), gradient.subarray(offset, offset + count));
          return { kernel, output: name, error };
        });
    }
    const table = config.vocabularySize * config.width;
    const all = Float32Array.from(lookups.flatMap((slopes) => [...slopes]));
    if (kernel === "lookupSlope") {
      return [{ kernel, output: "lookups", error: distance(await read(lookupsAt, 3 * table), all) }];
    }
    if (kernel === "gradientSum") {
      all.forEach((slope, i) => (gradient[i]! += slope));
      return [{ kernel, output: "gradient", error: distance(await read(sum, size), gradient) }];
    }
    return kernel === "adamW" ? this.#stateErrors() : [];
  }

  async #statisticErrors(): Promise<KernelError[]> {
    const bytes = Object.keys(STATISTICS).length * WORD_BYTES;
    const results = await this.#stage.read(this.#stage.grown.results, 0, bytes);
    const { sums } = this.#reference;
    const names = ["loss", "ratio", "clipped", "masked", "entropy", "klToBase"] as const;
    return names.map((name) => {
      if (sums[name] === 0) throw new Error(`a check that can fail needs some ${name}`);
      const error = distance(results.subarray(STATISTICS[name], STATISTICS[name] + 1), Float32Array.of(sums[name]));
      return { kernel: "loss", output: `sum of ${name}`, error };
    });
  }

  async #stateErrors(): Promise<KernelError[]> {
    const { layout, gradient, parameters } = this.#reference;
    const state = newOptimizerState(layout.size);
    const expected = parameters.slice();
    adamWStep(layout, expected, state, { gradient, gradNorm: l2Norm(gradient), config: STAGE_OPTIMIZER });
    const { buffers, grown } = this.#stage;
    const got = await this.#stage.read(buffers.state, 0, buffers.stateBytes);
    const results = await this.#stage.read(grown.results, STATISTICS.squaredNorm * WORD_BYTES, WORD_BYTES);
    const part = (i: number): Float32Array => got.subarray(i * layout.size, (i + 1) * layout.size);
    return [
      { kernel: "adamW", output: "weights", error: distance(part(0), expected) },
      { kernel: "adamW", output: "first moments", error: distance(part(1), state.first) },
      { kernel: "adamW", output: "second moments", error: distance(part(2), state.second) },
      { kernel: "adamW", output: "squared norm", error: distance(results, Float32Array.of(l2Norm(gradient) ** 2)) },
    ];
  }

  /** Floats of a field. */
  #sizeOf(field: string): number {
    const { size, section } = this.#reference.shape.fields.get(field)!;
    return (section === "position" ? this.#stage.positions : this.#stage.predictions) * size * LANES;
  }
}
