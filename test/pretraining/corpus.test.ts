import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { ROOM_NAMES } from "../../src/core/envs/science/world.ts";
import { encode, TOKEN } from "../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { generateChain, generateEpisode } from "../../src/pretraining/corpus.ts";
import type { CorpusEpisode } from "../../src/pretraining/episode.ts";
import type { MissionWorld } from "../../src/pretraining/mission.ts";
import { parseTip } from "../../src/pretraining/parsed-tip.ts";
import { randomMissionWorld } from "../../src/pretraining/random-world.ts";
import { BASE_CORPUS } from "../../src/pretraining/recipe.ts";
import { factsOf, isSubsequence } from "./episode-facts.ts";

const ROOMS: ReadonlySet<string> = new Set(ROOM_NAMES);
const ROOT = Random.fromSeed(11).fork("corpus test");
const CHAINS = Array.from({ length: 120 }, (_, i) => {
  const random = ROOT.fork(`chain ${i}`);
  return {
    world: randomMissionWorld(random.fork("world"), BASE_CORPUS.mix),
    episodes: generateChain(random, BASE_CORPUS),
  };
});
const EPISODES = CHAINS.flatMap(({ world, episodes }) => episodes.map((episode) => ({ world, episode })));

/** The weights of every action's tokens, the end token included. */
function actionWeights({ row: { tokens, weights } }: CorpusEpisode): number[][] {
  const actions: number[][] = [];
  tokens.forEach((token, i) => {
    if (token === TOKEN.prompt) actions.push(weights.slice(i + 1, tokens.indexOf(TOKEN.actionEnd, i) + 1));
  });
  return actions;
}

function ofStyle(style: CorpusEpisode["style"]) {
  return EPISODES.filter(({ episode }) => episode.style === style);
}

function shareOf(count: number, style: CorpusEpisode["style"], test: (world: MissionWorld, random: Random) => boolean) {
  const mix = { wiring: 1, carry: 1, find: 1, haul: 1 };
  const worlds = Array.from({ length: count }, (_, i) => ROOT.fork(`${style} ${i}`));
  return worlds.filter((random) => test(randomMissionWorld(random.fork("world"), mix), random)).length / count;
}

