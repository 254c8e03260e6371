/**
 * @file The files from which the page shows the recorded runs (`site-schema.ts` says what is in them), computed from
 * the stored runs alone. Same runs, same files.
 */
import { changedFields } from "../core/training/config-defaults.ts";

import { methodOf, trainingMinutes, type ArmResult, type BandPoint } from "./arm-results.ts";
import { reportExperiments, type ExperimentReport, type StoredExperiment } from "./experiment-report.ts";
import { plannedRun } from "./planned-runs.ts";
import type { RecordedRun, RunEnd } from "./recorded-runs.ts";
import { headlines } from "./report-text.ts";
import { rounded, siteEstimate } from "./site-numbers.ts";
import type { ResultsIndex, SiteArm, SiteExperiment, SiteRun } from "./site-schema.ts";
import { siteRemarks } from "./site-remarks.ts";
import { siteFigures, siteTables } from "./site-items.ts";
import { tableCells } from "./table-cells.ts";

/** Ids of the recordings that the page can play, by the weights hash of the run they are of. */
export type Recordings = ReadonlyMap<string, string>;

/**
 * The files by their name in `results/`.
 *
 * @param itemRemarks what was written by hand about tables and figures, by their ids
 */
export function siteFiles(
  stored: readonly StoredExperiment[],
  recordings: Recordings,
  itemRemarks: ReadonlyMap<string, string>,
): Map<string, string> {
  const reports = new Map(reportExperiments(stored).map((report) => [report.experiment.id, report]));
  const experiments = stored.map((entry) => {
    const report = reports.get(entry.experiment.id) ?? null;
    return { entry, report, lines: report === null ? [] : headlines(report) };
  });
  const { index: figureIndex, figures } = siteFigures(stored, itemRemarks);
  const index: ResultsIndex = {
    tables: siteTables(itemRemarks),
    figures: figureIndex,
    cells: tableCells(stored),
    experiments: experiments.map(({ entry: { experiment }, report, lines }) => ({
      id: experiment.id,
      title: experiment.title,
      question: experiment.question,
      planned: report?.plannedCount ?? experiment.runs.length,
      finished: report?.finishedCount ?? 0,
      headline: lines[0] ?? null,
    })),
  };
  const files = experiments.map(({ entry, report, lines }): [string, string] => [
    `${entry.experiment.id}.json`,
    JSON.stringify(siteExperiment(entry, report, { lines, recordings })),
  ]);
  return new Map([
    ["index.json", JSON.stringify(index)],
    ...figures.map((figure): [string, string] => [`${figure.id}.json`, JSON.stringify(figure)]),
    ...files,
  ]);
}

function siteExperiment(
  { experiment, runs, remarks }: StoredExperiment,
  report: ExperimentReport | null,
  { lines, recordings }: { readonly lines: readonly string[]; readonly recordings: Recordings },
): SiteExperiment {
  const { id, title, question } = experiment;
  return {
    ...{ id, title, question, planned: report?.plannedCount ?? experiment.runs.length },
    headlines: [...lines],
    deviations: report === null ? [] : report.deviations.map(({ run, text }) => ({ run, text })),
    referenceExperiment: report?.referenceExperiment?.id ?? null,
    remarks: siteRemarks(remarks),
    arms: [
      ...(report?.references ?? []).map((arm) => siteArm(arm, true)),
      ...(report?.arms ?? []).map((arm) => siteArm(arm, false)),
    ],
    runs: runs.map((run) => siteRun(run, plannedRun(experiment, run.name)?.arm ?? null, recordings)),
  };
}

function siteArm(result: ArmResult, isReference: boolean): SiteArm {
  const { arm, label, breakthroughs, curve, trials } = result;
  return {
    ...{ id: arm.id, label, method: methodOf(arm.id), isReference },
    heldOutReturn: siteEstimate(result.heldOutReturn),
    heldOutSuccess: siteEstimate(result.heldOutSuccess),
    minutes: rounded(result.minutes),
    tokens: result.tokens,
    breakthroughs,
    curve: curve.map(bandPoint),
    trials: trials.map(bandPoint),
  };
}

function bandPoint({ iteration, estimate }: BandPoint): SiteArm["curve"][number] {
  const { mean, interval } = siteEstimate(estimate);
  return [iteration, mean, interval?.[0] ?? null, interval?.[1] ?? null];
}

function siteRun(run: RecordedRun, arm: string | null, recordings: Recordings): SiteRun {
  const { name, config, backend, end, failure, curve, evaluations, trials } = run;
  return {
    ...{ name, arm: arm ?? config.method, isCounted: arm !== null && end !== null, backend, failure },
    config: changedFields(config),
    ...(end === null ? UNFINISHED : endOf(end)),
    minutes: rounded(trainingMinutes(run)),
    evaluations: evaluations.map(evaluationPoint),
    trials: trials.map(evaluationPoint),
    training: curve.map(({ meanReturn }) => rounded(meanReturn)),
    recording: recordings.get(end?.weightsHash ?? "") ?? null,
  };
}

const UNFINISHED = { commit: null, weightsHash: null, rolloutsHash: null, heldOutReturn: null, heldOutSuccess: null };

function endOf({ commit, weightsHash, rolloutsHash, heldOutReturn, heldOutSuccess }: RunEnd) {
  return {
    ...{ commit, weightsHash, rolloutsHash },
    heldOutReturn: rounded(heldOutReturn),
    heldOutSuccess: rounded(heldOutSuccess),
  };
}

function evaluationPoint(record: RecordedRun["evaluations"][number]): SiteRun["evaluations"][number] {
  return [record.iteration, rounded(record.meanReturn), rounded(record.successRate)];
}
