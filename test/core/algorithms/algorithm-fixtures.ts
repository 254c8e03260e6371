/** @file A method's context made by hand: no session, no tfjs. */
import type { Algorithm, AlgorithmContext, IterationOutcome } from "../../../src/core/algorithms/algorithm.ts";
import type { RunSettings } from "../../../src/core/algorithms/run-settings.ts";
import { ActionCritic } from "../../../src/core/critic/action-critic.ts";
import { Random } from "../../../src/core/base/random.ts";
import type { TaskRef } from "../../../src/core/envs/env.ts";
import { NoveltyTable } from "../../../src/core/memory/novelty.ts";
import { PendingTips } from "../../../src/core/memory/pending-tips.ts";
import { TipMemory } from "../../../src/core/memory/tip-memory.ts";
import { rollOut } from "../../../src/core/rollout/rollout-engine.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../../src/core/training/run-config.ts";
import { toRunSettings } from "../../../src/core/training/settings.ts";
import { ScriptedEnv, scriptedTask, twoDoors, type Script } from "../../support/scripted-env.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";
import { memoryOf, tipOf } from "../rollout/rollout-fixtures.ts";

const [BLUE] = encode("blue") as [number];

/** Settings from the defaults, with a short action and modes that are easy to count. */
export function settingsOf(changes: Partial<RunConfig> = {}): RunSettings {
  return toRunSettings({ ...DEFAULT_CONFIG, maxActionTokens: 2, maxTipTokens: 3, minSimilarity: 0.1, ...changes });
}

/** A memory that holds the tip `blue` for the two doors. */
export function memoryWithBlueTip(): TipMemory {
  return memoryOf(tipOf("blue ; score 1 0 0", twoDoors().first, { score: 100 }));
}

/**
 * Takes the red door when no tip says otherwise (the blue one with probability e^−`habit`), the blue one after a tip
 * that names it, and writes as its tip which door it took.
 */
export function doorPolicy(habit: number): TabularPolicy {
  return new TabularPolicy({
    words: "red blue",
    stepScale: 6000,
    prior: (prefix): Record<string, number> => {
      const turn = prefix.lastIndexOf(TOKEN.prompt);
      const summary = prefix.lastIndexOf(TOKEN.summary);
      if (summary >= 0) return prefix.length > summary + 1 ? { "</tip>": 30 } : { [doorTaken(prefix, turn)]: 30 };
      if (prefix.length > turn + 1) return { "<end>": 30 };
      const told = prefix.slice(prefix.indexOf(TOKEN.tipStart), prefix.lastIndexOf(TOKEN.tipEnd) + 1).includes(BLUE);
      return told ? { blue: 10, red: 0, "<end>": -30, "</tip>": -30 } : { red: habit, "<end>": -30, "</tip>": -30 };
    },
  });
}

function doorTaken(prefix: readonly number[], turn: number): string {
  return prefix[turn + 1] === BLUE ? "blue" : "red";
}

/** What is read before the only action of the two doors, without a tip. */
export const TIP_FREE_PREFIX = [TOKEN.bos, ...encode(twoDoors().first), TOKEN.prompt];
/** The same after the tip `blue`. */
export const TIPPED_PREFIX = [
  TOKEN.bos,
  ...encode(twoDoors().first),
  TOKEN.tipStart,
  ...encode("blue ; score 1 0 0"),
  TOKEN.tipEnd,
  TOKEN.prompt,
];

/** What a context is made from. */
export interface ContextParts {
  readonly policy: TabularPolicy;
  readonly settings?: RunSettings;
  readonly memory?: TipMemory;
  readonly seed?: number;
  readonly script?: Script;
  /** A script of its own for every world, where what it answers depends on more than action and turn. */
  readonly scriptOf?: () => Script;
  readonly tasks?: readonly TaskRef[];
}

/** A context, the worlds it was asked for, and a way to run iterations. */
export function contextOf(parts: ContextParts) {
  const { policy, settings = settingsOf(), memory = new TipMemory(), seed = 1, script = twoDoors() } = parts;
  const novelty = new NoveltyTable();
  const pendingTips = new PendingTips();
  const critic = new ActionCritic(null, Random.fromSeed(seed).fork("critic"));
  const base = policy.save();
  const worlds: TaskRef[] = [];
  let random = Random.fromSeed(seed);
  let current = 1;
  const context: AlgorithmContext = {
    policy,
    memory,
    novelty,
    pendingTips,
    critic,
    settings: () => settings,
    random: (label) => random.fork(label),
    nextTasks: () => [...(parts.tasks ?? [scriptedTask()])],
    collect: (groups, { writeTips }) => {
      const requests = groups.flatMap(({ task, groupId, modes }) =>
        modes.map((mode, i) => {
          const rolloutId = `${groupId}.${i}`;
          const stream = random.fork(`rollout ${rolloutId}`);
          return { rolloutId, iteration: current, task, groupId, mode, random: stream, watched: false };
        }),
      );
      const createEnv = (task: TaskRef) => {
        worlds.push(task);
        return new ScriptedEnv(parts.scriptOf?.() ?? script, task);
      };
      const rest = { emit: () => undefined, timed: <Result>(_phase: string, work: () => Result) => work() };
      return rollOut(requests, { ...settings.rollout, writeTips }, { policy, memory, novelty, createEnv, ...rest });
    },
    withBasePolicy: async (work) => {
      const learned = await policy.save();
      await policy.load(await base);
      const result = await work();
      await policy.load(learned);
      return result;
    },
    timed: (_phase, work) => work(),
    update: async (rows) =>
      rows.length === 0
        ? null
        : policy.update(
            rows.map(({ row }) => row),
            settings.loss,
            settings.optimizer,
          ),
  };
  const run = async (algorithm: Algorithm, iterations: number): Promise<IterationOutcome[]> => {
    const iterate = algorithm.create(context);
    const outcomes: IterationOutcome[] = [];
    for (let iteration = 1; iteration <= iterations; iteration++) {
      random = Random.fromSeed(seed).fork(`iteration ${iteration}`);
      current = iteration;
      outcomes.push(await iterate(iteration));
    }
    return outcomes;
  };
  return { context, memory, novelty, pendingTips, critic, worlds, run };
}
