/** @file Curves as CSV and rollouts as JSON lines, and files to and from the visitor's disk. */
import type { RunView } from "./store/run-view.ts";
import { secondsOf, totalMs } from "./store/run-slice.ts";

const COLUMNS = [
  "run",
  "method",
  "source",
  "seed",
  "backend",
  "iteration",
  "tokens",
  "seconds",
  "train_return_points",
  "train_success_share",
  "return_with_tips_points",
  "return_without_tips_points",
  "success_with_tips_share",
  "success_without_tips_share",
  "best_score_points",
  "held_out_return_points",
  "held_out_success_share",
  "rollouts",
  "plain",
  "with_tips",
  "off_policy",
  "tips",
  "loss",
  "entropy_nats",
  "kl_to_base_nats",
  "grad_norm",
  "mean_ratio",
  "clip_share",
  "masked_share",
  "iteration_ms",
] as const;

/** The curves of all runs, one line an iteration; empty cells are values that were not measured. */
export function curvesCsv(views: readonly RunView[]): string {
  const lines = views.flatMap((view) => curveRows(view).map((row) => row.map(csvCell).join(",")));
  return `${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

type Cell = string | number | null | undefined;

function curveRows({ title, source, run }: RunView): Cell[][] {
  const seconds = secondsOf(run.curve);
  const evaluationOf = new Map(run.evaluations.map((evaluation) => [evaluation.iteration, evaluation]));
  const about = [title, run.method, source, run.config.seed, run.backend];
  const trained = run.curve.map((point, i): Cell[] => {
    const evaluation = evaluationOf.get(point.iteration);
    evaluationOf.delete(point.iteration);
    const { modeCounts: modes, update } = point;
    const results = [point.meanReturn, point.successRate, point.meanReturnWithTips, point.meanReturnWithoutTips];
    const successes = [point.successRateWithTips, point.successRateWithoutTips];
    const heldOut = [evaluation?.meanReturn, evaluation?.successRate];
    const rollouts = [point.episodeCount, modes["on-policy"], modes["on-policy-with-tips"], modes["off-policy"]];
    const learned = [update?.loss, update?.entropy, update?.klToBase, update?.gradNorm, update?.meanRatio];
    return [
      ...about,
      point.iteration,
      point.totalTokenCount,
      seconds[i],
      ...results,
      ...successes,
      point.bestScore,
      ...heldOut,
      ...rollouts,
      point.tipCount,
      ...learned,
      update?.clipFraction,
      update?.maskedFraction,
      totalMs(point.times),
    ];
  });
  const onlyEvaluated = [...evaluationOf.values()].map(({ iteration, meanReturn, successRate }): Cell[] =>
    COLUMNS.map((column, i) => {
      if (i < about.length) return about[i];
      if (column === "iteration") return iteration;
      if (column === "held_out_return_points") return meanReturn;
      return column === "held_out_success_share" ? successRate : null;
    }),
  );
  return [...onlyEvaluated, ...trained];
}

/** Quoted where needed; a text that a spreadsheet would run as a formula is made plain. */
function csvCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The finished rollouts of all runs, one JSON object a line, with the run's name. */
export function rolloutsJsonl(views: readonly RunView[]): string {
  return views
    .flatMap(({ title, source, episodes }) =>
      episodes.iterations.flatMap(({ rollouts }) =>
        rollouts.map((rollout) => `${JSON.stringify({ run: title, source, ...rollout })}\n`),
      ),
    )
    .join("");
}

/** Offers some content as a file to keep. The browser writes it beside an older one and swaps them when it is whole. */
export function downloadFile(name: string, parts: readonly BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Lets the visitor choose a file; null if none was chosen. */
export function chooseFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
