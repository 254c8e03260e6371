import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { addCrossEntropy, CorpusBatches, pretrainingOptimizer } from "../../src/pretraining/batches.ts";
import { parseTip } from "../../src/pretraining/parsed-tip.ts";
import { chainsOf, recipeNamed } from "../../src/pretraining/recipe.ts";

const SIZE = { rowsPerBatch: 2, maxTokens: 160 };

function batches(seed: number) {
  return new CorpusBatches(Random.fromSeed(seed), chainsOf(recipeNamed("base")), SIZE);
}

describe("the supply of batches", () => {
  it("is the same for the same seed, and never dry", () => {
    const [one, two] = [batches(3), batches(3)];
    for (let i = 0; i < 30; i++) {
      const batch = one.next();
      expect(batch).toHaveLength(SIZE.rowsPerBatch);
      expect(two.next()).toEqual(batch);
    }
    expect(batches(4).next()).not.toEqual(batches(3).next());
  });

  it("leaves out what is longer than the context and puts rows of similar length together", () => {
    const supply = batches(3);
    const pool = Array.from({ length: 24 }, () => supply.next().map(({ tokens }) => tokens.length));
    for (const lengths of pool) for (const length of lengths) expect(length).toBeLessThanOrEqual(SIZE.maxTokens);
    const spread = pool.map(([a, b]) => Math.abs(a! - b!));
    const mean = spread.reduce((sum, value) => sum + value, 0) / spread.length;
    expect(mean).toBeLessThan(8);
    // Not sorted from short to long: a batch of any length may come next.
    const firsts = pool.map(([length]) => length!);
    expect(firsts).not.toEqual(firsts.toSorted((a, b) => a - b));
  });
});

describe("the learning rate of pretraining", () => {
  it("warms up over a hundred steps and falls along a cosine to 3 %", () => {
    const rate = (fraction: number, step: number) => pretrainingOptimizer(fraction, step, 1).learningRate;
    expect(rate(0, 0)).toBeCloseTo(0.01, 12);
    expect(rate(0, 49)).toBeCloseTo(0.5, 12);
    expect(rate(0, 99)).toBeCloseTo(1, 12);
    expect(rate(0.5, 1000)).toBeCloseTo(0.5, 12);
    expect(rate(1, 1000)).toBeCloseTo(0.03, 12);
    expect(rate(7, 1000)).toBeCloseTo(0.03, 12);
  });
});

describe("the losses that are monitored", () => {
  it("are those of actions and of tips, apart", () => {
    const sums = { action: 0, actionCount: 0, tip: 0, tipCount: 0 };
    const rows = [
      { tokens: [0, 1, 2, 3], weights: [0, 1, 0.05, 4] },
      { tokens: [0, 1], weights: [0, 1.6] },
    ];
    addCrossEntropy(sums, rows, [Float32Array.of(0, -1, -8, -2), Float32Array.of(0, -0.5)], 1.6);
    expect(sums).toEqual({ action: 3, actionCount: 2, tip: 0.5, tipCount: 1 });
  });
});

describe("a tip as the reader understands it", () => {
  it("tells the rooms before each success", () => {
    expect(parseTip("studio bathroom focus take kitchen ; bad gas")).toEqual({
      rooms: ["studio", "bathroom", "kitchen"],
      roomsBefore: [["studio", "bathroom"], [], ["kitchen"]],
      reached: [true, true, false],
      crossed: null,
      hauled: false,
      site: null,
      activated: false,
      lit: false,
      dark: false,
      bad: "gas",
    });
  });

  it("tells which way round the wires were, once all four are there", () => {
    const polarity = (tip: string) => parseTip(tip).crossed;
    expect(polarity("workshop focus battery anode anode battery cathode cathode ; dark")).toBe(false);
    expect(polarity("workshop focus battery anode cathode battery cathode anode on")).toBe(true);
    expect(polarity("workshop focus battery cathode anode")).toBeNull();
    expect(polarity("")).toBeNull();
  });

  it("tells where everything was carried and wired, and the way there", () => {
    const tip = parseTip(
      "hallway workshop focus take kitchen outside put activate solar anode cathode solar cathode anode on",
    );
    expect(tip).toMatchObject({ hauled: true, site: "outside", activated: true, crossed: true, lit: true });
    expect(tip.roomsBefore[2]).toEqual(["kitchen", "outside"]);
    const twice =
      "workshop focus gas anode anode gas cathode cathode take studio put gas anode cathode gas cathode anode ; dark";
    expect(parseTip(twice)).toMatchObject({ hauled: true, site: "studio", crossed: true });
    expect(parseTip("workshop focus gas anode anode gas cathode cathode ; dark")).toMatchObject({ hauled: false });
  });

  it("tells whether it lit or stayed dark, and whole names of what is bad", () => {
    expect(parseTip("workshop focus on")).toMatchObject({ lit: true, dark: false, bad: null });
    expect(parseTip("workshop focus ; dark")).toMatchObject({ lit: false, dark: true });
    expect(parseTip("hallway ; bad red bulb")).toMatchObject({ bad: "red bulb", rooms: ["hallway"] });
  });
});
