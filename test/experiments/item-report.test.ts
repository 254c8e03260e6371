/** @file Tables and figures of the paper from made-up runs: numbers by hand, pairs, gaps, bases. */
import prettier from "prettier";
import { describe, expect, it } from "vitest";
import { reportExperiments, type StoredExperiment } from "../../src/experiments/experiment-report.ts";
import { plottedCurve } from "../../src/experiments/item-curves.ts";
import { reportItem, trialGain, type FigureReport, type TableReport } from "../../src/experiments/item-report.ts";
import { paperItems } from "../../src/experiments/paper-items.ts";
import { reportFiles } from "../../src/experiments/report-files.ts";
import { madeExperiment, type MadeRun } from "./made-runs.ts";

type ArmRun = MadeRun & { readonly arm: string };

/** Runs of an arm whose held-out return goes from 0 to these values within ten iterations, one house each from 1. */
function ends(arm: string, values: readonly number[], run: Partial<MadeRun> = {}): ArmRun[] {
  return values.map((value, i) => ({
    heldOut: [
      [0, 0],
      [10, value],
    ],
    ...run,
    arm,
    name: `${arm}.house-${i + 1}.seed-1`,
    changes: { method: arm.split("-")[0]!, house: i + 1, seed: 1, iterations: 10, ...run.changes },
  }));
}

function stored(id: string, runs: readonly ArmRun[]): StoredExperiment {
  return { ...madeExperiment(id, runs), remarks: null };
}

const TEACHING = stored("teaching", [...ends("empo2", [100, 98, 96, 90]), ...ends("grpo", [43, 40, 46, 43])]);
const ARMS = stored("teaching-arms", [...ends("empo2-q0", [50, 60, 40]), ...ends("empo2-q1", [99, 97, 95])]);

function report(id: string, ...experiments: readonly StoredExperiment[]) {
  return reportItem(paperItems([id])[0]!, experiments);
}

function figureReport(id: string, ...experiments: readonly StoredExperiment[]): FigureReport {
  return report(id, ...experiments) as FigureReport;
}

describe("a figure", () => {
  const figure = figureReport("fig9", TEACHING, ARMS);

  it("shows its lines over the houses and seeds that all of them have", () => {
    const [panel] = figure.panels;
    expect(figure.panels).toHaveLength(1);
    expect(
      panel!.lines.map(({ label, result }) => [label, result.heldOutReturn.count, result.heldOutReturn.mean]),
    ).toEqual([
      ["EMPO²", 3, 98],
      ["EMPO² (q0)", 3, 50],
      ["EMPO² (q1)", 3, 97],
    ]);
    expect(panel!.lines[1]!.result.heldOutReturn.deviation).toBeCloseTo(10, 12);
  });

  it("names what is missing, and is none without runs", () => {
    expect(figure.missing.map(({ experiment, arm }) => `${experiment}/${arm}`)).toEqual([
      "power-component.easy/empo2",
      "power-component-arms/empo2-q0",
      "power-component-arms/empo2-q1",
    ]);
    expect(report("fig9")).toBeNull();
    expect(report("table2", TEACHING)).toBeNull();
  });

  it("has a page with differences of pairs, and pictures for both backgrounds", () => {
    const files = reportFiles([TEACHING, ARMS]);
    const page = files.get("fig9.md")!;
    expect(page).toContain(
      "- teaching world: EMPO² (q0) ends 48.0 points below EMPO² (95 % interval 38.0 to 56.0; n = 3 pairs).",
    );
    expect(page).toMatch(/Not run yet:\n\n(- .*\n)*- `power-component\.easy`: `empo2`/);
    expect([...files.keys()].filter((name) => name.startsWith("figures/fig9"))).toEqual([
      "figures/fig9-teaching.svg",
      "figures/fig9-teaching-dark.svg",
    ]);
    expect(files.get("README.md")).toContain("- [Figure 9:");
  });

  it("lays curves on the time and tokens that were spent until then", () => {
    const [line] = figureReport("fig13", TEACHING).panels[0]!.lines;
    const of = (over: "minutes" | "tokens") =>
      plottedCurve(line!.result, { kind: "curve", measure: "return", over }).map(({ iteration }) => iteration);
    // Made-up iterations take 1000 + 100 + 10 + 890 ms and 8,000 tokens.
    expect(of("minutes")).toEqual([0, (10 * 2000) / 60_000]);
    expect(of("tokens")).toEqual([0, 80_000]);
  });

  it("tells memory's share of the rollout time", () => {
    const page = reportFiles([TEACHING]).get("fig12.md")!;
    // (100 + 10) / (1000 + 100 + 10).
    expect(page).toContain("of EMPO²'s rollout time 10 % is writing and finding tips.");
  });

  it("of runs that failed names them", () => {
    const failing = stored("teaching-arms", [...ends("empo2-no-mask", [20]), ...ends("empo2-mask-5", [30])]);
    const runs = failing.runs.map((run, i) => (i === 0 ? { ...run, end: null, failure: "not finite" } : run));
    const page = reportFiles([TEACHING, { ...failing, runs }]).get("fig6.md")!;
    expect(page).toContain("- teaching-arms/empo2-no-mask.house-1.seed-1: not finite");
  });
});

