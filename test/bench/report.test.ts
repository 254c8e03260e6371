import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endOfProportion } from "./growth.ts";
import { formattedPage } from "./report.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("docs/performance.md", () => {
  it("is what the newest record says", async () => {
    const written = readFileSync(path.join(ROOT, "docs/performance.md"), "utf8");
    expect(await formattedPage(path.join(ROOT, "bench/results"))).toBe(written);
  });
});

describe("the end of proportion", () => {
  const points = (...ms: number[]) => ms.map((each, i) => ({ size: 2 ** i, ms: each }));

  it("is the first size at which a unit costs more than a quarter over the cheapest", () => {
    expect(endOfProportion(points(1, 2, 4, 10.1, 32))).toBe(8);
  });

  it("does not count sizes that are dear because they are small", () => {
    expect(endOfProportion(points(5, 6, 8, 12, 20))).toBeNull();
  });
});
