import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  attention,
  attentionBackward,
  attentionBackwardReference,
  attentionReference,
} from "../../../src/model/attention.ts";
import { rotaryTable, rotaryTensors } from "../../../src/model/rotary.ts";
import { sequenceBatch } from "../../../src/model/sequence-batch.ts";
import { wasmRuntime } from "../../../src/model/wasm/kernel-module.ts";
import "../../support/to-be-all-close.ts";
import { startBackend } from "../backends.ts";
import { matrix, type OpenCase, TOLERANCE } from "./kernel-case.ts";
import { kernelsCalled, WASM_CASES, wasmKernelNames } from "./kernel-cases.ts";

async function expectClose(actual: tf.Tensor, expected: tf.Tensor, absolute = TOLERANCE.absolute): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  expect(await actual.data()).toBeAllClose(await expected.data(), { ...TOLERANCE, absolute });
}

/** Opens a case in a scope of its own. */
async function within(open: () => OpenCase, work: (opened: OpenCase) => Promise<void> | void): Promise<void> {
  tf.engine().startScope();
  const opened = open();
  try {
    await work(opened);
  } finally {
    opened.close?.();
    tf.engine().endScope();
  }
}

beforeAll(async () => {
  await startBackend("wasm");
  expect(wasmRuntime(8)).not.toBeNull();
});

describe("the wasm kernels agree with plain ops on", () => {
  it.each(WASM_CASES)("$name", async ({ checked, tolerance }) => {
    expect(checked.length).toBeGreaterThan(0);
    for (const open of checked) {
      await within(open, async ({ ours, plain }) => {
        const [own, expected] = [ours(), plain()];
        expect(Object.keys(own)).toEqual(Object.keys(expected));
        for (const [name, output] of Object.entries(own)) await expectClose(output, expected[name]!, tolerance[name]);
      });
    }
  });

  it("attention over rows of different lengths, one after another", async () => {
    const [heads, width, lengths] = [2, 8, [19, 1, 6]];
    const rotary = rotaryTensors(rotaryTable(80, 4));
    const all = matrix(26, 3 * width);
    const slope = matrix(26, width);
    const shape = {
      heads,
      rotary,
      batch: sequenceBatch(
        lengths.map((n) => new Array<number>(n).fill(1)),
        false,
      ),
    };
    const own = attention(tf.add(all, 0), shape);
    const back = attentionBackward(slope, own.saved, shape);
    let start = 0;
    for (const length of lengths) {
      const rowShape = { heads, rotary, batch: sequenceBatch([new Array<number>(length).fill(1)], true) };
      const cut = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [start, 0], [length, x.shape[1]]);
      const plain = attentionReference(cut(all), rowShape);
      await expectClose(cut(own.output), plain.output);
      await expectClose(cut(back), attentionBackwardReference(cut(slope), plain.saved, rowShape), 2e-5);
      start += length;
    }
  });
});

it("no wasm kernel is without a case that checks and times it", async () => {
  const called = new Set<string>();
  for (const { checked } of WASM_CASES) {
    await within(checked[0]!, ({ ours }) => {
      for (const name of kernelsCalled(() => void ours())) called.add(name);
    });
  }
  expect([...called].sort()).toEqual(wasmKernelNames().sort());
});