describe("figure 8", () => {
  const frozen = (who: string, trials: readonly (readonly number[])[]): ArmRun[] =>
    trials.map((returns, i) => ({
      arm: `${who}-with-memory`,
      name: `${who}-with-memory.house-${i + 6}.seed-1`,
      heldOut: [],
      trials: returns,
      changes: { method: "reflexion", house: i + 6, seed: 1, iterations: 1 },
    }));
  const trials = stored("new-task.teaching", [
    ...frozen("empo2", [
      [20, 40, 60],
      [40, 50, 80],
    ]),
    ...frozen("grpo", [
      [30, 30, 40],
      [30, 35, 40],
    ]),
    ...frozen("base", [
      [-10, 0, 20],
      [-10, 0, 40],
    ]),
    ...ends("empo2-without-memory", [25, 35], { changes: { method: "naive" } }),
  ]);
  const [panel] = figureReport("fig8", trials).panels;

  it("tells what memory gained, as a share only where both returns are positive", () => {
    const gains = panel!.lines.map(({ result }) => trialGain(result));
    expect(gains[0]).toMatchObject({ first: 30, last: 70, share: 70 / 30 - 1, gain: { mean: 40, count: 2 } });
    expect(gains[1]).toMatchObject({ first: 30, last: 40, gain: { mean: 10 } });
    expect(gains[2]).toMatchObject({ first: -10, last: 30, share: null });
    expect(gains[3]).toBeNull();
  });

  it("compares the gains of the same houses and seeds", () => {
    const page = reportFiles([trials]).get("fig8.md")!;
    expect(page).toContain("From the first trial to the last: EMPO² (with memory) 30.0 → 70.0 points (+133 %), GRPO");
    expect(page).toContain(
      "; the gain of EMPO² (with memory) minus that of GRPO (with memory) +30.0 [+30.0, +30.0] (n = 2 pairs)",
    );
  });
});

