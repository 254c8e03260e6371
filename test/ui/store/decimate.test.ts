import fc from "fast-check";
import { expect, test } from "vitest";
import { decimated } from "../../../src/ui/store/decimate.ts";

const indices = (length: number): number[] => Array.from({ length }, (_, i) => i);

test("a curve that fits the screen stays as it is", () => {
  const points = { x: indices(1800), y: indices(1800) };
  expect(decimated(points, 600)).toBe(points);
});

test("a long curve keeps its ends, its order and every peak, and has at most 1202 points", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1801, max: 9000 }),
      fc.nat(),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (length, at, peak) => {
        const y = indices(length).map((i) => Math.sin(i / 50));
        const place = at % length;
        y[place] = peak;
        const shown = decimated({ x: indices(length), y }, 600);
        expect(shown.x.length).toBeLessThanOrEqual(1202);
        expect([shown.x[0], shown.x.at(-1)]).toEqual([0, length - 1]);
        expect(shown.x.every((x, i) => i === 0 || x > shown.x[i - 1]!)).toBe(true);
        expect(shown.x.every((x, i) => shown.y[i] === y[x])).toBe(true);
        expect([Math.min(...shown.y), Math.max(...shown.y)]).toEqual([Math.min(...y), Math.max(...y)]);
      },
    ),
  );
});
