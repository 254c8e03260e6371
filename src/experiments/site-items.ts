/** @file The paper's tables and figures as the page gets them. */
import { armLabel, methodOf } from "./arm-results.ts";
import type { StoredExperiment } from "./experiment-report.ts";
import { figureHeadlines } from "./item-figure-page.ts";
import { curveOf, plotTitle } from "./item-figures.ts";
import { phaseTimes, reportItem, type FigureReport, type ItemLine } from "./item-report.ts";
import { armsOfItem, PAPER_ITEMS, PAPER_TABLES, type PaperFigure, type Plot } from "./paper-items.ts";
import { rounded, siteEstimate } from "./site-numbers.ts";
import { siteRemarks } from "./site-remarks.ts";
import type { ResultsIndex, SiteFigure, SitePlot, SiteRemarks, SiteTable } from "./site-schema.ts";
import { conditionOfTable } from "./table-cells.ts";

/** The paper's tables with the paper's own numbers; what shows the same tasks under another condition is cells of these. */
export function siteTables(itemRemarks: ReadonlyMap<string, string>): SiteTable[] {
  return PAPER_TABLES.flatMap((item): SiteTable[] => {
    if (item.of !== undefined) return [];
    const { id, title, paper, arms, rows } = item;
    const shown = PAPER_TABLES.filter((other) => other.id === id || other.of === id);
    return [
      {
        ...{ id, title, paper },
        conditions: shown.map((table) => ({
          condition: conditionOfTable(table),
          here: table.here,
          remarks: siteRemarks(itemRemarks.get(table.id) ?? null),
        })),
        columns: arms.map((arm) => ({ id: arm, title: armLabel(arm) })),
        rows: rows.map(({ task, published }) => ({
          task,
          published: Object.fromEntries(
            Object.entries(published).map(([arm, [score, success]]) => [
              arm,
              success === undefined ? [score] : [score, success],
            ]),
          ),
        })),
      },
    ];
  });
}

/** The paper's figures: which there are, and those that have runs, worked out. */
export function siteFigures(
  stored: readonly StoredExperiment[],
  itemRemarks: ReadonlyMap<string, string>,
): {
  readonly index: ResultsIndex["figures"];
  readonly figures: readonly SiteFigure[];
} {
  const items = PAPER_ITEMS.filter((item): item is PaperFigure => item.kind === "figure");
  const reports = items.map((item) => ({ item, report: reportItem(item, stored) as FigureReport | null }));
  return {
    index: reports.map(({ item, report }) => {
      const planned = armsOfItem(item).length;
      const { id, title, paper } = item;
      return { id, title, paper, planned, finished: report === null ? 0 : planned - report.missing.length };
    }),
    figures: reports.flatMap(({ report }) =>
      report === null ? [] : [siteFigure(report, siteRemarks(itemRemarks.get(report.item.id) ?? null))],
    ),
  };
}

function siteFigure(report: FigureReport, remarks: SiteRemarks): SiteFigure {
  const { item, panels, missing, failures } = report;
  const { id, title, paper, here } = item;
  return {
    ...{ id, title, paper, here },
    headlines: figureHeadlines(report),
    panels: panels.map(({ panel, lines }) => ({
      id: panel.id,
      title: panel.title,
      plots: item.plots.map((plot) => sitePlot(plot, lines)),
    })),
    missing: missing.map(({ experiment, arm }) => ({ experiment, arm })),
    remarks,
    failures: [...failures],
  };
}

function sitePlot(plot: Plot, lines: readonly ItemLine[]): SitePlot {
  const { kind } = plot;
  return {
    kind,
    measure: plotTitle(plot),
    axis: kind === "curve" ? plot.over : "trial",
    isReturn: kind === "trials" || (kind === "curve" && plot.measure === "return"),
    lines: lines.map(({ ref: { experiment, arm }, label, result }) => ({
      ...{ label, method: methodOf(arm), experiment, arm, runCount: result.arm.runs.length },
      points: kind === "phases" ? [] : curveOf(result, plot).map(linePoint),
      phases: kind === "phases" ? phaseTimes(result) : null,
    })),
  };
}

function linePoint({
  iteration,
  estimate,
}: ReturnType<typeof curveOf>[number]): SitePlot["lines"][number]["points"][number] {
  const { mean, interval } = siteEstimate(estimate);
  return [rounded(iteration), mean, interval?.[0] ?? null, interval?.[1] ?? null];
}
