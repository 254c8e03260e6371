/** @file Chains of guided episodes: one disguised world, its guide, and episodes whose tips later ones can read. */
import type { Random } from "../../core/base/random.ts";
import type { TaskRef } from "../../core/envs/env.ts";
import { buildWorld, scienceTaskSpecs } from "../../core/envs/science/create-env.ts";
import { ScienceWorldEnv } from "../../core/envs/science/science-world-env.ts";
import type { WorldSpec } from "../../core/envs/science/world.ts";
import { encode, TOKEN } from "../../core/text/tokenizer.ts";
import {
  chooseTips,
  shownTipTokens,
  WeightedTokens,
  type ChainTip,
  type CorpusEpisode,
  type EpisodeStyle,
  type EpisodeWeights,
} from "../episode.ts";
import { randomDisguise, type Disguise } from "./disguise.ts";
import { feasibleAction, type Guide } from "./guide.ts";
import {
  adviceAction,
  guideAction,
  priorAction,
  wanderingAction,
  type Advice,
  type GuidedPrior,
  type GuidedSituation,
} from "./guided-agents.ts";
import { combineAdvice, GuidedTipLog } from "./guided-tip.ts";
import { GUIDES } from "./guides.ts";
import { Progress } from "./progress.ts";

/** How guided episodes are made. */
export interface GuidedConfig {
  readonly prior: GuidedPrior;
  readonly episodesPerWorld: number;
  readonly weights: EpisodeWeights & {
    /** An answer where tips call others bad; what other actions have, if there is none. */
    readonly afterBad?: number;
  };
  /** Share of worlds whose task has steps with alternatives of which the wrong one costs everything; as they come, if there is none. */
  readonly alternatives?: number;
  /** How many tips an episode is shown; mostly one, if there is none. */
  readonly tipCounts?: readonly number[];
  /** Whether tips say which of several answers comes first. */
  readonly ordersAnswers?: boolean;
}

/** Tasks with an answer among several that nothing but trying tells. */
const WITH_ALTERNATIVES: readonly string[] = [
  "lifespan-longest-lived",
  "lifespan-shortest-lived",
  "lifespan-longest-lived-then-shortest-lived",
  "test-conductivity",
  "test-conductivity-of-unknown-substances",
  "use-thermometer",
  "measure-melting-point-known-substance",
];

/** How often a reader of such a world is shown no tip that has the answer. */
const UNANSWERED = 0.7;

/** A world of a real task type, in a house that nobody trains in, under other names. */
export interface GuidedWorld {
  readonly ref: TaskRef;
  readonly spec: WorldSpec;
  readonly guide: Guide;
  readonly disguise: Disguise;
}

/** Longer episodes would not fit the context. */
const MAX_TURNS = 30;
/** Turns that the prior gets by itself: a poor explorer has shown by then what it does. */
const PRIOR_TURNS = 14;
/** Houses from here on are the corpus'. */
export const FIRST_HOUSE = 100_000;
const HOUSES = 1_000_000;
const EASY_SHARE = 0.7;

const SPECS = scienceTaskSpecs();

/** A random guided world of a task. */
export function randomGuidedWorld(random: Random, task = random.pick(Object.keys(GUIDES))): GuidedWorld {
  const { splits } = SPECS.find((spec) => spec.task === task)!;
  const ref: TaskRef = {
    world: "scienceworld",
    task,
    variation: random.pick(splits.train),
    preset: random.chance(EASY_SHARE) ? "easy" : "openDoors",
    house: FIRST_HOUSE + random.integer(HOUSES),
  };
  const world = buildWorld(ref);
  const spec = { ...world, maxTurns: Math.min(MAX_TURNS, world.maxTurns) };
  const env = new ScienceWorldEnv(ref, spec);
  env.reset();
  return { ref, spec, guide: GUIDES[task]!(env.state), disguise: randomDisguise(random.fork("disguise")) };
}

interface GuidedChainTip extends ChainTip {
  readonly advice: Advice;
}

/** A finished guided episode, with what a reader takes from its tip. */
export interface GuidedEpisode extends CorpusEpisode {
  readonly advice: Advice;
}

/** The episodes of one random guided world. */
export function generateGuidedChain(random: Random, config: GuidedConfig): GuidedEpisode[] {
  const isGuessing = config.alternatives !== undefined && random.fork("guessing").chance(config.alternatives);
  const task = isGuessing ? random.fork("task").pick(WITH_ALTERNATIVES) : undefined;
  const world = randomGuidedWorld(random.fork("world"), task);
  const tips: GuidedChainTip[] = [];
  return Array.from({ length: config.episodesPerWorld }, (_, i) => {
    const episodeRandom = random.fork(`episode ${i}`);
    const style = isGuessing ? chooseGuessingStyle(episodeRandom, i) : chooseStyle(episodeRandom, i === 0);
    const known =
      isGuessing && episodeRandom.fork("unanswered").chance(UNANSWERED) ? tips.filter(isUnanswered(world)) : tips;
    const shown = style === "with-tips" ? chooseTips(known, episodeRandom, config.tipCounts) : [];
    const episode = generateGuidedEpisode(world, style, shown, { config, random: episodeRandom });
    tips.push({ text: episode.tip.join(" "), score: episode.score, advice: episode.advice });
    return episode;
  });
}

