import { expect, test } from "vitest";
import { curvesCsv, rolloutsJsonl } from "../../src/ui/export.ts";
import {
  asSentence,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatScore,
  formatSigned,
} from "../../src/ui/format.ts";
import { runEvents, viewOf } from "./support/run-events.ts";

function cells(csv: string): string[][] {
  return csv
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
}

test("the curves have one line an iteration and as many cells as the header", () => {
  const [header, ...rows] = cells(curvesCsv([viewOf(runEvents({ iterations: 2 }), "run A")]));
  expect(rows).toHaveLength(3); // the evaluation before the first iteration, and two iterations
  for (const row of rows) expect(row).toHaveLength(header!.length);
  const at = (row: number, column: string) => rows[row]![header!.indexOf(column)];
  expect([at(0, "iteration"), at(0, "held_out_return_points"), at(0, "tokens")]).toEqual(["0", "10", ""]);
  expect([at(2, "iteration"), at(2, "tokens"), at(2, "seconds")]).toEqual(["2", "200", "1.2"]);
  expect([at(2, "train_return_points"), at(2, "off_policy"), at(2, "kl_to_base_nats")]).toEqual(["20", "1", ""]);
});

test("texts with commas, quotes or formulas are safe in the CSV", () => {
  const csv = curvesCsv([viewOf(runEvents({ iterations: 1 }), '=cmd("x"), a')]);
  expect(csv).toContain(`"'=cmd(""x""), a"`);
});

test("the rollouts are JSON lines that name their run", () => {
  const lines = rolloutsJsonl([viewOf(runEvents({ iterations: 2 }), "run A")])
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(8);
  expect(JSON.parse(lines[0]!)).toMatchObject({ run: "run A", rolloutId: "1.group-0.0", mode: "on-policy" });
  expect(rolloutsJsonl([])).toBe("");
});

test("errors are told as sentences", () => {
  expect(asSentence("start: this run is open in another tab; close it there")).toBe(
    "This run is open in another tab; close it there.",
  );
  expect(asSentence("Device lost.")).toBe("Device lost.");
});

test("numbers are written for people", () => {
  expect([formatScore(-100), formatScore(41.64), formatScore(null)]).toEqual(["−100", "41.6", "–"]);
  expect([formatSigned(0.5), formatSigned(-2), formatSigned(NaN)]).toEqual(["+0.50", "−2.00", "–"]);
  expect([formatNumber(0.00012), formatNumber(-0.0262), formatNumber(NaN)]).toEqual([
    "1.2e−4",
    "−0.0262",
    "not finite",
  ]);
  expect([formatPercent(0.5), formatPercent(0.0123), formatPercent(1e-6)]).toEqual(["50 %", "1.2 %", "< 0.1 %"]);
  expect([formatCount(1234567), formatDuration(950), formatDuration(83_000)]).toEqual([
    "1\u202f234\u202f567",
    "950 ms",
    "1 min 23 s",
  ]);
});
