import { Command } from "commander";
import { Random } from "../../core/base/random.ts";
import type { TaskRef, TaskSpec } from "../../core/envs/env.ts";
import { createEnv, taskSpec, taskSpecs } from "../../core/envs/registry.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { parseRunConfig } from "../../core/training/config-parsing.ts";
import { evaluate } from "../../core/training/evaluator.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import { toRunSettings } from "../../core/training/settings.ts";
import { shippedBaseFor } from "../../core/training/config-defaults.ts";
import { evaluationTasks } from "../../core/training/task-sampler.ts";
import {
  figuresOf,
  randomAgentScores,
  type AgentFigures,
  type DifficultyReport,
  type TaskDifficulty,
} from "../../experiments/task-difficulty.ts";
import { basePolicyState, createPolicy } from "../../runtime/create-session.ts";
import { readBaseFile } from "../base-files.ts";
import { writeFileAtomically } from "../file-store.ts";
import { startNodeBackend } from "../node-backend.ts";
import { printJson, printProgress } from "../output.ts";
import { currentCommit } from "../run-directory.ts";
import { wholeNumber } from "./play.ts";

interface TasksOptions {
  readonly task?: string;
  readonly preset?: string;
  readonly house: string;
  readonly random: string;
  readonly base?: string;
  readonly shippedBases?: true;
  readonly baseEpisodes: string;
  readonly seed: string;
  readonly backend: string;
  readonly out?: string;
}

interface BasePolicy {
  readonly name: string;
  readonly policy: Policy;
}

/** Who plays, and how often each test variation. */
interface Agents {
  readonly house: number;
  readonly seed: number;
  readonly randomEpisodes: number;
  /** The base policy that plays a task. */
  readonly baseOf: (task: string) => Promise<BasePolicy | null>;
  readonly baseEpisodes: number;
}

/** `tasks`: how hard the tasks are. */
export function tasksCommand(): Command {
  return new Command("tasks")
    .description(
      "Measure how hard the tasks are: return and success on test variations of a random agent that knows the valid actions, and of a base policy without training.",
    )
    .option("--task <name>", "only this task")
    .option("--preset <name>", "only this preset (default: all that the task offers)")
    .option("--house <n>", "floor plan, 0 is the real house; in a shop the catalogue", "0")
    .option("--random <n>", "episodes of the random agent per variation", "20")
    .option("--base <name>", "name of a base policy; without it only the random agent plays")
    .option("--shipped-bases", "instead of --base: the shipped one that the page starts each task with")
    .option("--base-episodes <n>", "episodes of the base policy per variation", "2")
    .option("--seed <n>", "seed of both agents", "1")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--out <file>", "write the report there (the page shows docs/results/task-difficulty.json)")
    .action((options: TasksOptions) => measureTasks(options));
}

async function measureTasks(options: TasksOptions): Promise<void> {
  const commit = currentCommit(); // as the code is now, whatever it will be when this is done
  const bases = new Map<string, Policy>();
  const agents: Agents = {
    house: wholeNumber("--house", options.house),
    seed: wholeNumber("--seed", options.seed),
    randomEpisodes: wholeNumber("--random", options.random),
    baseOf: async (task) => {
      const name = options.shippedBases === true ? shippedBaseFor(task) : (options.base ?? null);
      if (name === null) return null;
      if (!bases.has(name)) bases.set(name, await loadBase(name, options.backend));
      return { name, policy: bases.get(name)! };
    },
    baseEpisodes: wholeNumber("--base-episodes", options.baseEpisodes),
  };
  const specs = options.task === undefined ? taskSpecs() : [taskSpec(options.task)];
  const tasks: TaskDifficulty[] = [];
  for (const spec of specs) {
    for (const preset of options.preset === undefined ? spec.presets : [options.preset]) {
      const difficulty = await measureTask(spec, preset, agents);
      tasks.push(difficulty);
      printProgress(`${spec.task} ${preset}: random ${shown(difficulty.random)}, base ${shown(difficulty.base)}`);
    }
  }
  for (const policy of bases.values()) policy.dispose();
  const report: DifficultyReport = {
    commit,
    seed: agents.seed,
    baseTemperature: bases.size === 0 ? null : parseRunConfig({}).evaluationTemperature,
    tasks,
  };
  if (options.out === undefined) printJson(report);
  else writeFileAtomically(options.out, `${JSON.stringify(report, null, 2)}\n`);
}

async function loadBase(name: string, backend: string): Promise<Policy> {
  await startNodeBackend(backend);
  return createPolicy(basePolicyState(readBaseFile(name)));
}

async function measureTask(spec: TaskSpec, preset: string, agents: Agents): Promise<TaskDifficulty> {
  const config = parseRunConfig({ task: spec.task, preset, house: agents.house });
  const refs = evaluationTasks(spec, config, "test");
  const random = Random.fromSeed(agents.seed).fork(`${spec.task} ${preset}`);
  const base = await agents.baseOf(spec.task);
  const scores = randomAgentScores(refs, agents.randomEpisodes, random.fork("random agent"), createEnv);
  const measure = (policy: Policy): Promise<AgentFigures> =>
    measureBase(policy, config, random.fork("base policy"), { tasks: refs, episodes: agents.baseEpisodes });
  return {
    task: spec.task,
    preset,
    house: agents.house,
    random: figuresOf(scores),
    base: base === null ? null : await measure(base.policy),
    baseName: base?.name ?? null,
  };
}

/** The base policy by the protocol of the held-out evaluation, memory off. */
async function measureBase(
  policy: Policy,
  config: RunConfig,
  random: Random,
  { tasks, episodes }: { readonly tasks: readonly TaskRef[]; readonly episodes: number },
): Promise<AgentFigures> {
  const { episodeCount, meanReturn, successRate } = await evaluate({
    policy,
    createEnv,
    tasks,
    split: "test",
    episodesPerVariation: episodes,
    rollout: { ...toRunSettings(config).rollout, temperature: config.evaluationTemperature },
    random,
    iteration: 0,
  });
  return {
    episodes: episodeCount,
    meanReturn: Number(meanReturn.toFixed(2)),
    successRate: Number(successRate.toFixed(4)),
  };
}

function shown(figures: AgentFigures | null): string {
  if (figures === null) return "–";
  const { meanReturn, successRate, episodes } = figures;
  return `${meanReturn.toFixed(1)} (${(100 * successRate).toFixed(1)} %, ${episodes} episodes)`;
}