/** Tips that do not tell the answer: what they call bad is all there is to go by. */
function isUnanswered({ guide }: GuidedWorld): (tip: GuidedChainTip) => boolean {
  return ({ advice }) => !advice.entries.some(({ step }) => guide[step]!.options.length > 1);
}

/** Wrong answers first, so that there is something to leave. */
function chooseGuessingStyle(random: Random, i: number): EpisodeStyle {
  if (i < 2 || random.chance(0.2)) return "wander";
  return random.chance(0.85) ? "with-tips" : chooseStyle(random, false);
}

function chooseStyle(random: Random, isFirst: boolean): EpisodeStyle {
  const choice = random.uniform();
  if (isFirst) return choice < 0.6 ? "plain" : "wander";
  if (choice < 0.12) return "mixed";
  if (choice < 0.24) return "plain";
  if (choice < 0.34) return "oracle";
  return choice < 0.48 ? "wander" : "with-tips";
}

interface Episode {
  readonly config: GuidedConfig;
  readonly random: Random;
}

/** One guided episode, as tokens with a loss weight each. */
export function generateGuidedEpisode(
  world: GuidedWorld,
  style: EpisodeStyle,
  shown: readonly GuidedChainTip[],
  { config: { weights, prior, ordersAnswers = false }, random }: Episode,
): GuidedEpisode {
  const { guide, disguise } = world;
  const oracleTurns = oracleTurnsOf(style, guide, random);
  const env = startEnv(world, style, oracleTurns);
  const row = new WeightedTokens();
  let observation = env.reset();
  row.append([TOKEN.bos], 0);
  row.append(encode(disguise.apply(observation.text)), weights.firstObservation);
  for (const { text, score } of shown) row.append(shownTipTokens({ text, score }), weights.firstObservation);
  const advice = combineAdvice(shown.map((tip) => tip.advice));
  const log = new GuidedTipLog(env.state, disguise, ordersAnswers);
  const progress = new Progress(guide, env.state);
  const visited: string[] = [env.state.agentRoom];
  const actions: string[] = [];
  while (!observation.done) {
    const situation: GuidedSituation = { state: env.state, guide, next: progress.next, visited, random, prior };
    const byOracle = actions.length < oracleTurns;
    const action = byOracle ? guideAction(situation) : chooseAction(situation, style, advice);
    const said = disguise.apply(action);
    row.append([TOKEN.prompt], 0);
    const weight = isAvoiding(situation, advice, action) ? (weights.afterBad ?? weights.action) : weights.action;
    row.append([...encode(said), TOKEN.actionEnd], byOracle || style === "wander" ? 0 : weight);
    const room = env.state.agentRoom;
    progress.before(action, env.state);
    observation = env.step(action);
    actions.push(said);
    log.note(action, { room, state: env.state, guide, done: progress.after(env.state) });
    if (visited.at(-1) !== env.state.agentRoom) visited.push(env.state.agentRoom);
    row.append(encode(disguise.apply(observation.text)), observation.text.startsWith("see ") ? 0 : weights.answer);
  }
  row.append([TOKEN.summary], 0);
  const tip = log.finish();
  row.append(encode(`${tip.words.join(" ")} ; score`), weights.tip);
  const tipsShown = shown.map(({ text }) => text);
  return { style, row: row.build(), tip: tip.words, advice: tip.advice, score: observation.score, actions, tipsShown };
}

/** Whether an action is one of several answers, where tips call others bad. */
function isAvoiding({ state, guide, next }: GuidedSituation, { bad }: Advice, action: string): boolean {
  const options = guide[next]?.options ?? [];
  return bad.length > 0 && options.length > 1 && options.some((option) => feasibleAction(state, option) === action);
}

function oracleTurnsOf(style: EpisodeStyle, guide: Guide, random: Random): number {
  if (style === "oracle") return Infinity;
  return style === "mixed" ? random.integer(guide.length * 2) : 0;
}

function startEnv({ ref, spec }: GuidedWorld, style: EpisodeStyle, oracleTurns: number): ScienceWorldEnv {
  const turns = style === "plain" || style === "mixed" ? oracleTurns + PRIOR_TURNS : spec.maxTurns;
  return new ScienceWorldEnv(ref, { ...spec, maxTurns: Math.min(turns, spec.maxTurns) });
}

function chooseAction(situation: GuidedSituation, style: EpisodeStyle, advice: Advice): string {
  if (style === "with-tips") return adviceAction(situation, advice);
  return style === "wander" ? wanderingAction(situation) : priorAction(situation);
}
