/** @file What is written by hand about runs, as the page gets it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { siteRemarks } from "../../src/experiments/site-remarks.ts";

const RESULTS = join(import.meta.dirname, "../../docs/results");
const NOTES = readdirSync(join(RESULTS, "notes"));

const plain = (text: string) => ({ text, style: "plain", place: null });

describe("remarks", () => {
  it("are paragraphs and lists, taken apart into text of one look", () => {
    const markdown = "**Stuck** at `go\nhall`, _still_\nthere.\n\n- a < b & c\n- two **bold** words\n";
    expect(siteRemarks(markdown)).toEqual([
      {
        isList: false,
        lines: [
          [
            { text: "Stuck", style: "strong", place: null },
            plain(" at "),
            { text: "go hall", style: "code", place: null },
            plain(", "),
            { text: "still", style: "emphasis", place: null },
            plain(" there."),
          ],
        ],
      },
      {
        isList: true,
        lines: [[plain("a < b & c")], [plain("two "), { text: "bold", style: "strong", place: null }, plain(" words")]],
      },
    ]);
    expect(siteRemarks(null)).toEqual([]);
  });

  it("have links into the Results view, where what they lead to is in it", () => {
    const placeOf = (target: string) => siteRemarks(`[there](${target})`)[0]!.lines[0]![0]!.place;
    expect(placeOf("find-plant.easy.md")).toEqual(["find-plant.easy"]);
    expect(placeOf("fig8.md")).toEqual(["fig8"]);
    expect(placeOf("table1-chosen.md")).toEqual([]); // a table is on the view's first page
    expect(placeOf("bases/README.md")).toBeNull();
    expect(placeOf("javascript:alert(1)")).toBeNull();
  });

  it.each(["# Heading", "| a |\n| - |\n| b |", "![picture](x.png)", "<b>raw</b>"])("may not have %j", (markdown) => {
    expect(() => siteRemarks(markdown)).toThrow(
      "remarks: paragraphs and lists of text, emphasis, code and links, got ",
    );
  });

  it.each(NOTES)("in %s can be shown, and their links lead somewhere", (name) => {
    const markdown = readFileSync(join(RESULTS, "notes", name), "utf8");
    expect(siteRemarks(markdown).length).toBeGreaterThan(0);
    const links = [...markdown.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
    for (const link of links) expect(existsSync(join(RESULTS, link)), link).toBe(true);
  });
});
