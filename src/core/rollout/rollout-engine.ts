/**
 * @file Rolls out many episodes at once: all of them advance by one turn together, so that one batched decode serves
 * the whole iteration. An episode's samples depend on its own random stream only, never on the batch.
 */
import { indicesByKey } from "../base/collections.ts";
import type { Random } from "../base/random.ts";
import { bucketOf, tipBucketOf, type TipScope } from "../envs/buckets.ts";
import type { TaskRef, TextEnv } from "../envs/env.ts";
import type { LearningMode, RetrievalRecord, TrainingEvent, TurnRecord } from "../events/training-event.ts";
import type { EpisodeNovelty, NoveltyReward } from "../memory/novelty.ts";
import { retrieveTips, type RetrievalConfig, type TipMemory } from "../memory/tip-memory.ts";
import type { Completion, DecodingBatch, GenerateRequest, Policy } from "../policy/policy.ts";
import { embed, type Embedding } from "../text/embedder.ts";
import { SequenceBuilder } from "../text/sequence.ts";
import { decode, encode, TOKEN } from "../text/tokenizer.ts";
import { wordId } from "../text/vocabulary.ts";
import { generateChosen, type ActionRescorer, type Situation } from "./candidate-actions.ts";
import type { Trajectory } from "./trajectory.ts";

/** Which episode to roll out, and how it will be learned from. */
export interface RolloutRequest {
  readonly rolloutId: string;
  readonly iteration: number;
  readonly task: TaskRef;
  readonly groupId: string;
  readonly mode: LearningMode;
  /** Bucket of tips and states, if it is not the task's own. */
  readonly bucket?: string;
  /** The episode's own stream. */
  readonly random: Random;
  /** Tell every turn as it happens. */
  readonly watched: boolean;
}

/** How episodes are rolled out. */
export interface RolloutConfig extends RetrievalConfig {
  readonly tipScope: TipScope;
  readonly temperature: number;
  readonly maxActionTokens: number;
  readonly tipsAtStart: number;
  readonly tipsPerTurn: number;
  readonly tipsPerEpisode: number;
  readonly noveltySimilarity: number;
  /** Ask every episode for a tip when it ends. */
  readonly writeTips: boolean;
  readonly maxTipTokens: number;
  readonly tipTemperature: number;
}

/** What the engine works with. */
export interface RolloutDependencies {
  readonly policy: Policy;
  readonly memory: TipMemory;
  readonly novelty: NoveltyReward;
  readonly createEnv: (task: TaskRef) => TextEnv;
  readonly emit: (event: TrainingEvent) => void;
  /** Chooses among several sampled actions a turn; without one, the one that is sampled is taken. */
  readonly rescorer?: ActionRescorer | undefined;
  /** Called with the milliseconds spent on retrieval and tip writing, if times are wanted. */
  readonly timed: <Result>(phase: "retrieval" | "tipWriting", work: () => Result) => Result;
}

/** Episodes decoded together; more are done in turns. */
const MAX_BATCH = 64;
/** Counter of the tip among the episode's samples, above every turn. */
const TIP_TURN = 10_000;
/** Words after which a tip ends: the framework appends the true score. */
const TIP_STOP_TOKENS = [TOKEN.tipEnd, wordId("score")!];
/** Tokens of the longest answer of a world that is reckoned with (docs/environments.md). */
const LONGEST_ANSWER = 40;

interface Episode {
  readonly request: RolloutRequest;
  readonly slot: number;
  readonly env: TextEnv;
  readonly useTips: boolean;
  readonly bucket: string;
  readonly stateBucket: string;
  readonly novelty: EpisodeNovelty;
  readonly sequence: SequenceBuilder;
  readonly words: number[];
  readonly actionLogProbs: number[];
  readonly turns: TurnRecord[];
  readonly retrieved: RetrievalRecord[];
  readonly states: Embedding[];
  firstObservation: string;
  /** The observation the policy has not read yet. */
  pending: readonly number[];
  score: number;
  done: boolean;
  intrinsicReturn: number;
  writtenTip: readonly number[] | null;
}

/** Rolls out the requested episodes and returns them in the same order. */
export async function rollOut(
  requests: readonly RolloutRequest[],
  config: RolloutConfig,
  dependencies: RolloutDependencies,
): Promise<Trajectory[]> {
  const trajectories: Trajectory[] = [];
  for (let start = 0; start < requests.length; start += MAX_BATCH) {
    trajectories.push(...(await rollOutBatch(requests.slice(start, start + MAX_BATCH), config, dependencies)));
  }
  return trajectories;
}

