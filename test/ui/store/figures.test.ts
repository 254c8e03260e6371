import { expect, test } from "vitest";
import { axisPosition, meanTimes, pointsOf, summarise } from "../../../src/ui/store/curves.ts";
import { binOf, commonRatio, countRatios, maskedWords, RATIO_BINS } from "../../../src/ui/store/ratios.ts";
import { changeSettings, INITIAL_SETTINGS, waitingForRestart } from "../../../src/ui/store/settings-slice.ts";
import { listTips } from "../../../src/ui/store/tip-list.ts";
import { iterationEvents, rollout, runEvents, viewOf } from "../support/run-events.ts";

test("curves stand on iterations, tokens or seconds", () => {
  const { run } = viewOf(runEvents({ iterations: 2 }));
  expect(pointsOf(run, "iterations").heldOut.x).toEqual([0, 1, 2]);
  expect(pointsOf(run, "tokens").heldOut.x).toEqual([0, 100, 200]);
  expect(pointsOf(run, "seconds").train.x).toEqual([0.6, 1.2]);
  expect(axisPosition(run.curve, "tokens")(99)).toBe(200);
});

test("a run's summary has its last held-out value and recent train return", () => {
  const { run } = viewOf(runEvents({ iterations: 3 }));
  expect(summarise(run)).toMatchObject({
    iterations: 3,
    episodes: 12,
    tokens: 300,
    trainReturn: 20,
    heldOutReturn: 13,
  });
  expect(summarise(viewOf([]).run)).toMatchObject({ trainReturn: null, heldOutReturn: null });
  expect(meanTimes(run.curve)).toMatchObject({ rollout: 300, retrieval: 10 });
  expect(meanTimes([])).toBeNull();
});

test("ratios beyond the range are in the outer bins, what is no number in none", () => {
  const counts = countRatios([{ rolloutId: "a", ratios: [0, 0.01, 1.001, 8, Infinity, NaN], masked: [] }]);
  expect(counts).toHaveLength(RATIO_BINS);
  expect([counts[0], counts[RATIO_BINS / 2], counts[RATIO_BINS - 1]]).toEqual([2, 1, 2]);
  expect(binOf(1)).toBe(RATIO_BINS / 2);
  expect(commonRatio(countRatios([{ rolloutId: "a", ratios: [1.01, 1.01], masked: [] }]))).toBeCloseTo(1.03, 1);
});

test("masked words are counted from the action tokens", () => {
  const masks = [0, 1].map((i) => ({ rolloutId: rollout(1, i).rolloutId, ratios: [], masked: [i === 0, true, false] }));
  expect(maskedWords(masks, [rollout(1, 0), rollout(1, 1)])).toEqual([
    { word: "hallway", count: 2 },
    { word: "go", count: 1 },
  ]);
  expect(maskedWords(masks, [])).toEqual([]);
});

test("hot settings reach the running configuration, cold ones wait for a restart", () => {
  const running = { ...INITIAL_SETTINGS, running: INITIAL_SETTINGS.draft };
  const changed = changeSettings(running, { learningRate: 1e-3, groupSize: 4 });
  expect(changed.running).toMatchObject({ learningRate: 1e-3, groupSize: INITIAL_SETTINGS.draft.groupSize });
  expect(waitingForRestart(changed).map(({ key }) => key)).toEqual(["groupSize"]);
  expect(waitingForRestart(changeSettings(INITIAL_SETTINGS, { groupSize: 4 }))).toEqual([]);
});

test("tips are filtered by all words and ordered, pinned ones first", () => {
  const { tips } = viewOf(iterationEvents(1)).memory;
  const pinned = tips.map((tip) => ({ ...tip, pinned: tip.id === 3 }));
  expect(listTips(pinned, "door hallway 1", "newest").map(({ text }) => text)[0]).toContain("door 1");
  expect(listTips(pinned, "", "newest").map(({ id }) => id)).toEqual([3, 4, 2, 1]);
  const scores = listTips(tips, "", "score").map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});
