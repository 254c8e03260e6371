import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { scienceTaskSpecs } from "../../../src/core/envs/science/create-env.ts";
import { ROOM_NAMES } from "../../../src/core/envs/science/world.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { wordsOf } from "../../../src/core/text/vocabulary.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import type { EpisodeStyle } from "../../../src/pretraining/episode.ts";
import { randomDisguise } from "../../../src/pretraining/guided/disguise.ts";
import { lastThing, tipWords } from "../../../src/pretraining/guided/guide.ts";
import {
  FIRST_HOUSE,
  generateGuidedChain,
  generateGuidedEpisode,
  randomGuidedWorld,
  type GuidedEpisode,
} from "../../../src/pretraining/guided/guided-chain.ts";
import { GUIDES } from "../../../src/pretraining/guided/guides.ts";
import { AVOIDING_CORPUS, GUIDED_CORPUS } from "../../../src/pretraining/recipe.ts";
import { isSubsequence } from "../episode-facts.ts";

const ROOT = Random.fromSeed(17).fork("guided test");
const CHAINS = Array.from({ length: 60 }, (_, i) => generateGuidedChain(ROOT.fork(i), GUIDED_CORPUS));
const EPISODES = CHAINS.flat();
const TASKS = Object.keys(GUIDES);
const ROOMS: ReadonlySet<string> = new Set(ROOM_NAMES);

function actionWeights({ row: { tokens, weights } }: GuidedEpisode): number[][] {
  return tokens.flatMap((token, i) =>
    token === TOKEN.prompt ? [weights.slice(i + 1, tokens.indexOf(TOKEN.actionEnd, i) + 1)] : [],
  );
}

describe("guided chains", () => {
  it("are the same for the same seed and others for another", () => {
    const chain = (label: string) => generateGuidedChain(ROOT.fork(label), GUIDED_CORPUS);
    expect(chain("a")).toEqual(chain("a"));
    expect(chain("a")).not.toEqual(chain("b"));
  });

  it("are sequences that begin and end as rollouts do, with loss on what the policy should do alone", () => {
    const styles = new Set(EPISODES.map(({ style }) => style));
    expect(styles).toEqual(new Set<EpisodeStyle>(["plain", "with-tips", "mixed", "oracle", "wander"]));
    for (const episode of EPISODES) {
      const { tokens, weights } = episode.row;
      expect(weights).toHaveLength(tokens.length);
      expect(tokens[0]).toBe(TOKEN.bos);
      const written = [...encode(episode.tip.join(" ")), ...encode("; score")];
      expect(tokens.slice(tokens.indexOf(TOKEN.summary) + 1)).toEqual(written);
      expect(written.length).toBeLessThanOrEqual(DEFAULT_CONFIG.maxTipTokens);
      const counted = new Set(actionWeights(episode).flat());
      if (episode.style === "oracle" || episode.style === "wander") expect(counted).toEqual(new Set([0]));
      if (episode.style === "plain" || episode.style === "with-tips") expect(counted).toEqual(new Set([1]));
    }
  });

  it("show tips of earlier episodes of the same world only", () => {
    for (const chain of CHAINS) {
      chain.forEach((episode, i) => {
        const earlier = chain.slice(0, i).map(({ tip }) => tip.join(" "));
        for (const shown of episode.tipsShown) expect(earlier).toContain(shown);
        expect(episode.tipsShown.length > 0).toBe(episode.style === "with-tips");
      });
    }
  });

  it("tell in a tip only what was done in that episode, in order", () => {
    for (const { tip, actions } of EPISODES) {
      const log = tip.includes(";") ? tip.slice(0, tip.indexOf(";")) : tip;
      const steps = log.filter((word) => !ROOMS.has(word));
      expect(isSubsequence(steps, actions.flatMap(tipWords)), `${tip.join(" ")} | ${actions.join(" | ")}`).toBe(true);
      const trouble = tip.includes(";") ? tip.slice(tip.indexOf(";") + 1) : [];
      // A number answers a question about the action before.
      const last = actions.findLast((action) => !/^\d+$/.test(action))!;
      if (trouble[0] === "bad") expect(lastThing(last)).toEqual(trouble.slice(1));
    }
  });

  it("name in a tip what was poured or moved, and the action for the answer to a question about it", () => {
    expect(tipWords("pour red paint into jug")).toEqual(["pour", "red", "paint", "jug"]);
    expect(tipWords("move seed to pot 1")).toEqual(["put", "seed", "pot", "1"]);
    expect(lastThing("move unknown b to red box")).toEqual(["red", "box"]);
    const played = Array.from({ length: 30 }, (_, i) => {
      const random = ROOT.fork(`paint ${i}`);
      const world = randomGuidedWorld(random.fork("world"), "chemistry-mix-paint-tertiary-color");
      return generateGuidedEpisode(world, "oracle", [], { config: GUIDED_CORPUS, random: random.fork("episode") });
    });
    const asked = played.filter(({ actions }) => actions.some((action) => /^\d+$/.test(action)));
    expect(asked.length).toBeGreaterThan(3);
    for (const { tip, actions } of asked) {
      expect(tip.filter((word) => /^\d+$/.test(word))).toEqual([]);
      const pours = actions.filter((action) => action.startsWith("pour"));
      expect(tip.filter((word) => word === "pour")).toHaveLength(pours.length);
    }
  });

  it("fail where a tip calls something bad, and nowhere else", () => {
    for (const { tip, score } of EPISODES) expect(tip.includes("bad")).toBe(score === -100);
    expect(EPISODES.filter(({ score }) => score === -100).length).toBeGreaterThan(10);
  });
});

