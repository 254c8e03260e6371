import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { ALGORITHMS } from "../../../src/core/algorithms/registry.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import { knowledgeState, runKnowledge, testRescorer } from "../../../src/core/training/run-knowledge.ts";

describe("a run's knowledge", () => {
  it("of a new run is empty", () => {
    const knowledge = runKnowledge(DEFAULT_CONFIG, null, Random.fromSeed(1));
    expect(knowledgeState(knowledge)).toEqual({
      memory: { nextId: 1, tips: [] },
      novelty: [],
      pendingTips: [],
      critic: null,
    });
  });

  it("counts states in the way the settings ask for", () => {
    const rewardOf = (intrinsicReward: "novelty" | "count" | "rnd") => {
      const { novelty } = runKnowledge({ ...DEFAULT_CONFIG, intrinsicReward }, null, Random.fromSeed(1));
      novelty.record("a", [[1, 2, 3]], 0.9);
      return novelty.episode("a", 0.9).visit([1, 2, 3]);
    };
    expect(rewardOf("novelty")).toBe(1 / 2);
    expect(rewardOf("count")).toBe(1 / Math.sqrt(2));
    expect(rewardOf("rnd")).toBeGreaterThan(0.6);
  });

  it("chooses actions at test for Retrospex only", () => {
    const { critic } = runKnowledge(DEFAULT_CONFIG, null, Random.fromSeed(1));
    const rescoring = ALGORITHMS.filter(
      ({ id }) => testRescorer({ ...DEFAULT_CONFIG, method: id }, critic) !== undefined,
    );
    expect(rescoring.map(({ id }) => id)).toEqual(["retrospex"]);
    const rescorer = testRescorer({ ...DEFAULT_CONFIG, method: "retrospex", candidateActions: 3 }, critic);
    expect(rescorer).toMatchObject({ candidateCount: 3, temperature: 1 });
  });
});
