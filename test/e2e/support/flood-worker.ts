/** @file A training worker of words only: the page gets the messages of long runs, many of them, without any training. */

/** What the page is to be given. */
export interface Flood {
  /** Iterations of each run. */
  readonly points: number;
  /** The start, from 1, that also brings rollouts and tips. */
  readonly richStart: number;
  readonly rollouts: number;
  readonly tips: number;
  /** Pause between two further iterations of the last run, milliseconds. */
  readonly everyMs: number;
}

/** A prelude that puts such workers in the place of the page's. */
export function floodPrelude(flood: Flood): string {
  return `globalThis.__name ??= (made) => made; if (typeof document !== "undefined") (${replaceWorkers.toString()})(${JSON.stringify(flood)});`;
}

/** Runs in the page: nothing from outside is known here. */
function replaceWorkers(flood: Flood): void {
  let starts = 0;
  const modes = { "on-policy": 20, "on-policy-with-tips": 10, "off-policy": 10 };
  const task = { world: "scienceworld", task: "power-component", variation: 0, preset: "easy", house: 1 };
  const update = (i: number): object => ({
    ...{ loss: 1 / (i + 1), meanRatio: 1, clipFraction: 0, maskedFraction: 0.01, entropy: 0.4, klToBase: 0.1 },
    ...{ gradNorm: 1, tokenCount: 100 },
  });
  const finished = (i: number): object => ({
    type: "iterationFinished",
    summary: {
      ...{ iteration: i, meanReturn: 50 + 40 * Math.sin(i / 300), successRate: 0.6, bestScore: 100 },
      ...{ meanReturnWithTips: 60, meanReturnWithoutTips: 40, successRateWithTips: 0.5, successRateWithoutTips: 0.4 },
      ...{
        modeCounts: modes,
        expectedModeCounts: modes,
        episodeCount: 40,
        tokenCount: 4000,
        totalTokenCount: 4000 * i,
      },
      ...{ tipCount: i, update: update(i) },
      times: { rollout: 300, tipWriting: 20, retrieval: 5, update: 200, evaluation: 0 },
    },
  });
  const rollout = (iteration: number, i: number): object => ({
    ...{ rolloutId: `${iteration}.group-0.${i}`, iteration, task, groupId: `${iteration}.group-0`, mode: "off-policy" },
    ...{ firstObservation: "in kitchen see door", retrieved: [], tip: null, score: 50, intrinsicReturn: 0 },
    turns: Array.from({ length: 15 }, () => ({
      ...{ action: "go hallway", observation: "in hallway see door", score: 0, reward: 0, intrinsicReward: 0 },
      ...{ logProbs: [-0.1, -0.2], entropies: [0.1, 0.2] },
    })),
    ...{ advantage: i / 40, tokens: [1, 2, 3], segments: [{ kind: "action", start: 0, end: 3 }] },
  });
  const tip = (id: number): object => ({
    ...{
      id,
      bucket: `power-component/easy/house-1/variation-${id % 5}`,
      tokens: [10 + (id % 400), 11, 12],
      score: id % 100,
    },
    ...{ iteration: id, key: [3], author: "policy", pinned: false, retrievedCount: id % 7 },
  });
  class FloodWorker {
    onmessage: ((event: { data: object }) => void) | null = null;
    #sequence = 0;
    #timer = 0;
    #runId = "";
    addEventListener(): void {}
    terminate(): void {
      clearInterval(this.#timer);
    }
    postMessage({ type, runId, config }: { type: string; runId: string; config?: object }): void {
      this.#runId = runId;
      if (type === "ping") this.#say({ type: "pong" });
      if (type === "start") setTimeout(() => this.#start(config));
    }
    #say(message: object): void {
      this.onmessage?.({ data: { sequence: this.#sequence++, message: { runId: this.#runId, ...message } } });
    }
    #tell(events: readonly object[]): void {
      this.#say({ type: "events", replay: false, events });
    }
    #start(config: object | undefined): void {
      const isRich = ++starts === flood.richStart;
      this.#say({ type: "backend", backend: "wasm", reason: "Words only.", isEmulated: false });
      this.#tell([{ type: "runStarted", method: "empo2", iteration: 0, backend: "wasm", config }]);
      this.#say({ type: "state", state: "running" });
      const evaluation = (i: number): object => ({
        type: "evaluated",
        evaluation: {
          ...{
            iteration: i,
            meanReturn: 70,
            successRate: 0.5,
            episodeCount: 8,
            perVariation: [],
            memory: "off",
            split: "test",
          },
        },
      });
      for (let i = 1; i <= flood.points; i++) this.#tell(i % 50 === 0 ? [evaluation(i), finished(i)] : [finished(i)]);
      if (!isRich) return;
      const iterations = flood.rollouts / 40;
      for (let k = 0; k < iterations; k++) {
        const iteration = flood.points - iterations + k + 1;
        const rollouts = Array.from({ length: 40 }, (_, i) => rollout(iteration, i));
        this.#tell([{ type: "rolloutsFinished", iteration, rollouts }]);
      }
      this.#say({ type: "tips", tips: Array.from({ length: flood.tips }, (_, i) => tip(i + 1)) });
      let next = flood.points;
      this.#timer = window.setInterval(() => {
        next++;
        const rollouts = Array.from({ length: 40 }, (_, i) => rollout(next, i));
        this.#tell([{ type: "rolloutsFinished", iteration: next, rollouts }, finished(next)]);
        this.#say({ type: "saved", iteration: next, error: null });
      }, flood.everyMs);
    }
  }
  Object.assign(globalThis, { Worker: FloodWorker });
}
