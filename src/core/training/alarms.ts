/**
 * @file What speaks for an update that has gone wrong although every number is finite: entropy that collapses before the
 * task is solved, a KL that jumps, ratios far from 1. Pure: iterations in, alarms out, each once until it is over. The
 * limits lie beyond what the recorded runs that learned well ever showed (docs/reliability.md).
 */
import type { IterationSummary } from "../events/training-event.ts";

/** What is watched. */
export type AlarmKind = "entropyCollapse" | "klSpike" | "ratioExplosion";

/** Something a person should look at, in a sentence or two that say why and what helps. */
export interface Alarm {
  readonly iteration: number;
  readonly kind: AlarmKind;
  readonly text: string;
}

/** What of an iteration is watched. */
export type WatchedIteration = Pick<IterationSummary, "iteration" | "successRate" | "update">;

/** Share of the first entropy under which the policy hardly tries anything else. */
const COLLAPSED_SHARE = 0.1;
/** Above this share of successes there is little left to try. */
const SOLVED_RATE = 0.5;
/** Nats per token, and times the measurement before. */
const KL_SPIKE = { nats: 10, factor: 5 };
/** Mean ratio, and share of clipped tokens: recorded runs never passed 1.13 and 0.06. */
const EXPLODED = { ratio: 2, clipped: 0.3 };

/** Watches one run, iteration by iteration in order. */
export class AlarmWatch {
  readonly #active = new Set<AlarmKind>();
  #firstEntropy: number | null = null;
  #lastKl: number | null = null;

  /** The alarms that this iteration raises. */
  next({ iteration, successRate, update }: WatchedIteration): Alarm[] {
    if (update === null) return [];
    const { entropy, klToBase, meanRatio, clipFraction } = update;
    this.#firstEntropy ??= entropy;
    const texts: Readonly<Record<AlarmKind, string | null>> = {
      entropyCollapse: entropyText(entropy, this.#firstEntropy, successRate),
      klSpike: klText(klToBase, this.#lastKl),
      ratioExplosion: ratioText(meanRatio, clipFraction),
    };
    this.#lastKl = klToBase ?? this.#lastKl;
    return (Object.keys(texts) as AlarmKind[]).flatMap((kind) => {
      const text = texts[kind];
      const isNew = text !== null && !this.#active.has(kind);
      if (text === null) this.#active.delete(kind);
      else this.#active.add(kind);
      return isNew ? [{ iteration, kind, text }] : [];
    });
  }
}

/** All alarms of a curve, ascending by iteration. */
export function alarmsOf(curve: readonly WatchedIteration[]): Alarm[] {
  const watch = new AlarmWatch();
  return curve.flatMap((iteration) => watch.next(iteration));
}

function entropyText(entropy: number, first: number, successRate: number): string | null {
  if (entropy >= COLLAPSED_SHARE * first || successRate >= SOLVED_RATE) return null;
  return (
    `Entropy collapse: ${short(entropy)} nats per token are left of ${short(first)}, while ${percent(successRate)} of ` +
    "the rollouts succeed. The policy hardly tries anything else any more. A higher temperature, an entropy bonus or a " +
    "smaller learning rate keeps it trying."
  );
}

function klText(kl: number | null, before: number | null): string | null {
  if (kl === null || kl <= KL_SPIKE.nats || (before !== null && kl <= KL_SPIKE.factor * before)) return null;
  return (
    `KL spike: ${short(kl)} nats per token from the base policy, ${before === null ? "at the first measurement" : `after ${short(before)}`}. ` +
    "Words that the base thinks almost impossible have become likely. A KL penalty (β) or a smaller learning rate holds " +
    "the policy back."
  );
}

function ratioText(meanRatio: number, clipFraction: number): string | null {
  if (meanRatio <= EXPLODED.ratio && clipFraction <= EXPLODED.clipped) return null;
  return (
    `Ratio explosion: the mean importance ratio is ${short(meanRatio)} and ${percent(clipFraction)} of the tokens are ` +
    "clipped. What is learned from was written by a policy that is no longer like this one, so most of it is lost. Fewer " +
    "minibatches or a smaller learning rate helps."
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
