import { describe, expect, it } from "vitest";
import { adamWStep, l2Norm, newOptimizerState } from "../../src/model/optimizer.ts";
import type { ParameterLayout } from "../../src/model/parameters.ts";
import "../support/to-be-all-close.ts";

const CONFIG = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, weightDecay: 0.5, maxGradNorm: 100 };
const initializer = { type: "constant", value: 0 } as const;
/** A 1×2 matrix and a bias of 1. */
const LAYOUT: ParameterLayout = {
  size: 3,
  specs: [
    { name: "matrix", shape: [1, 2], offset: 0, size: 2, initializer },
    { name: "bias", shape: [1], offset: 2, size: 1, initializer },
  ],
};

describe("AdamW", () => {
  it("takes the two steps computed by hand, decaying matrices but not biases", () => {
    const parameters = Float32Array.from([1, -2, 3]);
    const state = newOptimizerState(3);
    const first = Float32Array.from([0.5, -1, 2]);
    adamWStep(LAYOUT, parameters, state, { gradient: first, gradNorm: l2Norm(first), config: CONFIG });
    // Step 1: the corrected moments are g and g², so each weight moves by 0.1·sign(g) after decay by 1 − 0.1·0.5.
    expect(parameters).toBeAllClose([0.95 - 0.1, -1.9 + 0.1, 3 - 0.1], { relative: 1e-6 });

    const second = Float32Array.from([-0.5, 0, 2]);
    adamWStep(LAYOUT, parameters, state, { gradient: second, gradNorm: l2Norm(second), config: CONFIG });
    const move = (g1: number, g2: number): number => {
      const m = (0.9 * 0.1 * g1 + 0.1 * g2) / (1 - 0.9 ** 2);
      const v = (0.99 * 0.01 * g1 ** 2 + 0.01 * g2 ** 2) / (1 - 0.99 ** 2);
      return (0.1 * m) / (Math.sqrt(v) + 1e-8);
    };
    const expected = [0.85 * 0.95 - move(0.5, -0.5), -1.8 * 0.95 - move(-1, 0), 2.9 - move(2, 2)];
    expect(parameters).toBeAllClose(expected, { relative: 1e-5 });
    expect(state.step).toBe(2);
  });

  it("scales the gradient down to the largest norm, not up", () => {
    const moments = (maxGradNorm: number): Float32Array => {
      const state = newOptimizerState(3);
      const gradient = Float32Array.from([3, 4, 0]);
      const config = { ...CONFIG, maxGradNorm };
      adamWStep(LAYOUT, new Float32Array(3), state, { gradient, gradNorm: l2Norm(gradient), config });
      return state.first;
    };
    expect(moments(1)).toBeAllClose([0.06, 0.08, 0]);
    expect(moments(10)).toBeAllClose([0.3, 0.4, 0]);
  });

  it("does not change the gradient it is given", () => {
    const gradient = Float32Array.from([3, 4, 0]);
    adamWStep(LAYOUT, new Float32Array(3), newOptimizerState(3), {
      gradient,
      gradNorm: 5,
      config: { ...CONFIG, maxGradNorm: 1 },
    });
    expect([...gradient]).toEqual([3, 4, 0]);
  });
});
