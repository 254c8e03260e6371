/**
 * @file What a base policy can do before any training: how it acts without tips, whether it reads tips and writes true
 * ones. The gates of learning-recipe.md §5 and §7 are read from this report, and the card shows it.
 */
import { mean } from "../core/base/stats.ts";
import { Random } from "../core/base/random.ts";
import { createEnv, taskSpec, taskSpecs } from "../core/envs/registry.ts";
import { bucketOf } from "../core/envs/buckets.ts";
import type { TaskRef } from "../core/envs/env.ts";
import { ScienceWorldEnv } from "../core/envs/science/science-world-env.ts";
import { ROOM_NAMES } from "../core/envs/science/world.ts";
import { TipMemory } from "../core/memory/tip-memory.ts";
import type { Policy } from "../core/policy/policy.ts";
import { storeTips, tipTokens } from "../core/rollout/remember.ts";
import type { Trajectory } from "../core/rollout/trajectory.ts";
import { decode, encode, TOKEN } from "../core/text/tokenizer.ts";
import { successRate } from "../core/training/evaluator.ts";
import { generateEpisode } from "./corpus.ts";
import type { MissionWorld } from "./mission.ts";
import { randomMissionWorld } from "./random-world.ts";
import { reportFamilies, type FamilyReport } from "./family-report.ts";
import { BASE_CORPUS, chainsOf, TIP_WEIGHT, type Recipe } from "./recipe.ts";
import { actionFigures, memoryOf, rollOutTasks, type ActionFigures } from "./report-rollouts.ts";
import { before, TipLog } from "./tip-log.ts";

/** Returns of one setting. */
export interface ReturnReport extends ActionFigures {
  readonly task: string;
  readonly preset: string;
  readonly house: number;
  readonly episodes: number;
  readonly meanReturn: number;
  readonly successes: number;
  /** Episodes that ended at −100. */
  readonly failures: number;
}

/** How a policy acts in random worlds it has not seen. */
export interface RandomWorldReport extends ActionFigures {
  readonly worlds: number;
  /** Success without tips, with the true tip of a successful episode, and with a tip from another world. */
  readonly successWithoutTips: number;
  readonly successWithGoodTip: number;
  readonly successWithForeignTip: number;
  /** Share of written tips equal to the true one, and overlap of the rooms they name (intersection over union). */
  readonly exactTips: number;
  readonly roomOverlap: number;
}

/** The placebo experiment in the teaching world: a second episode that reads a tip. */
export interface PlaceboReport {
  readonly house: number;
  readonly episodes: number;
  readonly withoutTips: number;
  readonly withForeignTips: number;
  readonly withOwnTips: number;
  readonly withOwnTipsTwice: number;
}

/** Probability of wiring crossed when no tip says so, on power-component. */
export interface PolarityReport {
  readonly situations: number;
  readonly meanCrossed: number;
  readonly maxCrossed: number;
  /** The same after a tip that says straight wiring stays dark. */
  readonly meanCrossedAfterDarkTip: number;
}

/** Cross-entropy on corpus episodes of other seeds than pretraining's, nats per token. */
export interface CorpusLossReport {
  readonly episodes: number;
  readonly action: number;
  readonly tip: number;
}

/** Everything that is measured of a base policy. */
export interface BaseReport {
  readonly corpusLoss: CorpusLossReport;
  readonly returns: readonly ReturnReport[];
  readonly randomWorlds: RandomWorldReport;
  readonly placebo: readonly PlaceboReport[];
  readonly polarity: PolarityReport;
  /** Tip reading and writing in the recipe's other families of worlds. */
  readonly families: readonly FamilyReport[];
}

const ROOMS: ReadonlySet<string> = new Set(ROOM_NAMES);

/** Measures a base policy. `scale` 1 takes a few minutes on one core. */
export async function reportOnBase(policy: Policy, recipe: Recipe, seed: number, scale: number): Promise<BaseReport> {
  const random = Random.fromSeed(seed);
  return {
    corpusLoss: await reportCorpusLoss(policy, recipe, random.fork("corpus"), Math.max(1, Math.round(60 * scale))),
    polarity: await reportPolarity(policy, 10),
    placebo: await reportPlacebo(policy, random.fork("placebo"), scale),
    randomWorlds: await reportRandomWorlds(policy, random.fork("worlds"), Math.round(60 * scale)),
    families: await reportFamilies(policy, recipe, random.fork("families"), Math.max(1, Math.round(30 * scale))),
    returns: await reportReturns(policy, random.fork("returns"), Math.max(1, Math.round(8 * scale))),
  };
}