async function rollOutBatch(
  requests: readonly RolloutRequest[],
  config: RolloutConfig,
  dependencies: RolloutDependencies,
): Promise<Trajectory[]> {
  const batch = dependencies.policy.open(requests.length);
  try {
    const episodes = requests.map((request, slot) => startEpisode(request, slot, config, dependencies));
    let running = episodes.filter((episode) => !episode.done);
    while (running.length > 0) {
      await takeTurns(running, batch, config, dependencies);
      running = running.filter((episode) => !episode.done);
    }
    const { contextLength } = dependencies.policy.config;
    if (config.writeTips)
      await dependencies.timed("tipWriting", () => writeTips(episodes, batch, config, contextLength));
    else for (const episode of episodes) episode.sequence.append("observation", episode.pending);
    return episodes.map(finishEpisode);
  } finally {
    batch.close();
  }
}

function startEpisode(
  request: RolloutRequest,
  slot: number,
  config: RolloutConfig,
  { createEnv, novelty }: RolloutDependencies,
): Episode {
  const env = createEnv(request.task);
  const first = env.reset();
  const pending = [TOKEN.bos, ...encode(first.text)];
  const bucket = request.bucket ?? tipBucketOf(request.task, config.tipScope);
  const stateBucket = request.bucket ?? bucketOf(request.task);
  return {
    request,
    slot,
    env,
    useTips: request.mode !== "on-policy",
    bucket,
    stateBucket,
    novelty: novelty.episode(stateBucket, config.noveltySimilarity),
    sequence: new SequenceBuilder(),
    words: [...pending],
    actionLogProbs: [],
    turns: [],
    retrieved: [],
    states: [],
    firstObservation: first.text,
    pending,
    score: first.score,
    done: first.done,
    intrinsicReturn: 0,
    writtenTip: null,
  };
}

async function takeTurns(
  running: readonly Episode[],
  batch: DecodingBatch,
  config: RolloutConfig,
  dependencies: RolloutDependencies,
): Promise<void> {
  const generateRequests = running.map((episode) => nextRequest(episode, config, dependencies));
  const { rescorer } = dependencies;
  const completions = await (rescorer === undefined
    ? batch.generate(generateRequests)
    : generateChosen(batch, generateRequests, running.map(situationOf), rescorer));
  running.forEach((episode, i) => {
    act(episode, completions[i]!, dependencies);
    if (!episode.done && !hasRoom(episode, config, dependencies.policy.config.contextLength)) episode.done = true;
  });
}

/** Reads the pending observation and the tips for it, and asks for an action. */
function nextRequest(episode: Episode, config: RolloutConfig, dependencies: RolloutDependencies): GenerateRequest {
  const { sequence, request } = episode;
  const before = sequence.tokens.length;
  sequence.append("observation", episode.pending);
  if (episode.useTips) {
    const tips = dependencies.timed("retrieval", () => tipsForTurn(episode, config, dependencies));
    sequence.append("tip", tips);
  }
  sequence.append("prompt", [TOKEN.prompt]);
  return {
    episode: episode.slot,
    append: sequence.tokens.slice(before),
    maxTokens: config.maxActionTokens,
    stopTokens: [TOKEN.actionEnd],
    temperature: config.temperature,
    key: request.random.key,
    turn: episode.turns.length,
  };
}

/** Tokens of the tips shown before this turn's action, delimiters included (§4.2, mode 2), as far as there is room. */
function tipsForTurn(episode: Episode, config: RolloutConfig, dependencies: RolloutDependencies): number[] {
  const { memory, policy, emit } = dependencies;
  const turn = episode.turns.length;
  const perTurn = turn === 0 ? config.tipsAtStart : config.tipsPerTurn;
  const room = Math.min(perTurn, config.tipsPerEpisode - episode.retrieved.length);
  if (room <= 0) return [];
  const shown = new Set(episode.retrieved.map(({ tipId }) => tipId));
  const random = episode.request.random.fork(`retrieval ${turn}`);
  let space = policy.config.contextLength - episode.sequence.tokens.length - tokensOfTurn(config);
  const found = retrieveTips(memory.bucket(episode.bucket), embed(episode.words), config, random)
    .filter(({ tip }) => {
      const size = tip.tokens.length + 2;
      if (shown.has(tip.id) || size > space) return false;
      space -= size;
      return true;
    })
    .slice(0, room);
  if (found.length === 0) return [];
  const records = found.map(({ tip, similarity }) => ({
    turn,
    tipId: tip.id,
    similarity,
    text: decode(tip.tokens),
    score: tip.score,
  }));
  episode.retrieved.push(...records);
  memory.countRetrievals(found.map(({ tip }) => tip.id));
  if (episode.request.watched) {
    emit({ type: "tipsRetrieved", rolloutId: episode.request.rolloutId, retrieved: records });
  }
  return found.flatMap(({ tip }) => [TOKEN.tipStart, ...tip.tokens, TOKEN.tipEnd]);
}

