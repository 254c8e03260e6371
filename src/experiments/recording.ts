/**
 * @file Makes the recording of a run that the page plays, from the two files of `train --record-rollouts`. As much of
 * the rollouts is kept as fits into the size: the iterations where something happens first, then the others, evenly.
 * What was not stored is derived from what was (starts of iterations and phases, single turns); nothing is made up.
 */
import { ConfigError } from "../core/base/errors.ts";
import type { RolloutRecord } from "../core/events/training-event.ts";
import { SUCCESS_SCORE } from "../core/training/evaluator.ts";
import { BREAKTHROUGH_RETURN } from "./arm-results.ts";
import { eventsOfType, parseEvents, type StoredEvent, type StoredOf } from "./recorded-runs.ts";
import { iterationText, textOf, type Detail, type RecordedIteration } from "./recording-lines.ts";

/** The texts of a run folder that a recording is made from. */
export interface RecordingFiles {
  /** events.jsonl */
  readonly events: string;
  /** rollouts.jsonl */
  readonly rollouts: string;
}

/** How large a recording may be. */
export interface SizeLimit {
  readonly maxBytes: number;
  /** Size of a part of the file as it will be stored. */
  readonly sizeOf: (text: string) => number;
}

/** A recording, ready to be stored. */
export interface Recording {
  readonly method: string;
  readonly iterations: number;
  /** JSON lines, each a training event with `at`. */
  readonly text: string;
  /** How many iterations keep how much of their rollouts. */
  readonly kept: Readonly<Record<Detail["rollouts"], number>>;
}

/**
 * The recording of a run.
 *
 * @throws {ConfigError} if rollouts are missing, or not even the curve fits
 */
export function recordRun(files: RecordingFiles, limit: SizeLimit): Recording {
  const { started, before, iterations, after } = arrange(files);
  const head = textOf([started, ...before]);
  const tail = textOf(after);
  const free = limit.maxBytes - limit.sizeOf(head) - limit.sizeOf(tail);
  const details = chooseDetails(iterations, free, limit.sizeOf);
  const body = iterations.map((iteration, i) => iterationText(iteration, details[i]!));
  const kept = { none: 0, group: 0, all: 0 };
  for (const { rollouts } of details) kept[rollouts] += 1;
  return { method: started.method, iterations: iterations.length, text: [head, ...body, tail].join(""), kept };
}

interface Arranged {
  readonly started: StoredOf<"runStarted">;
  readonly before: readonly StoredEvent[];
  readonly iterations: readonly RecordedIteration[];
  readonly after: readonly StoredEvent[];
}

/** Both files as one run: what comes before the first iteration, the iterations, what comes after. */
function arrange(files: RecordingFiles): Arranged {
  const { events, rollouts } = onOneClock(parseEvents(files.events), parseEvents(files.rollouts));
  const [started] = eventsOfType(events, "runStarted");
  if (started === undefined) throw new ConfigError("record: events that begin with runStarted, got none");
  const evaluations = eventsOfType(events, "evaluated");
  const before = evaluations.filter(({ evaluation }) => evaluation.memory === "off" && evaluation.iteration === 0);
  const finished = eventsOfType(events, "iterationFinished");
  const played = eventsOfType(rollouts, "rolloutsFinished");
  const highlights = findHighlights(played);
  const iterations = finished.map((event, i): RecordedIteration => {
    const { iteration } = event.summary;
    const own = played.find((other) => other.iteration === iteration);
    if (own === undefined) {
      throw new ConfigError(`record: a run made with --record-rollouts, got none of iteration ${iteration}`);
    }
    return {
      iteration,
      startedAt: (finished[i - 1] ?? before.at(-1) ?? started).at,
      update: eventsOfType(rollouts, "policyUpdated").find((other) => other.iteration === iteration) ?? null,
      rollouts: own,
      evaluations: evaluations.filter((other) => iterationOf(other, finished.length) === iteration),
      finished: event,
      changes: eventsOfType(events, "configChanged").filter((other) => other.iteration === iteration),
      watchedGroup: highlights.get(iteration) ?? own.rollouts[0]!.groupId,
    };
  });
  const after = [...eventsOfType(events, "runFinished"), ...eventsOfType(events, "runFailed")];
  return { started, before, iterations, after };
}

/** Trials with memory on count themselves; they belong to the end of the run. */
function iterationOf({ evaluation }: StoredOf<"evaluated">, last: number): number {
  return evaluation.memory === "on" ? last : evaluation.iteration;
}

