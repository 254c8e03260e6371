/**
 * @file How a policy reads and writes tips in the corpus' guided worlds and shops: its return without tips and with the
 * true tip of a skilled episode, and how often the tip it writes is the true one of what it did.
 */
import { mean } from "../core/base/stats.ts";
import type { Random } from "../core/base/random.ts";
import type { TaskRef, TextEnv } from "../core/envs/env.ts";
import { ScienceWorldEnv } from "../core/envs/science/science-world-env.ts";
import { WebShopEnv } from "../core/envs/webshop/web-shop-env.ts";
import { TipMemory } from "../core/memory/tip-memory.ts";
import type { Policy } from "../core/policy/policy.ts";
import { tipTokens } from "../core/rollout/remember.ts";
import type { Trajectory } from "../core/rollout/trajectory.ts";
import { decode, encode } from "../core/text/tokenizer.ts";
import { successRate } from "../core/training/evaluator.ts";
import type { CorpusEpisode } from "./episode.ts";
import { DisguisedEnv } from "./guided/disguised-env.ts";
import { generateGuidedEpisode, randomGuidedWorld, type GuidedWorld } from "./guided/guided-chain.ts";
import { GuidedTipLog } from "./guided/guided-tip.ts";
import { GUIDES } from "./guided/guides.ts";
import { Progress } from "./guided/progress.ts";
import { GUIDED_CORPUS, SHOP_CORPUS, type Recipe } from "./recipe.ts";
import { actionFigures, memoryOf, rollOutTasks, type ActionFigures } from "./report-rollouts.ts";
import { purchaseTip } from "./shop/purchase-tip.ts";
import { randomShopWorld, type ShopWorld } from "./shop/random-shop.ts";
import { generateShopEpisode } from "./shop/shop-corpus.ts";
import { rememberPage, startShopperMemory } from "./shop/shopping.ts";

/** One kind of corpus worlds. */
export interface FamilyReport extends ActionFigures {
  /** The task that is disguised, or `shop`. */
  readonly family: string;
  readonly worlds: number;
  readonly returnWithoutTips: number;
  readonly successWithoutTips: number;
  readonly returnWithGoodTip: number;
  readonly successWithGoodTip: number;
  /** Of the skilled agent whose tip is read. */
  readonly returnOfGoodTip: number;
  /** Share of written tips equal to the true one. */
  readonly exactTips: number;
}

/** Worlds of one kind, by number. */
interface Probe {
  readonly family: string;
  readonly createEnv: (i: number, task: TaskRef) => TextEnv;
  readonly skilled: (i: number) => CorpusEpisode;
  readonly trueTip: (i: number, actions: readonly string[]) => string;
}

/** Reports on the families that a recipe has besides the missions. */
export async function reportFamilies(
  policy: Policy,
  { families }: Recipe,
  random: Random,
  count: number,
): Promise<FamilyReport[]> {
  const names = new Set(families.map(({ name }) => name));
  const probes = [
    ...(names.has("guided") ? Object.keys(GUIDES).map((task) => guidedProbe(task, random.fork(task), count)) : []),
    ...(names.has("shop") ? [shopProbe(random.fork("shop"), 3 * count)] : []),
  ];
  const reports: FamilyReport[] = [];
  for (const [probe, size] of probes) reports.push(await reportFamily(policy, probe, random.fork(probe.family), size));
  return reports;
}