/** What the next action is chosen in. */
function situationOf({ firstObservation, turns }: Episode): Situation {
  return { task: firstObservation, observation: turns.at(-1)?.observation ?? firstObservation, turn: turns.length };
}

/** Does the written action in the world. */
function act(episode: Episode, completion: Completion, { emit }: RolloutDependencies): void {
  const { tokens, logProbs, entropies } = completion;
  episode.sequence.append("action", tokens);
  episode.actionLogProbs.push(...logProbs);
  const action = decode(tokens.filter((token) => token !== TOKEN.actionEnd));
  const observation = episode.env.step(action);
  const observed = encode(observation.text);
  episode.words.push(...tokens, ...observed);
  episode.pending = observed;
  const state = embed(observed);
  episode.states.push(state);
  const intrinsicReward = episode.useTips ? episode.novelty.visit(state) : 0;
  episode.intrinsicReturn += intrinsicReward;
  episode.score = observation.score;
  episode.done = observation.done;
  const { score, reward, text } = observation;
  const turn: TurnRecord = { action, observation: text, score, reward, intrinsicReward, logProbs, entropies };
  episode.turns.push(turn);
  const { rolloutId, task, mode, watched } = episode.request;
  if (watched) emit({ type: "turnTaken", rolloutId, task, mode, firstObservation: episode.firstObservation, turn });
}

/** Tokens that a turn may take after what is read before it: prompt, action, answer, and a tip written then. */
function tokensOfTurn({ maxActionTokens, maxTipTokens }: RolloutConfig): number {
  return 1 + maxActionTokens + LONGEST_ANSWER + 1 + maxTipTokens;
}

/** Whether one more turn, and a tip after it, fit into the context. */
function hasRoom({ sequence, pending }: Episode, config: RolloutConfig, contextLength: number): boolean {
  return sequence.tokens.length + pending.length + tokensOfTurn(config) <= contextLength;
}

/**
 * Asks every finished episode for its tip (§4.1): after the last observation, until the score or the end token. An
 * episode whose last observation left no room for one writes none.
 */
async function writeTips(
  episodes: readonly Episode[],
  batch: DecodingBatch,
  config: RolloutConfig,
  contextLength: number,
): Promise<void> {
  for (const { sequence, pending } of episodes) sequence.append("observation", pending);
  const writing = episodes.filter(({ sequence }) => sequence.tokens.length + 1 + config.maxTipTokens <= contextLength);
  const requests = writing.map(({ sequence, slot, pending, request }): GenerateRequest => {
    sequence.append("prompt", [TOKEN.summary]);
    return {
      episode: slot,
      append: [...pending, TOKEN.summary],
      maxTokens: config.maxTipTokens,
      stopTokens: TIP_STOP_TOKENS,
      temperature: config.tipTemperature,
      key: request.random.key,
      turn: TIP_TURN,
    };
  });
  const completions = await batch.generate(requests);
  writing.forEach((episode, i) => {
    const written = completions[i]!.tokens;
    episode.sequence.append("writtenTip", written);
    episode.writtenTip = written.filter((token) => !TIP_STOP_TOKENS.includes(token));
  });
}

function finishEpisode(episode: Episode): Trajectory {
  const {
    request,
    bucket,
    stateBucket,
    firstObservation,
    turns,
    retrieved,
    states,
    score,
    intrinsicReturn,
    writtenTip,
  } = episode;
  const { rolloutId, iteration, task, groupId, mode } = request;
  return {
    rolloutId,
    iteration,
    task,
    bucket,
    stateBucket,
    groupId,
    mode,
    firstObservation,
    sequence: episode.sequence.build(),
    actionLogProbs: episode.actionLogProbs,
    turns,
    retrieved,
    states,
    finalState: embed(episode.words),
    score,
    intrinsicReturn,
    writtenTip,
  };
}

/** Number of rollouts per learning mode. */
export function countModes(trajectories: readonly Trajectory[]): Record<LearningMode, number> {
  const groups = indicesByKey(trajectories.map(({ mode }) => mode));
  return {
    "on-policy": groups.get("on-policy")?.length ?? 0,
    "on-policy-with-tips": groups.get("on-policy-with-tips")?.length ?? 0,
    "off-policy": groups.get("off-policy")?.length ?? 0,
  };
}
