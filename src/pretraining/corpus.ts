/**
 * @file The pretraining corpus: chains of episodes in one random world, so that the tips of earlier episodes can be
 * read in later ones. Loss is put on what the policy should do (actions of the prior and of the tip reader, true
 * tips), never on what the oracle or the wanderer did (learning-recipe.md §5, the trap).
 */
import type { Random } from "../core/base/random.ts";
import { ScienceWorldEnv } from "../core/envs/science/science-world-env.ts";
import type { TaskRef } from "../core/envs/env.ts";
import { isVisible, thingById } from "../core/envs/science/state.ts";
import { encode, TOKEN } from "../core/text/tokenizer.ts";
import {
  chooseTips,
  shownTipTokens,
  WeightedTokens,
  type ChainTip,
  type CorpusEpisode,
  type EpisodeStyle,
  type EpisodeWeights,
} from "./episode.ts";
import { stageOf, type MissionWorld } from "./mission.ts";
import { randomMissionWorld, type CorpusMix } from "./random-world.ts";
import { literalAction, oracleAction, readerAction } from "./scripted-agents.ts";
import { ELSEWHERE, startMemory, type AgentMemory, type PriorConfig, type Situation } from "./situation.ts";
import { before, TipLog } from "./tip-log.ts";

/** What the corpus is made of; printed on the base policy's card. */
export interface CorpusConfig {
  readonly mix: CorpusMix;
  readonly prior: PriorConfig;
  readonly episodesPerWorld: number;
  readonly weights: EpisodeWeights & {
    /** Connecting without tips, so that the prior is sharp (learning-recipe.md §7). */
    readonly plainConnection: number;
  };
}

const CORPUS_TASK: TaskRef = { world: "scienceworld", task: "corpus", variation: 0, preset: "none", house: 0 };

/** The episodes of one random world. */
export function generateChain(random: Random, config: CorpusConfig): CorpusEpisode[] {
  const world = randomMissionWorld(random.fork("world"), config.mix);
  const tips: ChainTip[] = [];
  return Array.from({ length: config.episodesPerWorld }, (_, i) => {
    const episodeRandom = random.fork(`episode ${i}`);
    const style = chooseStyle(episodeRandom, i === 0);
    const shown = style === "with-tips" ? chooseTips(tips, episodeRandom) : [];
    const episode = generateEpisode(world, style, shown, { config, random: episodeRandom });
    tips.push({ text: episode.tip.join(" "), score: episode.score });
    return episode;
  });
}

function chooseStyle(random: Random, isFirst: boolean): EpisodeStyle {
  const choice = random.uniform();
  if (isFirst) return choice < 0.7 ? "plain" : "wander";
  if (choice < 0.15) return "mixed";
  if (choice < 0.27) return "plain";
  if (choice < 0.34) return "oracle";
  return choice < 0.46 ? "wander" : "with-tips";
}

interface EpisodeOptions {
  readonly config: CorpusConfig;
  readonly random: Random;
}

/** One episode in a world, as tokens with a loss weight each. */
export function generateEpisode(
  world: MissionWorld,
  style: EpisodeStyle,
  shown: readonly ChainTip[],
  { config, random }: EpisodeOptions,
): CorpusEpisode {
  const env = new ScienceWorldEnv(CORPUS_TASK, world.spec);
  const { weights } = config;
  const row = new WeightedTokens();
  let observation = env.reset();
  row.append([TOKEN.bos], 0);
  row.append(encode(observation.text), weights.firstObservation);
  for (const tip of shown) row.append(shownTipTokens(tip), weights.firstObservation);
  const memory = startMemory(env.state);
  const log = new TipLog(env.state, world.mission);
  const oracleTurns =
    style === "mixed" ? random.integer(world.mission.family === "haul" ? 22 : 11) : style === "oracle" ? Infinity : 0;
  const actions: string[] = [];
  while (!observation.done) {
    const situation: Situation = { state: env.state, mission: world.mission, memory, random, prior: config.prior };
    const byOracle = actions.length < oracleTurns;
    const action = byOracle ? oracleAction(situation) : chooseAction(situation, style, shown);
    row.append([TOKEN.prompt], 0);
    row.append([...encode(action), TOKEN.actionEnd], actionWeight(action, style, byOracle, config));
    const past = before(env.state, world.mission);
    observation = env.step(action);
    actions.push(action);
    log.note(action, past, env.state);
    remember(memory, action, situation);
    const isRoomView = observation.text.startsWith("see ");
    row.append(encode(observation.text), isRoomView ? 0 : weights.answer);
  }
  row.append([TOKEN.summary], 0);
  const tip = log.tip();
  row.append(encode(`${tip.join(" ")} ; score`), weights.tip);
  const tipsShown = shown.map(({ text }) => text);
  return { style, row: row.build(), tip, score: observation.score, actions, tipsShown };
}

function chooseAction(situation: Situation, style: EpisodeStyle, shown: readonly ChainTip[]): string {
  if (style === "with-tips" && shown.length > 0) {
    return readerAction(
      situation,
      shown.map(({ text }) => text),
    );
  }
  return style === "wander" ? wanderAction(situation) : literalAction(situation);
}

/** Walks about and does what it can on the way, with either polarity: makes tips that are worth reading. */
function wanderAction(situation: Situation): string {
  const eager: Situation = {
    ...situation,
    prior: { ...situation.prior, wander: 0.85, followThrough: 0.97, followThroughWiring: 1 },
  };
  const { memory, random } = situation;
  memory.wanderCrossed ??= random.chance(0.5);
  if (situation.mission.family === "haul") {
    const site = random.chance(0.6) ? ELSEWHERE : null;
    memory.wiringPlan ??= { site, route: [], activate: random.chance(0.4), crossed: memory.wanderCrossed };
  }
  return literalAction(eager, memory.wanderCrossed);
}

function actionWeight(action: string, style: EpisodeStyle, byOracle: boolean, { weights }: CorpusConfig): number {
  if (byOracle || style === "oracle" || style === "wander") return 0;
  const isPlain = style !== "with-tips";
  return isPlain && / (anode|cathode)( |$)/.test(action) ? weights.plainConnection : weights.action;
}

function remember(memory: AgentMemory, action: string, { state, mission }: Situation): void {
  if (memory.visited.at(-1) !== state.agentRoom) memory.visited.push(state.agentRoom);
  if (action.startsWith("connect") && mission.family === "carry" && stageOf(state, mission) === "connect") {
    const source = action.slice(action.indexOf(" to ") + 4);
    if (mission.sources.includes(source) && isVisible(state, thingById(state, source))) memory.tried.add(source);
  }
}
