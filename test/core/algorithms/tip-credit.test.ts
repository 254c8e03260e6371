import { describe, expect, it } from "vitest";
import { empo2 } from "../../../src/core/algorithms/empo2.ts";
import { tipCredit } from "../../../src/core/algorithms/tip-credit.ts";
import type { UpdateRow } from "../../../src/core/policy/policy.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import { scriptedTask } from "../../support/scripted-env.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";
import { contextOf, settingsOf } from "./algorithm-fixtures.ts";

const [BLUE, RED] = encode("blue red") as [number, number];

/**
 * Takes the red door; the blue one after a tip that says so. Writes `blue` or `red` as its tip, by a coin that all its
 * episodes share and that knows nothing of what it did.
 */
function coinWriter(): TabularPolicy {
  const toldBlue = (prefix: readonly number[]): boolean =>
    prefix.slice(prefix.indexOf(TOKEN.tipStart), prefix.lastIndexOf(TOKEN.tipEnd) + 1).includes(BLUE);
  return new TabularPolicy({
    words: "red blue",
    stepScale: 6000,
    keyOf: (prefix) => {
      const summary = prefix.lastIndexOf(TOKEN.summary);
      return (summary < 0 ? prefix : prefix.slice(summary)).join(" ");
    },
    prior: (prefix): Record<string, number> => {
      const summary = prefix.lastIndexOf(TOKEN.summary);
      if (summary >= 0) return prefix.length > summary + 1 ? { "</tip>": 30 } : { "</tip>": -30, "<end>": -30 };
      if (prefix.length > prefix.lastIndexOf(TOKEN.prompt) + 1) return { "<end>": 30 };
      return { [toldBlue(prefix) ? "blue" : "red"]: 30, "<end>": -30, "</tip>": -30 };
    },
  });
}

const TASKS = [0, 1, 2, 3, 4, 5].map((variation) => scriptedTask(variation));

function trained(policy: TabularPolicy, changes: Partial<RunConfig> = {}) {
  const settings = settingsOf({ memoryRolloutProbability: 0.5, intrinsicCoefficient: 0, ...changes });
  return contextOf({ policy, settings, tasks: TASKS });
}

/** Rows whose loss is on the words of a tip. */
function tipRows(rows: readonly UpdateRow[]): UpdateRow[] {
  return rows.filter(({ tokens, lossPositions }) => tokens[lossPositions[0]! - 1] === TOKEN.summary);
}

describe("EMPO² with tip credit", () => {
  it("learns to write the tip that helps its readers", async () => {
    const policy = coinWriter();
    expect(policy.probability([TOKEN.summary], "blue")).toBeCloseTo(0.5, 9);
    await trained(policy).run(tipCredit, 15);
    expect(policy.probability([TOKEN.summary], "blue")).toBeGreaterThan(0.8);
  });

  it("which EMPO² does not: nothing trains its tips", async () => {
    const policy = coinWriter();
    await trained(policy).run(empo2, 15);
    expect(policy.probability([TOKEN.summary], "blue")).toBeCloseTo(0.5, 9);
  });

  it("without weight for the credit is EMPO², weight for weight", async () => {
    const train = async (algorithm: typeof empo2) => {
      const policy = coinWriter();
      await trained(policy, { tipCreditWeight: 0 }).run(algorithm, 6);
      return weightsHash((await policy.save()).weights);
    };
    expect(await train(tipCredit)).toBe(await train(empo2));
  });

  it("trains the words of a tip, its end included, where its readers and the others differ", async () => {
    const policy = coinWriter();
    const { run, memory } = trained(policy);
    const outcomes = await run(tipCredit, 3);
    const rows = tipRows(policy.updatedRows);
    expect(rows.length).toBeGreaterThan(0);
    for (const { tokens, lossPositions, advantages, offPolicy } of rows) {
      const [word, end] = lossPositions.map((position) => tokens[position]!);
      expect(tokens).toHaveLength(lossPositions.at(-1)! + 1);
      expect([BLUE, RED]).toContain(word);
      expect(end).toBe(TOKEN.tipEnd);
      // Blue is a gain over no tip and over red; red is a loss where another episode of the group read blue.
      expect([advantages[0]! > 0, advantages[0] === advantages[1], offPolicy]).toEqual([word === BLUE, true, false]);
    }
    expect(outcomes.every(({ trajectories, advantages }) => advantages!.length === trajectories.length)).toBe(true);
    expect(memory.size).toBeGreaterThan(0);
  });

  it("remembers how each tip was written last, and forgets it when the window is over", async () => {
    const { run, pendingTips, memory } = trained(coinWriter(), { tipCreditWindow: 2 });
    await run(tipCredit, 5);
    const pending = pendingTips.state();
    expect(pending.length).toBeGreaterThan(0);
    expect(new Set(pending.map(({ tipId }) => tipId)).size).toBe(pending.length);
    for (const { tipId, iteration, oldLogProbs, lossPositions } of pending) {
      expect(iteration).toBeGreaterThan(3);
      expect(memory.find(tipId)).toBeDefined();
      expect(oldLogProbs).toHaveLength(lossPositions.length);
      expect(oldLogProbs[0]).toBeLessThan(0);
    }
  });

  it("does not train what a person wrote in place of the tip", async () => {
    const rowsOfSecondIteration = async (isRewritten: boolean) => {
      const policy = coinWriter();
      const { run, memory, context } = trained(policy);
      await run(tipCredit, 1);
      if (isRewritten) for (const { id } of memory.list()) memory.rewrite(id, encode("blue ; score 3 0"));
      policy.updatedRows.length = 0;
      await tipCredit.create(context)(2);
      return tipRows(policy.updatedRows).length;
    };
    expect(await rowsOfSecondIteration(false)).toBeGreaterThan(0);
    expect(await rowsOfSecondIteration(true)).toBe(0);
  });
});