describe("a table", () => {
  const plants = stored("find-plant.easy", [
    ...ends("empo2", [80, 90]),
    ...ends("grpo", [50, 70]),
    ...ends("retrospex", [88, 80]),
  ]);
  const animals = stored("find-animal.easy", [...ends("empo2", [60]), ...ends("grpo", [70])]);
  const tableReport = report("table1", plants, animals) as TableReport;

  it("compares EMPO² with GRPO and with the best other method, pair by pair", () => {
    const [animal, plant] = tableReport.rows;
    expect(animal!.overGrpo!.heldOutReturn).toMatchObject({ count: 1, mean: -10 });
    expect(plant!.overGrpo!.heldOutReturn).toMatchObject({ count: 2, mean: 25 });
    expect(plant!.best!.arm.label).toBe("Retrospex");
    expect(plant!.best!.difference.heldOutReturn.mean).toBe(1);
    // The curves rise to their ends: half of the difference lies under them.
    expect(plant!.overGrpo!.meanReturn!.mean).toBe(12.5);
  });

  it("has the paper's numbers beside ours, and every task that was not run", () => {
    const page = reportFiles([plants, animals]).get("table1.md")!;
    const rows = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    expect(rows.find((row) => row.startsWith("| find-plant |"))).toMatch(
      /84\.0 ± 5\.7, \d+ % \(23\.0\) \| 60\.0 ± 14\.1, \d+ % \(46\.2\) .* 85\.0 ± 7\.1, \d+ % \(100\.0\) \|$/,
    );
    expect(rows.find((row) => row.startsWith("| chemistry-mix |"))).toContain("– (42.7)");
    expect(page).toContain("- EMPO² − GRPO over 2 tasks: +7.5 [−10.0, +25.0] points");
    expect(page).toContain("the paper's on these: +40.7."); // (100 − 72.4 + 100 − 46.2) / 2
    expect(page).toContain("EMPO² is at least as good as the best other method on 1 of 2.");
    expect(page).toMatch(/Not run yet:\n\n(- .*\n)*- `chemistry-mix\.easy`: /);
  });
});

describe("pages of the paper's items", () => {
  it("have what was written by hand about them", () => {
    const files = reportFiles([TEACHING, ARMS], new Map([["fig9", "Both halves are needed.\n"]]));
    expect(files.get("fig9.md")).toContain("\n## Remarks\n\nBoth halves are needed.\n\n## Runs\n");
    expect(files.get("fig1.md")).not.toContain("## Remarks");
  });

  it("are formatted as the repository's Markdown is", async () => {
    const files = reportFiles([TEACHING, ARMS]);
    for (const [name, text] of files) {
      if (!name.endsWith(".md")) continue;
      expect(await prettier.format(text, { parser: "markdown", printWidth: 120 }), name).toBe(text);
    }
  });

  it("have figures without a number that is none", () => {
    for (const [name, text] of reportFiles([TEACHING, ARMS])) {
      if (name.endsWith(".svg")) expect(text, name).not.toMatch(/NaN|undefined|null|Infinity/);
    }
  });
});

describe("the line of a run", () => {
  it("has its settings, seed, backend, commit and hashes", () => {
    const lines = reportFiles([TEACHING]).get("results.jsonl")!.trim().split("\n");
    expect(lines).toHaveLength(8);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      experiment: "teaching",
      run: "empo2.house-1.seed-1",
      arm: "empo2",
      seed: 1,
      backend: "wasm",
      heldOutReturn: 100,
      weightsHash: "ab".repeat(32),
      commit: "0123456789abcdef0123456789abcdef01234567",
      config: { house: 1, method: "empo2" },
    });
  });
});

describe("runs that begin with another run's policy", () => {
  const withBase = (base: string, baseHash: string): StoredExperiment => {
    const experiment = stored("new-task.teaching", ends("empo2-without-memory", [25], { changes: { base } }));
    return { ...experiment, runs: experiment.runs.map((run) => ({ ...run, end: { ...run.end!, baseHash } })) };
  };
  const textsFor = (baseHash: string): string[] => {
    const base = "teaching,empo2.house-1.seed-1";
    return reportExperiments([TEACHING, withBase(base, baseHash)])[1]!.deviations.map(({ text }) => text);
  };

  it("are told if it is not the one that is stored", () => {
    expect(textsFor("ab".repeat(32))).toEqual([]);
    expect(textsFor("cd".repeat(32))).toEqual([
      "began with another policy than the stored run `teaching,empo2.house-1.seed-1` ended with",
    ]);
  });

  it("are told if files of one name were different ones", () => {
    const experiment = stored("teaching", ends("empo2", [1, 2]));
    const runs = experiment.runs.map((run, i) => ({ ...run, end: { ...run.end!, baseHash: String(i).repeat(64) } }));
    const [told] = reportExperiments([{ ...experiment, runs }]);
    expect(told!.deviations.map(({ text }) => text)).toEqual([
      "base policy `base` was 000000000000",
      "base policy `base` was 111111111111",
    ]);
  });
});
