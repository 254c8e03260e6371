import prettier from "prettier";
import { describe, expect, it } from "vitest";
import type { StoredExperiment } from "../../src/experiments/experiment-report.ts";
import { reportFiles } from "../../src/experiments/report-files.ts";
import { madeExperiment, risingCurve, type MadeRun } from "./made-runs.ts";

type ArmRun = MadeRun & { readonly arm: string };

function made(arm: string, method: string, houses: readonly number[], run: Omit<MadeRun, "name">): ArmRun[] {
  return houses.map((house) => ({
    ...run,
    arm,
    name: `${arm}.house-${house}.seed-1`,
    changes: { method, house, seed: 1, iterations: 50, ...run.changes },
  }));
}

const HOUSES = [1, 2, 3];
const METHODS: StoredExperiment = {
  ...madeExperiment("methods", [
    ...made("empo2", "empo2", HOUSES, { heldOut: risingCurve(100, 10) }),
    ...made("grpo", "grpo", HOUSES, { heldOut: risingCurve(43, 10) }),
    ...made("naive", "naive", [1, 2], { heldOut: [[1, 42]], changes: { iterations: 1, evaluateEvery: 0 } }),
    ...made("reflexion", "reflexion", [1, 2], { heldOut: [], trials: [40, 45, 50], changes: { iterations: 1 } }),
  ]),
  remarks: null,
};
const ARMS: StoredExperiment = {
  ...madeExperiment("arms", [
    ...made("empo2-other-world-tips", "empo2", [1, 2], {
      heldOut: risingCurve(54.4, 10),
      changes: { tipSource: "other-world" },
    }),
    ...made("grpo-temperature-1.6", "grpo", [1, 2], { heldOut: risingCurve(20, 10), changes: { temperature: 1.6 } }),
  ]),
  remarks: "Three remedies were tried.\n",
};

describe("the results by method", () => {
  const page = reportFiles([METHODS, ARMS]).get("by-method.md")!;
  const sectionOf = (id: string): string => page.split('<a id="').find((part) => part.startsWith(`${id}"`))!;

  it("have the methods as they are, and link to where they are changed", () => {
    const rows = sectionOf("empo2")
      .split("\n")
      .filter((line) => line.startsWith("| ["));
    expect(rows).toHaveLength(1);
    expect(rows[0]!.replaceAll(/ +/g, " ")).toMatch(
      /^\| \[[^\]]*\]\(methods\.md\) \| EMPO² \| 3 \| 100\.0 \[100\.0, 100\.0\]/,
    );
    expect(sectionOf("empo2")).toMatch(/Changed in: \[[^\]]*\]\(arms\.md\)\./);
    expect(sectionOf("reflexion")).not.toContain("Changed in");
  });

  it("say of which methods no run is recorded", () => {
    expect(sectionOf("gigpo")).toContain("No run of it is recorded yet.");
    expect(sectionOf("naive")).not.toContain("No run of it");
  });
});

