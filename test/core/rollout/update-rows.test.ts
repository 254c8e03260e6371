import { describe, expect, it } from "vitest";
import type { LearningMode, TurnRecord } from "../../../src/core/events/training-event.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { updateRows, withTipFreeOldLogProbs } from "../../../src/core/rollout/update-rows.ts";
import { SequenceBuilder } from "../../../src/core/text/sequence.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";

const [RED, BLUE, DONE] = encode("red blue done") as [number, number, number];
const [TIP_WORD] = encode("gold") as [number];
const { bos, tipStart, tipEnd, prompt, actionEnd, summary } = TOKEN;
const SAMPLED = [-0.1, -0.2, -0.3, -0.4];

/** Two turns, `red <end>` and `blue <end>`; a memory rollout with a tip before each. */
function trajectory(mode: LearningMode): Trajectory {
  const sequence = new SequenceBuilder();
  const tip = () => mode !== "on-policy" && sequence.append("tip", [tipStart, TIP_WORD, tipEnd]);
  sequence.append("observation", [bos, DONE]);
  tip();
  sequence.append("prompt", [prompt]);
  sequence.append("action", [RED, actionEnd]);
  sequence.append("observation", [DONE]);
  tip();
  sequence.append("prompt", [prompt]);
  sequence.append("action", [BLUE, actionEnd]);
  sequence.append("observation", [DONE]);
  sequence.append("prompt", [summary]);
  sequence.append("writtenTip", [BLUE, tipEnd]);
  const turns = [{}, {}] as TurnRecord[];
  return { mode, sequence: sequence.build(), actionLogProbs: SAMPLED, turns } as unknown as Trajectory;
}

function rowOf(mode: LearningMode, advantage = 1.5) {
  const [only] = updateRows([trajectory(mode)], [advantage], false);
  return only!.row;
}

/** Probability of `red` 0.5 without tips and much more with one; everything else is even. */
const TABLE = () =>
  new TabularPolicy({
    words: "red blue",
    prior: (prefix): Record<string, number> => (prefix.includes(TIP_WORD) ? { red: 3 } : {}),
  });

describe("the rows of Table 3", () => {
  it("regular on-policy: the sequence as sampled, cut after its last action", () => {
    expect(rowOf("on-policy")).toEqual({
      tokens: [bos, DONE, prompt, RED, actionEnd, DONE, prompt, BLUE, actionEnd],
      lossPositions: [3, 4, 7, 8],
      oldLogProbs: SAMPLED,
      advantages: [1.5, 1.5, 1.5, 1.5],
      offPolicy: false,
    });
  });

  it("on-policy with tips: the tips stay, and with them the old log-probs", () => {
    const tip = [tipStart, TIP_WORD, tipEnd];
    expect(rowOf("on-policy-with-tips")).toEqual({
      tokens: [bos, DONE, ...tip, prompt, RED, actionEnd, DONE, ...tip, prompt, BLUE, actionEnd],
      lossPositions: [6, 7, 13, 14],
      oldLogProbs: SAMPLED,
      advantages: [1.5, 1.5, 1.5, 1.5],
      offPolicy: false,
    });
  });

  it("off-policy: the tips are cut out, the old log-probs still those sampled with tips", () => {
    expect(rowOf("off-policy")).toEqual({ ...rowOf("on-policy"), offPolicy: true });
  });

  it("divide by log-probs with, with, and across tips", async () => {
    const table = TABLE();
    const modes: LearningMode[] = ["on-policy", "on-policy-with-tips", "off-policy"];
    const current = await table.logProbs(
      modes.map((mode) => ({ tokens: rowOf(mode).tokens, positions: rowOf(mode).lossPositions })),
      1,
    );
    const [plain, withTips, offPolicy] = current;
    // Alphabet: red, blue, <end>, </tip>. Even without a tip; e³ to three ones with it.
    expect(plain![0]).toBeCloseTo(Math.log(1 / 4), 6);
    expect(withTips![0]).toBeCloseTo(3 - Math.log(Math.exp(3) + 3), 6);
    expect(offPolicy).toEqual(plain);
  });
});

describe("updateRows", () => {
  it("leaves out rows whose advantage is nearly zero, unless something else acts on them", () => {
    const trajectories = [0, 5e-4, -5e-4, 2e-3, -1].map(() => trajectory("on-policy"));
    const advantages = [0, 5e-4, -5e-4, 2e-3, -1];
    const kept = updateRows(trajectories, advantages, false);
    expect(kept.map(({ row }) => row.advantages[0])).toEqual([2e-3, -1]);
    expect(kept.map((each) => trajectories.indexOf(each.trajectory))).toEqual([3, 4]);
    expect(updateRows(trajectories, advantages, true)).toHaveLength(5);
  });

  it("leaves out episodes without actions always", () => {
    const empty = { ...trajectory("on-policy"), turns: [], actionLogProbs: [] };
    expect(updateRows([empty], [1], true)).toEqual([]);
  });

  it("puts no loss on tips, observations and written tips", () => {
    const { tokens, lossPositions } = rowOf("on-policy-with-tips");
    expect(lossPositions.map((position) => tokens[position])).toEqual([RED, actionEnd, BLUE, actionEnd]);
  });
});

describe("withTipFreeOldLogProbs", () => {
  it("replaces those of off-policy rows by the current policy's without tips, so that ratios start at 1", async () => {
    const table = TABLE();
    const modes: LearningMode[] = ["off-policy", "on-policy", "off-policy", "on-policy-with-tips"];
    const sampled = updateRows(modes.map(trajectory), [1, 1, -1, 1], false);
    const rows = await withTipFreeOldLogProbs(sampled, table, 1);
    const even = Math.log(1 / 4);
    expect(rows.map(({ row }) => row.oldLogProbs)).toEqual([
      [even, even, even, even].map((value) => expect.closeTo(value, 6) as number),
      SAMPLED,
      [even, even, even, even].map((value) => expect.closeTo(value, 6) as number),
      SAMPLED,
    ]);
    const rest = ({ row: { tokens, lossPositions, advantages, offPolicy } }: (typeof rows)[number]) => ({
      tokens,
      lossPositions,
      advantages,
      offPolicy,
    });
    expect(rows.map(rest)).toEqual(sampled.map(rest));
    expect(rows.map((each) => each.trajectory)).toEqual(sampled.map((each) => each.trajectory));
    expect(table.calls.logProbs).toBe(1);
  });

  it("takes them at the temperature of the rollouts", async () => {
    const table = new TabularPolicy({ words: "red blue", prior: () => ({ red: 2 }) });
    const sampled = updateRows([trajectory("off-policy")], [1], false);
    const [row] = await withTipFreeOldLogProbs(sampled, table, 2);
    expect(row!.row.oldLogProbs[0]).toBeCloseTo(1 - Math.log(Math.E + 3), 6);
  });

  it("asks the policy nothing when there is no off-policy row", async () => {
    const table = TABLE();
    const sampled = updateRows([trajectory("on-policy")], [1], false);
    expect(await withTipFreeOldLogProbs(sampled, table, 1)).toEqual(sampled);
    expect(table.calls.logProbs).toBe(0);
  });
});
