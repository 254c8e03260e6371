/** @file The curves of a race: means over the seeds of each method, with their intervals. Pure. */
import { Random } from "../../core/base/random.ts";
import { estimateMean, type Estimate } from "../../experiments/statistics.ts";
import type { Racer } from "./race.ts";

/** A mean over seeds at an iteration. */
export interface MethodPoint {
  readonly iteration: number;
  readonly heldOutReturn: Estimate;
}

/** What a method's seeds reached. */
export interface MethodResult {
  readonly method: string;
  readonly seedCount: number;
  readonly finishedCount: number;
  /** Iterations at which every seed that has begun was evaluated. */
  readonly curve: readonly MethodPoint[];
  /** Over the seeds that have finished; null while none has. */
  readonly end: { readonly heldOutReturn: Estimate; readonly heldOutSuccess: Estimate } | null;
}

/** The results by method, in the order of the racers. */
export function methodResults(racers: readonly Racer[]): MethodResult[] {
  const methods = [...new Set(racers.map(({ config }) => config.method))];
  return methods.map((method) =>
    methodResult(
      method,
      racers.filter(({ config }) => config.method === method),
    ),
  );
}

function methodResult(method: string, racers: readonly Racer[]): MethodResult {
  const begun = racers.map(({ run }) => run.evaluations).filter((evaluations) => evaluations.length > 0);
  const random = Random.fromSeed(1).fork(method);
  const curve = (begun[0] ?? []).flatMap(({ iteration }): MethodPoint[] => {
    const values = begun.flatMap((evaluations) => evaluations.find((one) => one.iteration === iteration) ?? []);
    if (values.length < begun.length) return [];
    const returns = values.map(({ meanReturn }) => meanReturn);
    return [{ iteration, heldOutReturn: estimateMean(returns, random.fork(iteration)) }];
  });
  const ends = racers.flatMap(({ run }) => run.finished ?? []);
  return {
    method,
    seedCount: racers.length,
    finishedCount: racers.filter(({ state }) => state === "finished").length,
    curve,
    end: ends.length === 0 ? null : endOf(ends, random),
  };
}

type Finish = NonNullable<Racer["run"]["finished"]>;

function endOf(ends: readonly Finish[], random: Random): NonNullable<MethodResult["end"]> {
  const returns = ends.flatMap(({ heldOutReturn }) => heldOutReturn ?? []);
  const successes = ends.flatMap(({ heldOutSuccess }) => heldOutSuccess ?? []);
  return {
    heldOutReturn: estimateMean(returns, random.fork("return")),
    heldOutSuccess: estimateMean(successes, random.fork("success")),
  };
}