describe("the page of an experiment", () => {
  const page = reportFiles([METHODS]).get("methods.md")!;

  it("says in words what the numbers say", () => {
    expect(page).toContain(
      "- EMPO² ends 57.0 points above GRPO (95 % interval 57.0 to 57.0; n = 3 pairs). The 95 % bands of the two are apart.",
    );
    expect(page).toContain(
      "- At iteration 20 (800 episodes each) EMPO² has 99.0 and GRPO 43.0 points: 56.0 apart, the 95 % bands do not overlap.",
    );
    expect(page).toContain("- By the end (iteration 50) none of 3 GRPO runs broke through by itself (reached ≥ 95).");
    expect(page).toContain("reached by EMPO² in 3 of 3 runs (median: iteration 20), by GRPO in 0 of 3 runs.");
    expect(page).toContain(
      "Reflexion reads and writes tips with fixed weights: 40.0 points in trial 1, 50.0 in trial 3.",
    );
  });

  it("has a row per arm, a row per difference and a row per run", () => {
    const rows = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    expect(rows).toContain(
      "| GRPO | 3 | 43.0 [43.0, 43.0] | 19 % [19 %, 19 %] | 43.0 [43.0, 43.0], 19 % success | 43.0 | 0 of 3 | 43.0 [43.0, 43.0] | 30.0 [30.0, 30.0] | 0 | 400 k | 1.7 |",
    );
    expect(rows).toContain(
      "| Naive | 2 | 42.0 [42.0, 42.0] | 17 % [17 %, 17 %] | – | 42.0 | – | – | – | 0 | 8 k | 0.0 |",
    );
    expect(rows).toContain("| Naive − EMPO² | 2 | −58.0 [−58.0, −58.0] | – |");
    expect(rows).toContain(
      "| [grpo.house-2.seed-1](runs/methods/grpo.house-2.seed-1) | 2 | 1 | 50 | 43.0 | 19 % | – | wasm | 012345678 | abababababab | cdcdcdcdcdcd |",
    );
    expect(page).toContain("10 of 10 planned runs are finished.");
    expect(page).not.toContain("Not as planned");
  });

  it("counts runs with more seeds than the plan asks for among the planned ones", () => {
    const { experiment } = METHODS;
    const more = { arm: "grpo", name: "grpo.house-1.seed-2", changes: { method: "grpo", house: 1, seed: 2 } };
    const { runs } = madeExperiment("methods", [
      ...made("grpo", "grpo", HOUSES, { heldOut: risingCurve(43, 10) }),
      { ...more, heldOut: risingCurve(43, 10) },
    ]);
    const files = reportFiles([{ experiment, runs, remarks: null }]);
    expect(files.get("methods.md")).toContain("4 of 11 planned runs are finished.");
    expect(files.get("README.md")).toContain("(4 of 11 runs)");
  });

  it("says which runs of GRPO break through by themselves, and when", () => {
    const late = [45, 10].map((around, i) => made("grpo", "grpo", HOUSES, { heldOut: risingCurve(100, around) })[i]!);
    const stuck = made("grpo", "grpo", HOUSES, { heldOut: risingCurve(43, 10) })[2]!;
    const first = made("empo2", "empo2", HOUSES, { heldOut: risingCurve(43, 10) });
    const textOf = (...grpo: ArmRun[]): string =>
      reportFiles([{ ...madeExperiment("late", [...first, ...grpo]), remarks: null }]).get("late.md")!;
    const text = textOf(...late, stuck);
    expect(text).toContain(
      "By the end (iteration 50) 1 of 3 GRPO runs broke through by itself (reached ≥ 95), first at iteration 20.",
    );
    expect(text).toContain("EMPO² has 43.0 and GRPO 61.7 points: 18.7 apart, the 95 % bands overlap.");
    const [house1, house2] = made("grpo", "grpo", HOUSES, { heldOut: risingCurve(100, 10) });
    expect(textOf({ ...house1!, heldOut: risingCurve(100, 30) }, house2!)).toContain(
      "2 of 2 GRPO runs broke through by themselves (reached ≥ 95), first at iterations 20, 40.",
    );
  });

  it("has the evaluations of every run in a block that opens", () => {
    const [, block] = page.split("<summary>EMPO²: held-out return at each evaluation</summary>");
    const rows = block!.split("</details>")[0]!.trim().split("\n");
    expect(rows).toHaveLength(2 + HOUSES.length);
    expect(rows[2]!.replaceAll(/ +/g, " ")).toMatch(/^\| house 1, seed 1 \| 44.0 \| 49.8 \| 71.5 \|.* 100.0 \|$/);
    expect(page).not.toContain("<summary>Naive");
  });

  it("is formatted as the repository's Markdown is", async () => {
    for (const [name, text] of reportFiles([METHODS, ARMS])) {
      if (!name.endsWith(".md")) continue;
      expect(await prettier.check(text, { parser: "markdown", printWidth: 120 }), name).toBe(true);
    }
  });

  it("says where two methods end level", () => {
    const experiment = madeExperiment("level", [
      ...made("empo2", "empo2", HOUSES, { heldOut: risingCurve(43, 10) }),
      ...made("grpo", "grpo", HOUSES, { heldOut: risingCurve(43, 10) }),
    ]);
    const text = reportFiles([{ ...experiment, remarks: null }]).get("level.md");
    expect(text).toContain(
      "EMPO² ends level with GRPO: no difference is shown (95 % interval 0.0 to 0.0; n = 3 pairs).",
    );
  });

  it("does not call a difference shown whose interval contains 0", () => {
    const [better, ...others] = made("empo2", "empo2", HOUSES, { heldOut: risingCurve(43, 10) });
    const experiment = madeExperiment("even", [
      { ...better!, heldOut: risingCurve(60, 10) },
      ...others,
      ...made("grpo", "grpo", HOUSES, { heldOut: risingCurve(43, 10) }),
    ]);
    const text = reportFiles([{ ...experiment, remarks: null }]).get("even.md");
    expect(text).toContain(
      "EMPO² ends 5.7 points above GRPO: no difference is shown (95 % interval 0.0 to 17.0; n = 3 pairs).",
    );
  });
});

