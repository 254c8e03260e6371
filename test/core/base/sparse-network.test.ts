import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { SparseNetwork } from "../../../src/core/base/sparse-network.ts";

const SHAPE = { inputs: 6, hidden: 4, outputs: 2 };

function network(outputScale = 1): SparseNetwork {
  return SparseNetwork.create(SHAPE, Random.fromSeed(3), outputScale);
}

describe("a network over active features", () => {
  it("equals a hand value", () => {
    const one = SparseNetwork.fromState({
      shape: { inputs: 3, hidden: 2, outputs: 1 },
      // Feature 0: (2, −2), feature 1: (4, 2), feature 2: unused.
      hiddenWeights: [2, -2, 4, 2, 9, 9],
      hiddenBias: [0, 1],
      outputWeights: [0.5, 3],
      outputBias: [-1],
    });
    // Of feature 0 alone: relu(2), relu(−2 + 1) → 0.5·2 − 1 = 0.
    expect(one.predict([0])).toEqual([0]);
    // Of both, each counting 1/√2: relu(6/√2), relu(0/√2 + 1) → 0.5·6/√2 + 3 − 1.
    expect(one.predict([0, 1])[0]).toBeCloseTo(3 / Math.SQRT2 + 2, 6);
  });

  it("says 0 to everything while its second layer is 0", () => {
    expect(network(0).predict([1, 2])).toEqual([0, 0]);
  });

  it("steps along the gradient of half the squared error (finite differences)", () => {
    const features = [1, 4, 5];
    const targets = [0.7, -0.4];
    const step = 1e-3;
    const before = network();
    const after = network();
    after.learn(features, targets, step);
    const loss = (state: ReturnType<typeof before.state>): number =>
      SparseNetwork.fromState(state)
        .predict(features)
        .reduce((total, value, i) => total + 0.5 * (value - targets[i]!) ** 2, 0);
    const start = before.state();
    const end = after.state();
    for (const layer of ["hiddenWeights", "hiddenBias", "outputWeights", "outputBias"] as const) {
      start[layer].forEach((value, i) => {
        const nudged = (by: number) => ({
          ...start,
          [layer]: start[layer].map((each, at) => (at === i ? each + by : each)),
        });
        const slope = (loss(nudged(1e-3)) - loss(nudged(-1e-3))) / 2e-3;
        expect((value - end[layer][i]!) / step, `${layer} ${i}`).toBeCloseTo(slope, 2);
      });
    }
  });

  it("is the same after its state went through JSON", () => {
    const one = network();
    for (let i = 0; i < 10; i++) one.learn([i % 6, 3], [1, -1], 0.1);
    const again = SparseNetwork.fromState(JSON.parse(JSON.stringify(one.state())) as ReturnType<typeof one.state>);
    expect(again.predict([0, 3])).toEqual(one.predict([0, 3]));
    one.learn([2], [0, 0], 0.1);
    again.learn([2], [0, 0], 0.1);
    expect(again.state()).toEqual(one.state());
  });

  it("approaches another one by the share asked for", () => {
    const one = network(0);
    const other = SparseNetwork.create(SHAPE, Random.fromSeed(4), 1);
    one.approach(other, 0.25);
    const [weight] = one.state().outputWeights;
    expect(weight).toBeCloseTo(0.25 * other.state().outputWeights[0]!, 6);
    one.approach(other, 1);
    expect(one.predict([1, 2])).toEqual(other.predict([1, 2]));
  });
});