async function reportFamily(policy: Policy, probe: Probe, random: Random, count: number): Promise<FamilyReport> {
  const tasks = Array.from({ length: count }, (_, variation): TaskRef => ({
    world: "scienceworld",
    task: "corpus",
    variation,
    preset: "none",
    house: 0,
  }));
  const createEnv = (task: TaskRef) => probe.createEnv(task.variation, task);
  const rollOutWith = (memory: TipMemory, label: string) =>
    rollOutTasks(policy, tasks, random.fork(label), { memory, writeTips: true, createEnv });
  const plain = await rollOutWith(new TipMemory(), "plain");
  const skilled = tasks.map((_, i) => probe.skilled(i));
  const tips = skilled.map(({ tip, score }) => tipTokens(encode(tip.join(" ")), score));
  const withGood = await rollOutWith(memoryOf(plain, tips), "good");
  const isExact = ({ task, turns, writtenTip }: Trajectory): boolean => {
    const written = decode(writtenTip ?? []).replace(/ ;$/, "");
    return (
      written ===
      probe.trueTip(
        task.variation,
        turns.map(({ action }) => action),
      )
    );
  };
  const scoresOf = (trajectories: readonly Trajectory[]) => trajectories.map(({ score }) => score);
  return {
    family: probe.family,
    worlds: count,
    returnWithoutTips: mean(scoresOf(plain)),
    successWithoutTips: successRate(scoresOf(plain)),
    returnWithGoodTip: mean(scoresOf(withGood)),
    successWithGoodTip: successRate(scoresOf(withGood)),
    returnOfGoodTip: mean(skilled.map(({ score }) => score)),
    exactTips: mean([...plain, ...withGood].map((trajectory) => Number(isExact(trajectory)))),
    ...actionFigures(plain),
  };
}

function guidedProbe(task: string, random: Random, count: number): [Probe, number] {
  const worlds = Array.from({ length: count }, (_, i) => randomGuidedWorld(random.fork(i), task));
  const probe: Probe = {
    family: task,
    createEnv: (i, ref) => new DisguisedEnv(ref, worlds[i]!.spec, worlds[i]!.disguise),
    skilled: (i) =>
      generateGuidedEpisode(worlds[i]!, "oracle", [], { config: GUIDED_CORPUS, random: random.fork(`skilled ${i}`) }),
    trueTip: (i, actions) => trueGuidedTip(worlds[i]!, actions),
  };
  return [probe, count];
}

/** The tip that is true of actions in a guided world. */
export function trueGuidedTip({ spec, guide, disguise }: GuidedWorld, actions: readonly string[]): string {
  const ref: TaskRef = { world: "scienceworld", task: "corpus", variation: 0, preset: "none", house: 0 };
  const env = new ScienceWorldEnv(ref, { ...spec, maxTurns: Infinity });
  env.reset();
  const log = new GuidedTipLog(env.state, disguise);
  const progress = new Progress(guide, env.state);
  for (const told of actions) {
    const action = disguise.undo(told);
    const room = env.state.agentRoom;
    progress.before(action, env.state);
    env.step(action);
    log.note(action, { room, state: env.state, guide, done: progress.after(env.state) });
  }
  return log.finish().words.join(" ");
}

function shopProbe(random: Random, count: number): [Probe, number] {
  const worlds = Array.from({ length: count }, (_, i) => randomShopWorld(random.fork(i), 0));
  const probe: Probe = {
    family: "shop",
    createEnv: (i, ref) => shopEnv(worlds[i]!, ref),
    skilled: (i) =>
      generateShopEpisode(worlds[i]!, worlds[i]!.goals[0]!, {
        style: "oracle",
        shown: [],
        config: SHOP_CORPUS,
        random: random.fork(`skilled ${i}`),
      }),
    trueTip: (i, actions) => trueShopTip(worlds[i]!, actions),
  };
  return [probe, count];
}

function shopEnv({ shop, settings, goals }: ShopWorld, task: TaskRef): WebShopEnv {
  return new WebShopEnv(task, { shop, goal: goals[0]!, settings });
}

function trueShopTip(world: ShopWorld, actions: readonly string[]): string {
  const env = shopEnv(world, { world: "webshop", task: "corpus", variation: 0, preset: "none", house: 0 });
  env.reset();
  const memory = startShopperMemory();
  for (const action of actions) {
    env.step(action);
    rememberPage(memory, env.state);
  }
  return purchaseTip(env.visit, env.state, memory).join(" ");
}