describe("the corpus", () => {
  it("is the same for the same seed and another one for another", () => {
    const chain = (label: string) => generateChain(ROOT.fork(label), BASE_CORPUS);
    expect(chain("a")).toEqual(chain("a"));
    expect(chain("a")).not.toEqual(chain("b"));
  });

  it("is the one that the shipped base was made of, token for token and weight for weight", () => {
    let hash = 2_166_136_261;
    for (let i = 0; i < 40; i++) {
      for (const { row } of generateChain(Random.fromSeed(12).fork(`chain ${i}`), BASE_CORPUS)) {
        row.tokens.forEach((token, at) => {
          for (const value of [token, Math.round(100 * row.weights[at]!)])
            hash = Math.imul(hash ^ value, 16_777_619) >>> 0;
        });
      }
    }
    expect(hash).toBe(3_561_677_828);
  });

  it("has episodes of every style, in sequences that begin and end as rollouts do", () => {
    const styles = ["plain", "with-tips", "mixed", "oracle", "wander"] as const;
    for (const style of styles) expect(ofStyle(style).length).toBeGreaterThan(20);
    for (const { episode } of EPISODES) {
      const { tokens, weights } = episode.row;
      expect(weights).toHaveLength(tokens.length);
      expect(tokens[0]).toBe(TOKEN.bos);
      const written = [...encode(episode.tip.join(" ")), ...encode("; score")];
      expect(tokens.slice(tokens.indexOf(TOKEN.summary) + 1)).toEqual(written);
      expect(actionWeights(episode)).toHaveLength(episode.actions.length);
    }
  });

  it("carries no action loss where the oracle or the wanderer acted", () => {
    for (const style of ["oracle", "wander"] as const) {
      for (const { episode } of ofStyle(style)) expect(new Set(actionWeights(episode).flat())).toEqual(new Set([0]));
    }
  });

  it("carries action loss in a mixed episode from where the prior took over, and never before", () => {
    for (const { episode } of ofStyle("mixed")) {
      const perAction = actionWeights(episode).map((weights) => {
        expect(new Set(weights).size).toBe(1);
        return weights[0]! > 0;
      });
      expect(perAction.lastIndexOf(false)).toBeLessThan(perAction.includes(true) ? perAction.indexOf(true) : Infinity);
      expect(perAction.filter((counts) => !counts).length).toBeLessThanOrEqual(21);
    }
    const counted = ofStyle("mixed").filter(({ episode }) => actionWeights(episode).flat().includes(1));
    expect(counted.length).toBeGreaterThan(20);
  });

  it("carries full action loss elsewhere, more on connecting without tips", () => {
    const { action, plainConnection } = BASE_CORPUS.weights;
    for (const { episode } of [...ofStyle("plain"), ...ofStyle("with-tips")]) {
      actionWeights(episode).forEach((weights, i) => {
        const isPolar = / (anode|cathode)( |$)/.test(episode.actions[i]!);
        const expected = episode.style === "plain" && isPolar ? plainConnection : action;
        expect(new Set(weights)).toEqual(new Set([expected]));
      });
    }
  });

  it("puts the tip loss on the true tip, and next to none on what the world says", () => {
    const { tip, answer, firstObservation } = BASE_CORPUS.weights;
    const told = new Set<number>();
    for (const { episode } of EPISODES) {
      const { tokens, weights } = episode.row;
      const summary = tokens.indexOf(TOKEN.summary);
      expect(new Set(weights.slice(summary + 1))).toEqual(new Set([tip]));
      let isAction = false;
      tokens.slice(0, summary + 1).forEach((token, i) => {
        if (!isAction) told.add(weights[i]!);
        if (token === TOKEN.prompt || token === TOKEN.actionEnd) isAction = token === TOKEN.prompt;
      });
    }
    expect(told).toEqual(new Set([0, answer, firstObservation]));
  });

  it("shows tips of earlier episodes of the same world only, the best first", () => {
    for (const { episodes } of CHAINS) {
      episodes.forEach((episode, i) => {
        const earlier = episodes.slice(0, i).map(({ tip }) => tip.join(" "));
        for (const shown of episode.tipsShown) expect(earlier).toContain(shown);
        expect(new Set(episode.tipsShown).size).toBe(episode.tipsShown.length);
        if (episode.style !== "with-tips") expect(episode.tipsShown).toEqual([]);
        const scores = episode.tipsShown.map((shown) =>
          Math.max(
            ...episodes
              .slice(0, i)
              .filter(({ tip }) => tip.join(" ") === shown)
              .map(({ score }) => score),
          ),
        );
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      });
    }
  });

  it("has tips that a rollout has room for", () => {
    const longest = Math.max(...EPISODES.map(({ episode }) => episode.tip.length));
    expect(longest + 2).toBeLessThanOrEqual(DEFAULT_CONFIG.maxTipTokens);
  });
});