/** A resumed run starts its clock anew; here it goes on. */
function onOneClock(
  events: readonly StoredEvent[],
  rollouts: readonly StoredEvent[],
): { events: StoredEvent[]; rollouts: StoredEvent[] } {
  const parts: { readonly after: number; readonly offset: number }[] = [];
  let now = 0;
  const timed = events.map((event) => {
    if (event.type === "runStarted") parts.push({ after: event.iteration, offset: now });
    now = event.at + (parts.at(-1)?.offset ?? 0);
    return { ...event, at: now };
  });
  const offsetAt = (iteration: number): number => parts.findLast(({ after }) => after < iteration)?.offset ?? 0;
  return {
    events: timed,
    rollouts: rollouts.map((event) =>
      "iteration" in event ? { ...event, at: event.at + offsetAt(event.iteration) } : event,
    ),
  };
}

/** Iterations of the first success without tips and of the first one at all, with the group it is in. */
function findHighlights(played: readonly StoredOf<"rolloutsFinished">[]): Map<number, string> {
  const all = played.flatMap(({ rollouts }) => rollouts);
  const isSuccess = ({ score }: RolloutRecord): boolean => score === SUCCESS_SCORE;
  const first = all.find(isSuccess);
  const firstPlain = all.find((rollout) => isSuccess(rollout) && rollout.mode === "on-policy");
  return new Map(
    [first, firstPlain].flatMap((rollout) => (rollout === undefined ? [] : [[rollout.iteration, rollout.groupId]])),
  );
}

/** Every 16th iteration comes first, then every 8th, and so on. */
const STRIDES = [16, 8, 4, 2, 1];

/** Details in the order in which they are worth their bytes. Each is taken if it still fits. */
function wishes(iterations: readonly RecordedIteration[]): { readonly index: number; readonly detail: Detail }[] {
  const keys = keyIterations(iterations);
  const others = STRIDES.flatMap((stride) => iterations.map((_, i) => i).filter((i) => i % stride === 0));
  const wish = (indices: readonly number[], rollouts: Detail["rollouts"], turns: boolean) =>
    indices.map((index) => ({ index, detail: { rollouts, turns } }));
  return [
    ...wish(keys, "group", false),
    ...wish([0], "group", true),
    ...wish(others, "group", false),
    ...wish(keys, "all", true),
    ...wish(others, "all", false),
    ...wish(others, "all", true),
  ];
}

/** Where something happens: the start, first successes, the breakthrough, the end. */
function keyIterations(iterations: readonly RecordedIteration[]): number[] {
  const highlights = findHighlights(iterations.map(({ rollouts }) => rollouts));
  const breakthrough = iterations.findIndex(({ evaluations }) =>
    evaluations.some(({ evaluation }) => evaluation.memory === "off" && evaluation.meanReturn >= BREAKTHROUGH_RETURN),
  );
  const first = iterations.findIndex(({ iteration }) => highlights.has(iteration));
  const firstPlain = iterations.findLastIndex(({ iteration }) => highlights.has(iteration));
  const found = [0, first, firstPlain, breakthrough, iterations.length - 1, 1];
  return [...new Set(found.filter((index) => index >= 0 && index < iterations.length))];
}

const CURVE_ONLY: Detail = { rollouts: "none", turns: false };
const ORDER: readonly Detail["rollouts"][] = ["none", "group", "all"];

function chooseDetails(
  iterations: readonly RecordedIteration[],
  maxBytes: number,
  sizeOf: SizeLimit["sizeOf"],
): Detail[] {
  const details = iterations.map(() => CURVE_ONLY);
  const sizes = iterations.map((iteration) => sizeOf(iterationText(iteration, CURVE_ONLY)));
  let free = maxBytes - sizes.reduce((sum, size) => sum + size, 0);
  if (free < 0) throw new ConfigError(`record: a limit of at least ${maxBytes - free} bytes, got ${maxBytes}`);
  for (const { index, detail } of wishes(iterations)) {
    if (!isMore(detail, details[index]!)) continue;
    const size = sizeOf(iterationText(iterations[index]!, detail));
    if (size - sizes[index]! > free) continue;
    free -= size - sizes[index]!;
    sizes[index] = size;
    details[index] = detail;
  }
  return details;
}

function isMore(a: Detail, b: Detail): boolean {
  const difference = ORDER.indexOf(a.rollouts) - ORDER.indexOf(b.rollouts);
  return difference > 0 || (difference === 0 && a.turns && !b.turns);
}