async function reportCorpusLoss(
  policy: Policy,
  recipe: Recipe,
  random: Random,
  chains: number,
): Promise<CorpusLossReport> {
  const chainOf = chainsOf(recipe);
  const rows = Array.from({ length: chains }, (_, i) => chainOf(random.fork(i)))
    .flat()
    .map(({ row }) => row)
    .filter(({ tokens }) => tokens.length <= policy.config.contextLength);
  const sequences = rows.map(({ tokens, weights }) => ({
    tokens,
    positions: weights.flatMap((weight, position) => (weight >= 1 ? [position] : [])),
  }));
  const logProbs = await policy.logProbs(sequences, 1);
  const losses = { action: [] as number[], tip: [] as number[] };
  rows.forEach(({ weights }, i) => {
    sequences[i]!.positions.forEach((position, k) => {
      const kind = weights[position] === TIP_WEIGHT ? "tip" : "action";
      losses[kind].push(-logProbs[i]![k]!);
    });
  });
  return { episodes: rows.length, action: mean(losses.action), tip: mean(losses.tip) };
}

async function reportReturns(policy: Policy, random: Random, replicas: number): Promise<ReturnReport[]> {
  const reports: ReturnReport[] = [];
  for (const { world, task, splits, presets } of taskSpecs()) {
    for (const preset of presets) {
      const house = task.startsWith("teaching") ? 1 : 0;
      const variations = splits.test.slice(0, 5);
      const refs = variations.flatMap((variation) =>
        Array.from({ length: replicas }, (): TaskRef => ({ world, task, variation, preset, house })),
      );
      const options = { memory: new TipMemory(), writeTips: false, createEnv };
      const trajectories = await rollOutTasks(policy, refs, random.fork(`${task} ${preset}`), options);
      const scores = trajectories.map(({ score }) => score);
      const figures = { ...scoreSummary(scores), ...actionFigures(trajectories) };
      reports.push({ task, preset, house, episodes: scores.length, ...figures });
    }
  }
  return reports;
}

function scoreSummary(scores: readonly number[]): Pick<ReturnReport, "meanReturn" | "successes" | "failures"> {
  return {
    meanReturn: mean(scores),
    successes: scores.filter((score) => score === 100).length,
    failures: scores.filter((score) => score < 0).length,
  };
}

async function reportRandomWorlds(policy: Policy, random: Random, count: number): Promise<RandomWorldReport> {
  const worlds = Array.from({ length: count }, (_, i) =>
    randomMissionWorld(random.fork(`world ${i}`), BASE_CORPUS.mix),
  );
  const tasks = worlds.map((_, variation): TaskRef => ({
    world: "scienceworld",
    task: "corpus",
    variation,
    preset: "none",
    house: 0,
  }));
  const createWorld = (task: TaskRef) => new ScienceWorldEnv(task, worlds[task.variation]!.spec);
  const rollOutWith = (memory: TipMemory, label: string) =>
    rollOutTasks(policy, tasks, random.fork(label), { memory, writeTips: true, createEnv: createWorld });
  const plain = await rollOutWith(new TipMemory(), "plain");
  const good = worlds.map((world, i) => goodTip(world, random.fork(`oracle ${i}`)));
  const withGood = await rollOutWith(memoryOf(plain, good), "good");
  const withForeign = await rollOutWith(
    memoryOf(
      plain,
      good.map((_, i) => good[(i + 1) % count]!),
    ),
    "foreign",
  );
  const faithful = [...plain, ...withGood].map((trajectory) =>
    faithfulness(trajectory, worlds[trajectory.task.variation]!),
  );
  const success = (trajectories: readonly Trajectory[]) => successRate(trajectories.map(({ score }) => score));
  return {
    worlds: count,
    ...actionFigures(plain),
    successWithoutTips: success(plain),
    successWithGoodTip: success(withGood),
    successWithForeignTip: success(withForeign),
    exactTips: mean(faithful.map(({ exact }) => Number(exact))),
    roomOverlap: mean(faithful.map(({ overlap }) => overlap)),
  };
}

function goodTip(world: MissionWorld, random: Random): number[] {
  const { tip, score } = generateEpisode(world, "oracle", [], { config: BASE_CORPUS, random });
  return tipTokens(encode(tip.join(" ")), score);
}

/** The tip that is true of a trajectory, from replaying its actions. */
export function trueTip(trajectory: Trajectory, world: MissionWorld): string {
  const env = new ScienceWorldEnv(trajectory.task, world.spec);
  env.reset();
  const log = new TipLog(env.state, world.mission);
  for (const { action } of trajectory.turns) {
    const past = before(env.state, world.mission);
    env.step(action);
    log.note(action, past, env.state);
  }
  return log.tip().join(" ");
}