describe("changed arms", () => {
  const page = reportFiles([METHODS, ARMS]).get("arms.md")!;

  it("are compared with the unchanged methods of another experiment, in the same houses", () => {
    expect(page).toContain("| EMPO² (unchanged)");
    expect(page).toContain("The unchanged methods are those of [Made up: methods](methods.md)");
    expect(page).toContain(
      "- EMPO² (other world tips) ends 45.6 points below EMPO² (95 % interval 45.6 to 45.6; n = 2 pairs).",
    );
    expect(page).toContain("EMPO² (other world tips): tipSource other-world; GRPO (temperature 1.6): temperature 1.6");
  });

  it("tell how much of the gain is left with foreign tips", () => {
    // 11.4 of 57 points are kept.
    expect(page).toContain(
      "Of the 57.0 points that EMPO² gains on GRPO, EMPO² (other world tips) keeps 11.4: 80 % of the gain goes with the content of the tips.",
    );
  });

  it("stand alone if no experiment has the methods with the same settings", () => {
    const shorter = made("empo2", "empo2", HOUSES, { heldOut: risingCurve(100, 10), changes: { iterations: 20 } });
    const text = reportFiles([{ ...madeExperiment("methods", shorter), remarks: null }, ARMS]).get("arms.md");
    expect(text).not.toContain("unchanged");
  });

  it("are followed by what a person remarked", () => {
    expect(page).toContain("## Remarks\n\nThree remedies were tried.\n\n");
  });
});

describe("runs that are not as planned", () => {
  const planned = madeExperiment("odd", made("grpo", "grpo", [1, 2, 3], { heldOut: risingCurve(43, 10) }));
  const [first, second] = planned.runs;

  it("are not counted unless finished, and named", () => {
    const runs = [first!, { ...second!, end: null, failure: "out of memory" }, { ...first!, name: "extra" }];
    const text = reportFiles([{ ...planned, runs, remarks: null }]).get("odd.md");
    expect(text).toContain("1 of 3 planned runs are finished.");
    expect(text).toContain(
      "- failed (out of memory): `grpo.house-2.seed-1`\n- not in the plan, not counted: `extra`\n",
    );
  });

  it("are named with the settings that differ", () => {
    const runs = [{ ...first!, config: { ...first!.config, learningRate: 0.001, groupSize: 4 } }];
    const text = reportFiles([{ ...planned, runs, remarks: null }]).get("odd.md");
    expect(text).toContain("- made with groupSize 4, learningRate 0.001: `grpo.house-1.seed-1`");
  });

  it("make no page if none is finished", () => {
    const files = reportFiles([{ ...planned, runs: [{ ...first!, end: null }], remarks: null }]);
    expect([...files.keys()]).toEqual(["README.md", "by-method.md", "results.jsonl", "best-runs.json"]);
    expect(files.get("README.md")).toContain("No runs are stored yet.");
  });
});

describe("figures", () => {
  const files = reportFiles([METHODS, ARMS]);
  const figures = [...files].filter(([name]) => name.startsWith("figures/"));

  it("are drawn for both backgrounds: curves, bars of changed arms, trials", () => {
    expect(figures.map(([name]) => name)).toEqual([
      "figures/methods.svg",
      "figures/methods-dark.svg",
      "figures/methods-trials.svg",
      "figures/methods-trials-dark.svg",
      "figures/arms.svg",
      "figures/arms-dark.svg",
      "figures/arms-bars.svg",
      "figures/arms-bars-dark.svg",
    ]);
  });

  it("are well-formed, without a number that is none", () => {
    for (const [name, text] of figures) {
      expect(text, name).not.toMatch(/NaN|undefined|null|Infinity/);
      expect(unclosed(text), name).toEqual([]);
    }
  });

  it("name every line at its end, and do not need colour to tell lines apart", () => {
    const text = files.get("figures/methods.svg")!;
    for (const label of ["EMPO² 100.0", "GRPO 43.0", "Naive 42.0", "Reflexion 50.0"])
      expect(text).toContain(`>${label}<`);
    const dashes = [...text.matchAll(/<polyline [^>]*>/g)].map(
      ([line]) => /stroke-dasharray="([^"]*)"/.exec(line)?.[1],
    );
    expect(new Set(dashes).size).toBe(4);
  });

  it("are the same every time", () => {
    expect(reportFiles([METHODS, ARMS])).toEqual(files);
  });
});

/** Elements of an SVG that are not closed in order. */
function unclosed(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)) {
    if (close === "/") {
      if (open.pop() !== name) return [`</${name!}>`];
    } else if (self !== "/") open.push(name!);
  }
  return open;
}
