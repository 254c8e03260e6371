import { describe, expect, it } from "vitest";
import type { Completion } from "../../../src/core/policy/policy.ts";
import type { ActionRescorer, Situation } from "../../../src/core/rollout/candidate-actions.ts";
import { rollOut } from "../../../src/core/rollout/rollout-engine.ts";
import { positionsOf } from "../../../src/core/text/sequence.ts";
import { decode } from "../../../src/core/text/tokenizer.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";
import { dependenciesOf, request, ROLLOUT } from "./rollout-fixtures.ts";

const REQUESTS = [0, 1, 2, 3].map((i) => request(i));

/** Five words, ends half of the time; what it writes depends on everything it has read. */
function policy(): TabularPolicy {
  return new TabularPolicy({
    words: "red blue green gold go",
    prior: (prefix) => ({ "<end>": 1, red: (prefix.length % 3) - 1, blue: (prefix.at(-1)! % 3) - 1, "</tip>": -30 }),
  });
}

function rescorer(choose: ActionRescorer["choose"], changes: Partial<ActionRescorer> = {}): ActionRescorer {
  return { candidateCount: 4, temperature: ROLLOUT.temperature, choose, ...changes };
}

async function rollOutWith(chosen?: ActionRescorer) {
  const table = policy();
  return { table, trajectories: await rollOut(REQUESTS, ROLLOUT, dependenciesOf(table, { rescorer: chosen })) };
}

describe("rollouts with rescoring", () => {
  it("that always take the first candidate are those without", async () => {
    const { trajectories: plain } = await rollOutWith();
    const { trajectories } = await rollOutWith(rescorer(() => 0));
    expect(trajectories).toEqual(plain);
  });

  it("go on as if only the chosen action had been written, whichever it is", async () => {
    for (const place of [0, 1, 2, 3]) {
      const { table, trajectories } = await rollOutWith(rescorer(() => place));
      for (const { sequence, actionLogProbs } of trajectories) {
        // Each action's log-probs are those after the sequence as it is told, so nothing else was in the cache.
        const positions = positionsOf(sequence, "action");
        const [logProbs] = await table.logProbs([{ tokens: sequence.tokens, positions }], ROLLOUT.temperature);
        expect(actionLogProbs).toHaveLength(positions.length);
        actionLogProbs.forEach((logProb, i) => expect(logProb).toBeCloseTo(logProbs![i]!, 6));
      }
    }
  });

  it("offer samples of the same turn that differ, and tell what they are chosen in", async () => {
    const seen: { situation: Situation; candidates: readonly Completion[] }[] = [];
    const { trajectories } = await rollOutWith(
      rescorer((situation, candidates) => {
        seen.push({ situation, candidates });
        return 2;
      }),
    );
    const turnCount = trajectories.reduce((total, { turns }) => total + turns.length, 0);
    expect(seen).toHaveLength(turnCount);
    expect(seen.every(({ candidates }) => candidates.length === 4)).toBe(true);
    const texts = seen.map(({ candidates }) => new Set(candidates.map(({ tokens }) => decode(tokens))).size);
    expect(texts.filter((count) => count > 1).length).toBeGreaterThan(texts.length / 2);
    const [{ turns, firstObservation }] = trajectories as [(typeof trajectories)[number]];
    const ofFirst = seen.filter((_, i) => i % REQUESTS.length === 0).map(({ situation }) => situation);
    expect(ofFirst[0]).toEqual({ task: firstObservation, observation: firstObservation, turn: 0 });
    expect(ofFirst[1]).toEqual({ task: firstObservation, observation: turns[0]!.observation, turn: 1 });
  });

  it("sample at the rescorer's temperature", async () => {
    const { trajectories } = await rollOutWith(rescorer(() => 0, { temperature: 0, candidateCount: 1 }));
    const actions = trajectories.map(({ turns }) => turns.map(({ action }) => action));
    expect(new Set(actions.map(String)).size).toBe(1);
  });
});