function faithfulness(trajectory: Trajectory, world: MissionWorld): { exact: boolean; overlap: number } {
  const written = decode(trajectory.writtenTip ?? []).replace(/ ;$/, "");
  const truth = trueTip(trajectory, world);
  const own = new Set(written.split(" ").filter((word) => ROOMS.has(word)));
  const real = new Set(truth.split(" ").filter((word) => ROOMS.has(word)));
  const shared = [...own].filter((room) => real.has(room)).length;
  const union = new Set([...own, ...real]).size;
  return { exact: written === truth, overlap: union === 0 ? 1 : shared / union };
}

async function reportPlacebo(policy: Policy, random: Random, scale: number): Promise<PlaceboReport[]> {
  const replicas = Math.max(1, Math.round(10 * scale));
  const reports: PlaceboReport[] = [];
  const { splits } = taskSpec("teaching-power-component");
  for (const house of [1, 2, 3]) {
    const tasksIn = (where: number) =>
      splits.train.flatMap((variation) =>
        Array.from({ length: replicas }, (): TaskRef => ({
          world: "scienceworld",
          task: "teaching-power-component",
          variation,
          preset: "easy",
          house: where,
        })),
      );
    const run = (memory: TipMemory, where: number, label: string) =>
      rollOutTasks(policy, tasksIn(where), random.fork(`${house} ${label}`), { memory, writeTips: true, createEnv });
    const plain = await run(new TipMemory(), house, "plain");
    const foreign = await run(new TipMemory(), house + 50, "foreign");
    const withForeign = await run(memoryOf(plain, foreign.map(storedTip)), house, "with foreign");
    const withOwn = await run(pooled(plain), house, "with own");
    const twice = await run(pooled([...plain, ...withOwn]), house, "twice");
    const success = (trajectories: readonly Trajectory[]) => successRate(trajectories.map(({ score }) => score));
    reports.push({
      house,
      episodes: plain.length,
      withoutTips: success(plain),
      withForeignTips: success(withForeign),
      withOwnTips: success(withOwn),
      withOwnTipsTwice: success(twice),
    });
  }
  return reports;
}

function storedTip({ writtenTip, score }: Trajectory): number[] {
  return tipTokens(writtenTip ?? [], score);
}

/** The tips of the trajectories, each readable by all episodes of its variation. */
function pooled(trajectories: readonly Trajectory[]): TipMemory {
  const memory = new TipMemory();
  const episodes = Math.max(...trajectories.map(({ rolloutId }) => Number(rolloutId))) + 1;
  const variationOf = new Map(trajectories.map(({ rolloutId, task }) => [Number(rolloutId), bucketOf(task)]));
  for (let episode = 0; episode < episodes; episode++) {
    const own = trajectories.filter(({ task }) => bucketOf(task) === variationOf.get(episode));
    storeTips(
      memory,
      own.map((trajectory) => ({ ...trajectory, bucket: `episode ${episode}` })),
      1000,
    );
  }
  return memory;
}

/** Asks, in the state before the second connection, for the terminal that the wire's other end goes to. */
async function reportPolarity(policy: Policy, variations: number): Promise<PolarityReport> {
  const plain: number[] = [];
  const afterDark: number[] = [];
  const darkTip = "workshop focus battery anode anode battery cathode cathode ; dark ; score 8 3";
  for (let variation = 0; variation < variations; variation++) {
    plain.push(await crossedProbability(policy, variation, null));
    afterDark.push(await crossedProbability(policy, variation, darkTip));
  }
  return {
    situations: variations,
    meanCrossed: mean(plain),
    maxCrossed: Math.max(...plain),
    meanCrossedAfterDarkTip: mean(afterDark),
  };
}

async function crossedProbability(policy: Policy, variation: number, tip: string | null): Promise<number> {
  const env = createEnv({ world: "scienceworld", task: "power-component", variation, preset: "easy", house: 0 });
  const tokens = [TOKEN.bos, ...encode(env.reset().text)];
  if (tip !== null) tokens.push(TOKEN.tipStart, ...encode(tip), TOKEN.tipEnd);
  const act = (action: string): string => {
    const { text } = env.step(action);
    tokens.push(TOKEN.prompt, ...encode(action), TOKEN.actionEnd, ...encode(text));
    return text;
  };
  const workshop = act("teleport workshop").split(" ");
  const wire = `${workshop[workshop.indexOf("wire") - 1]!} wire`;
  const part = /power (.*?)(?: easy)? \./.exec(decode(tokens))![1]!;
  act(`focus on ${part}`);
  act(`connect battery anode to ${wire} 1`);
  tokens.push(TOKEN.prompt, ...encode(`connect ${wire} 2 to ${part}`));
  const [next] = await policy.distributions(tokens, [tokens.length - 1], policy.config.vocabularySize);
  const index = next!.tokens.indexOf(encode("cathode")[0]!);
  return index < 0 ? 0 : next!.probabilities[index]!;
}