describe("a true tip", () => {
  it("states only what its episode showed, in the order in which it happened", () => {
    for (const { world, episode } of EPISODES) {
      const facts = factsOf(world, episode.actions);
      const end = episode.tip.indexOf(";");
      const log = end < 0 ? episode.tip : episode.tip.slice(0, end);
      const trouble = end < 0 ? null : episode.tip.slice(end + 1).join(" ");
      const told = `${episode.tip.join(" ")} ← ${episode.actions.join(", ")}`;
      expect(facts.score).toBe(episode.score);
      expect(isSubsequence(log, facts.words), told).toBe(true);
      const rooms = log.filter((word) => ROOMS.has(word));
      expect(rooms, told).toEqual(facts.rooms.slice(facts.rooms.length - rooms.length));
      if (trouble !== null) expect([...facts.troubles], told).toContain(trouble);
    }
  });

  it("says dark only if a tick passed with the circuit complete and unlit, and then always the truth", () => {
    const dark = EPISODES.filter(({ episode }) => episode.tip.at(-1) === "dark");
    expect(dark.length).toBeGreaterThan(20);
    for (const { world, episode } of dark) {
      expect([...factsOf(world, episode.actions).troubles]).toContain("dark");
      const { crossed } = parseTip(episode.tip.join(" "));
      // A source of a named kind may be dark for other reasons.
      if (crossed !== null && world.mission.family === "wiring")
        expect(crossed).toBe(!world.spec.rules.crossedPolarity);
    }
  });

  it("says on only of a part that lit, and every success is told", () => {
    for (const { world, episode } of EPISODES) {
      if (world.mission.family === "find") continue;
      expect(episode.tip.includes("on")).toBe(factsOf(world, episode.actions).words.includes("on"));
      expect(episode.tip.includes("on")).toBe(episode.score === 100);
    }
  });

  it("says take once, for the thing that counts, whatever else was picked up", () => {
    const busy = EPISODES.filter(
      ({ episode }) => episode.actions.filter((action) => action.startsWith("pick")).length > 1,
    );
    expect(busy.length).toBeGreaterThan(10);
    for (const { episode } of busy) expect(episode.tip.filter((word) => word === "take").length).toBeLessThan(2);
  });

  it("calls bad what cost the episode or did not work, by its name", () => {
    const bad = EPISODES.filter(({ episode }) => episode.tip.includes("bad"));
    expect(bad.length).toBeGreaterThan(20);
    for (const { world, episode } of bad) {
      const name = parseTip(episode.tip.join(" ")).bad!;
      const things = world.spec.things.filter((thing) => thing.name === name);
      expect(things).not.toEqual([]);
      if (episode.score === -100) expect(episode.actions.at(-1)).toBe(`focus on ${name}`);
      else expect(things.some(({ electric }) => electric?.role === "source" && !electric.works)).toBe(true);
    }
  });
});

describe("the scripted agents", () => {
  it("the prior never wires crossed by itself", () => {
    for (const { episode } of ofStyle("plain")) {
      const terminals = episode.actions.flatMap((action) => / (anode|cathode)(?: |$)/.exec(action)?.[1] ?? []);
      for (let i = 0; i + 1 < terminals.length; i += 2) expect(terminals[i + 1]).toBe(terminals[i]);
    }
  });

  it("the reader wires crossed only after a tip that says so", () => {
    let crossed = 0;
    for (const { world, episode } of ofStyle("with-tips")) {
      const own = parseTip(episode.tip.join(" "));
      if (own.crossed !== true) continue;
      crossed += 1;
      const read = episode.tipsShown.map(parseTip);
      if (world.mission.family === "haul") expect(read.some((tip) => tip.crossed !== null)).toBe(true);
      else
        expect(read.some((tip) => (tip.crossed === true && tip.lit) || (tip.crossed === false && tip.dark))).toBe(true);
    }
    expect(crossed).toBeGreaterThan(10);
  });

  it("the reader carries everything elsewhere only after a tip that says what was wired, the prior never", () => {
    let hauled = 0;
    for (const { world, episode } of [...ofStyle("plain"), ...ofStyle("with-tips")]) {
      if (world.mission.family !== "haul" || !parseTip(episode.tip.join(" ")).hauled) continue;
      hauled += 1;
      expect(episode.tipsShown.map(parseTip).some((tip) => tip.crossed !== null)).toBe(true);
    }
    expect(hauled).toBeGreaterThan(10);
  });

  it("the oracle succeeds, the reader of its tip nearly always, the prior seldom", () => {
    const config = BASE_CORPUS;
    const oracle = (world: MissionWorld, random: Random) =>
      generateEpisode(world, "oracle", [], { config, random: random.fork("oracle") });
    const success = { oracle: 0, reader: 0, plain: 0 };
    success.oracle = shareOf(90, "oracle", (world, random) => oracle(world, random).score === 100);
    success.reader = shareOf(90, "with-tips", (world, random) => {
      const { tip, score } = oracle(world, random);
      const shown = [{ text: tip.join(" "), score }];
      return generateEpisode(world, "with-tips", shown, { config, random: random.fork("reader") }).score === 100;
    });
    success.plain = shareOf(90, "plain", (world, random) => {
      return generateEpisode(world, "plain", [], { config, random: random.fork("plain") }).score === 100;
    });
    expect(success.oracle).toBeGreaterThan(0.95);
    expect(success.reader).toBeGreaterThan(0.9);
    expect(success.plain).toBeLessThan(0.5);
  });
});