describe("guided worlds", () => {
  it("are of train variations, in houses that nobody trains in, under other names", () => {
    for (const task of TASKS) {
      const { splits } = scienceTaskSpecs().find((spec) => spec.task === task)!;
      for (let i = 0; i < 20; i++) {
        const { ref } = randomGuidedWorld(ROOT.fork(`${task} world ${i}`), task);
        expect(ref.task).toBe(task);
        expect(splits.train).toContain(ref.variation);
        expect(ref.house).toBeGreaterThanOrEqual(FIRST_HOUSE);
      }
    }
    const texts = (count: number) =>
      Array.from({ length: count }, (_, i) => randomGuidedWorld(ROOT.fork(`world ${i}`), "lifespan-longest-lived"));
    const rooms = texts(60).map(({ disguise }) => disguise.apply("outside"));
    expect(new Set(rooms).size).toBeGreaterThan(7);
  });

  it("disguise words of a class as words of that class, no two alike", () => {
    const disguise = randomDisguise(ROOT.fork("disguise"));
    for (const words of [ROOM_NAMES, wordsOf("colours"), wordsOf("animals"), wordsOf("letters")]) {
      expect(new Set(words.map(disguise.apply))).toEqual(new Set(words));
    }
    expect(disguise.undo(disguise.apply("move red box to kitchen"))).toBe("move red box to kitchen");
    expect(disguise.apply("orange")).toBe("orange");
    expect(disguise.apply("pick up pot")).toBe("pick up pot");
  });

  it.each(TASKS)("%s: guide and reader get there, the prior does not", (task) => {
    const count = 24;
    const scores = { oracle: 0, reader: 0, prior: 0 };
    for (let i = 0; i < count; i++) {
      const random = ROOT.fork(`${task} ${i}`);
      const world = randomGuidedWorld(random.fork("world"), task);
      const play = (style: EpisodeStyle, tips: readonly GuidedEpisode[] = []) => {
        const shown = tips.map(({ tip, score, advice }) => ({ text: tip.join(" "), score, advice }));
        return generateGuidedEpisode(world, style, shown, { config: GUIDED_CORPUS, random: random.fork(style) });
      };
      const oracle = play("oracle");
      scores.oracle += oracle.score / count;
      scores.reader += play("with-tips", [oracle]).score / count;
      scores.prior += play("plain").score / count;
    }
    // Where pots have to be watered by hand, growing takes longer than an episode of the corpus.
    expect(scores.oracle).toBeGreaterThan(task.startsWith("grow") ? 60 : 85);
    expect(scores.reader).toBeGreaterThan(scores.oracle - 30);
    expect(scores.prior).toBeLessThan(60);
  });
});

describe("chains of worlds in which wrong answers come first", () => {
  const config = { ...AVOIDING_CORPUS, alternatives: 1 };
  const chains = Array.from({ length: 80 }, (_, i) => generateGuidedChain(ROOT.fork(`wrong ${i}`), config));
  const episodes = chains.flat();
  // Where two answers are wanted, one may be bad as the first and right as the second.
  const ofOneAnswer = chains.filter((chain) => !chain.some(({ tip }) => tip.includes("first"))).flat();
  const badOf = ({ tipsShown }: GuidedEpisode): string[] =>
    tipsShown.flatMap((tip) => / ; bad (.*)$/.exec(tip)?.slice(1) ?? []);

  it("have readers who leave what tips call bad, and those answers weigh more", () => {
    const told = ofOneAnswer.filter((episode) => badOf(episode).length > 0);
    expect(told.length).toBeGreaterThan(40);
    const again = told.filter((episode) => badOf(episode).some((name) => episode.actions.includes(`focus on ${name}`)));
    expect(again).toEqual([]);
    const weights = new Set(told.flatMap((episode) => actionWeights(episode).flat()));
    expect(weights).toEqual(new Set([1, config.weights.afterBad]));
  });

  it("often show readers no tip that has the answer", () => {
    const told = episodes.filter((episode) => badOf(episode).length > 0);
    const alone = told.filter(({ tipsShown }) => tipsShown.every((tip) => tip.includes("; bad")));
    expect(alone.length / told.length).toBeGreaterThan(0.2);
  });

  it("have tips that say which of two answers is the first", () => {
    const tips = episodes.map(({ tip }) => tip.join(" "));
    expect(tips.some((tip) => /first focus .* then focus /.test(tip))).toBe(true);
    expect(EPISODES.map(({ tip }) => tip.join(" ")).filter((tip) => /\b(first|then)\b/.test(tip))).toEqual([]);
  });
});
