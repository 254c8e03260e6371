import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { returnRange, spread, ticksOf, xAt, yAt } from "../../src/experiments/plot-area.ts";

describe("a plot's scales", () => {
  const area = { left: 40, top: 20, width: 200, height: 100, x: [0, 50], y: [-100, 100] } as const;

  it("put the smallest value left and below, the largest right and above", () => {
    expect([xAt(area, 0), xAt(area, 50), xAt(area, 25)]).toEqual([40, 240, 140]);
    expect([yAt(area, -100), yAt(area, 100), yAt(area, 0)]).toEqual([120, 20, 70]);
  });

  it("have round numbers as ticks", () => {
    expect(ticksOf([0, 50], 6)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(ticksOf([-40, 100], 5)).toEqual([0, 50, 100]);
    expect(ticksOf([1, 10], 6)).toEqual([2, 4, 6, 8, 10]);
    expect(ticksOf([0, 3], 6)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3]);
  });

  it("hold all returns", () => {
    expect(returnRange([43, 100])).toEqual([0, 100]);
    expect(returnRange([-31, 20])).toEqual([-40, 100]);
  });
});

describe("labels", () => {
  it("stay where they are if they do not cover each other", () => {
    expect(spread([80, 10, 40], 20, [0, 100])).toEqual([80, 10, 40]);
  });

  it("are moved apart, and back from the lower edge", () => {
    expect(spread([50, 52], 20, [0, 100])).toEqual([50, 70]);
    expect(spread([95, 90], 20, [0, 100])).toEqual([100, 80]);
  });

  it("never cover each other as long as there is room", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 5 }), (places) => {
        const moved = spread(places, 20, [0, 100]).sort((a, b) => a - b);
        return moved.every((place, i) => place >= 0 && place <= 100 && (i === 0 || place - moved[i - 1]! >= 20));
      }),
    );
  });
});
