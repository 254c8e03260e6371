/**
 * @file A run: iterations of one method on one task, evaluations in between, everything told as events. The host
 * decides when the next iteration happens; between iterations the run can be stored and continued exactly.
 */
import { algorithmById } from "../algorithms/registry.ts";
import type { AlgorithmContext, GroupPlan, IterationOutcome } from "../algorithms/algorithm.ts";
import type { RunSettings } from "../algorithms/run-settings.ts";
import type { Clock } from "../base/clock.ts";
import { ConfigError } from "../base/errors.ts";
import { Random, type RandomState } from "../base/random.ts";
import type { TaskRef, TaskSpec, TextEnv } from "../envs/env.ts";
import type { EvaluationRecord, PhaseTimes, RolloutRecord, TrainingEvent } from "../events/training-event.ts";
import type { TipMemory } from "../memory/tip-memory.ts";
import type { LanguageModelRow, Policy, PolicyState, UpdateStats } from "../policy/policy.ts";
import { rollOut, type RolloutRequest } from "../rollout/rollout-engine.ts";
import { toRolloutRecord, type Trajectory } from "../rollout/trajectory.ts";
import type { LearnedRow } from "../rollout/update-rows.ts";
import { lastIteration, reachedAt } from "./early-stop.ts";
import { evaluate, evaluateTrials, type TrialSeries } from "./evaluator.ts";
import { EMPTY_ROLLOUTS_HASH, extendRolloutsHash, weightsHash } from "./fingerprint.ts";
import {
  mergeStats,
  numbersOf,
  splitIntoMinibatches,
  summariseIteration,
  tokenUpdateRecords,
} from "./iteration-summary.ts";
import { parseRunConfig } from "./config-parsing.ts";
import { CONFIG_FIELDS, type RunConfig } from "./run-config.ts";
import {
  knowledgeState,
  runKnowledge,
  testRescorer,
  type RunKnowledge,
  type RunKnowledgeState,
} from "./run-knowledge.ts";
import { toRunSettings } from "./settings.ts";
import { evaluationTasks, sampleTasks } from "./task-sampler.ts";

/** What a session needs from its host. */
export interface SessionDependencies {
  /** With the base policy's weights loaded. */
  readonly policy: Policy;
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly emit: (event: TrainingEvent) => void;
  readonly createEnv: (task: TaskRef) => TextEnv;
  readonly taskSpec: (task: string) => TaskSpec;
  /** Name of the compute backend, for the record. */
  readonly backend: string;
  /** Rows of a base policy's corpus, at most so many tokens each; what a run with rehearsal learns besides. */
  readonly rehearsalRows: (random: Random, base: string, maxTokens: number) => readonly LanguageModelRow[];
}

/** A run between two iterations, as plain data with typed arrays. */
export interface SessionCheckpoint extends RunKnowledgeState {
  readonly version: 1;
  readonly config: RunConfig;
  /** Iterations done. */
  readonly iteration: number;
  readonly policy: PolicyState;
  /** Root of all of the run's random streams. */
  readonly random: RandomState;
  readonly totalTokenCount: number;
  readonly rolloutsHash: string;
  readonly lastEvaluation: EvaluationRecord | null;
  /** Iteration whose evaluation first reached the return at which the run is to stop. */
  readonly reachedAt: number | null;
}

/** A memory-on evaluation (method.md §5). */
const MEMORY_SERIES: TrialSeries = { memory: "on", trials: 10 };

/** One run of one method. */
export class TrainingSession {
  #dependencies: SessionDependencies;
  #config: RunConfig;
  #spec: TaskSpec;
  #iteration = 0;
  #random: Random;
  #knowledge: RunKnowledge;
  /** The base policy, if the method needs it in mid-run. */
  #base: PolicyState | null = null;
  #totalTokenCount = 0;
  #rolloutsHash = EMPTY_ROLLOUTS_HASH;
  #lastEvaluation: EvaluationRecord | null = null;
  #reachedAt: number | null = null;
  #lastRollouts: readonly RolloutRecord[] = [];
  #times: Record<keyof PhaseTimes, number> = emptyTimes();

  private constructor(dependencies: SessionDependencies) {
    this.#dependencies = dependencies;
    this.#config = parseRunConfig(dependencies.config);
    this.#spec = dependencies.taskSpec(this.#config.task);
    this.#random = Random.fromSeed(this.#config.seed);
    this.#knowledge = runKnowledge(this.#config, null, this.#random);
  }

  /**
   * A new run from the policy's current weights, which become the base that KL is measured against.
   *
   * @throws {ConfigError} if the configuration names something that does not exist
   */
  static async create(dependencies: SessionDependencies): Promise<TrainingSession> {
    const session = new TrainingSession(dependencies);
    await session.#keepBase();
    session.#started();
    return session;
  }

  /** The run of a checkpoint, going on draw for draw. The policy must hold the base weights; the run's are loaded. */
  static async restore(dependencies: SessionDependencies, checkpoint: SessionCheckpoint): Promise<TrainingSession> {
    const session = new TrainingSession({ ...dependencies, config: checkpoint.config });
    await session.#keepBase();
    await dependencies.policy.load(checkpoint.policy);
    session.#iteration = checkpoint.iteration;
    session.#random = Random.fromState(checkpoint.random);
    session.#knowledge = runKnowledge(session.#config, checkpoint, session.#random);
    session.#totalTokenCount = checkpoint.totalTokenCount;
    session.#rolloutsHash = checkpoint.rolloutsHash;
    session.#lastEvaluation = checkpoint.lastEvaluation;
    session.#reachedAt = checkpoint.reachedAt;
    session.#started();
    return session;
  }

  /** Iterations done. */
  get iteration(): number {
    return this.#iteration;
  }

  get isFinished(): boolean {
    return this.#iteration >= this.#lastIteration;
  }

  get #lastIteration(): number {
    return lastIteration(this.#config, this.#reachedAt);
  }

  get config(): RunConfig {
    return this.#config;
  }

  get memory(): TipMemory {
    return this.#knowledge.memory;
  }

  /** A rollout of the last iteration. */
  rollout(rolloutId: string): RolloutRecord | undefined {
    return this.#lastRollouts.find((rollout) => rollout.rolloutId === rolloutId);
  }

  /**
   * Changes hot settings from the next draw on.
   *
   * @throws {ConfigError} if a field needs a restart or a value is out of range; nothing is changed then
   */
  updateConfig(changes: Partial<RunConfig>): void {
    const cold = CONFIG_FIELDS.find(({ key, hot }) => !hot && key in changes && changes[key] !== this.#config[key]);
    if (cold !== undefined) throw new ConfigError(`setConfig: a setting that may change in a run, got "${cold.key}"`);
    const { stopReturn } = this.#config;
    this.#config = parseRunConfig({ ...this.#config, ...changes });
    if (stopReturn !== this.#config.stopReturn) this.#reachedAt = this.#reachedNow(null);
    this.#emit({ type: "configChanged", iteration: this.#iteration, changes });
  }

  /** Does one iteration: rollouts, tips, update, and the evaluations that are due before and after it. */
  async runIteration(): Promise<void> {
    if (this.#iteration === 0 && this.#lastEvaluation === null && this.#config.evaluateEvery > 0)
      await this.#evaluate();
    const iteration = this.#iteration + 1;
    this.#times = emptyTimes();
    // What is changed meanwhile holds from the next draw on, and so do the counts that are expected.
    const drawnWith = toRunSettings(this.#config);
    const outcome = await this.#learn(iteration);
    this.#iteration = iteration;
    this.#record(outcome);
    if (this.#evaluationIsDue()) await this.#timed("evaluation", () => this.#evaluate());
    this.#emitSummary(outcome, drawnWith);
  }

  /** Everything needed to go on. */
  async checkpoint(): Promise<SessionCheckpoint> {
    return {
      version: 1,
      config: this.#config,
      iteration: this.#iteration,
      policy: await this.#dependencies.policy.save(),
      ...knowledgeState(this.#knowledge),
      random: this.#random.state(),
      totalTokenCount: this.#totalTokenCount,
      rolloutsHash: this.#rolloutsHash,
      lastEvaluation: this.#lastEvaluation,
      reachedAt: this.#reachedAt,
    };
  }

  /** Tells the result of the run so far; evaluates first if the last iteration was not evaluated. */
  async finish(): Promise<void> {
    if (this.#lastEvaluation?.iteration !== this.#iteration) await this.#evaluate();
    const { weights } = await this.#dependencies.policy.save();
    this.#emit({
      type: "runFinished",
      iteration: this.#iteration,
      weightsHash: weightsHash(weights),
      rolloutsHash: this.#rolloutsHash,
      heldOutReturn: this.#lastEvaluation?.meanReturn ?? null,
      heldOutSuccess: this.#lastEvaluation?.successRate ?? null,
    });
  }

  /** The policy's weights as they are now become the base. */
  async #keepBase(): Promise<void> {
    const { policy } = this.#dependencies;
    await policy.setBase();
    if (algorithmById(this.#config.method).rollsOutWithBase === true) this.#base = await policy.save();
  }

  async #withBasePolicy<Result>(work: () => Promise<Result>): Promise<Result> {
    const { policy } = this.#dependencies;
    if (this.#base === null)
      throw new ConfigError(`withBasePolicy: a method that asks for it, got ${this.#config.method}`);
    const learned = await policy.save();
    await policy.load(this.#base);
    try {
      return await work();
    } finally {
      await policy.load(learned);
    }
  }

  async #learn(iteration: number): Promise<IterationOutcome> {
    const context = this.#context(iteration);
    return algorithmById(this.#config.method).create(context)(iteration);
  }

  #context(iteration: number): AlgorithmContext {
    const random = this.#random.fork(`iteration ${iteration}`);
    return {
      policy: this.#dependencies.policy,
      ...this.#knowledge,
      settings: () => toRunSettings(this.#config),
      random: (label) => random.fork(label),
      nextTasks: () => {
        const tasks = sampleTasks(this.#spec, this.#config, random.fork("tasks"));
        this.#emit({ type: "iterationStarted", iteration, tasks });
        return tasks;
      },
      collect: (groups, options) => this.#collect(iteration, groups, options.writeTips),
      withBasePolicy: (work) => this.#withBasePolicy(work),
      timed: (phase, work) => this.#timedEither(phase, work),
      update: (rows) => this.#update(iteration, rows, random),
    };
  }

  async #collect(iteration: number, groups: readonly GroupPlan[], writeTips: boolean): Promise<Trajectory[]> {
    const { policy, createEnv } = this.#dependencies;
    const requests = rolloutRequests(iteration, groups, this.#random);
    this.#emit({ type: "phaseStarted", phase: "rollout", iteration });
    const inner = this.#times.retrieval + this.#times.tipWriting;
    const trajectories = await this.#timed("rollout", () =>
      rollOut(
        requests,
        { ...toRunSettings(this.#config).rollout, writeTips },
        {
          policy,
          ...this.#knowledge,
          createEnv,
          emit: (event) => this.#emit(event),
          timed: (phase, work) => this.#timedEither(phase, work),
        },
      ),
    );
    this.#times.rollout -= this.#times.retrieval + this.#times.tipWriting - inner;
    return trajectories;
  }

  async #update(iteration: number, rows: readonly LearnedRow[], random: Random): Promise<UpdateStats | null> {
    if (rows.length === 0) return null;
    const { loss, optimizer, minibatches } = toRunSettings(this.#config);
    this.#emit({ type: "phaseStarted", phase: "update", iteration });
    const measureKl = this.#config.measureKlEvery > 0 && iteration % this.#config.measureKlEvery === 0;
    return this.#timed("update", async () => {
      const parts: { rows: readonly LearnedRow[]; stats: UpdateStats }[] = [];
      for (const part of splitIntoMinibatches(rows, minibatches, random.fork("minibatches"))) {
        const plain = part.map(({ row }) => row);
        parts.push({
          rows: part,
          stats: await this.#dependencies.policy.update(plain, loss, optimizer, { measureKl }),
        });
      }
      await this.#rehearse(random.fork("rehearsal"));
      const stats = mergeStats(parts.map((part) => part.stats));
      const tokens = parts.flatMap((part) => tokenUpdateRecords(part.rows, part.stats, loss));
      this.#emit({ type: "policyUpdated", iteration, stats: numbersOf(stats), tokens });
      return stats;
    });
  }

  /** Keeps alive what the corpus taught (learning-recipe.md §4); not part of any method. */
  async #rehearse(random: Random): Promise<void> {
    const { rehearsalCoefficient, base } = this.#config;
    if (rehearsalCoefficient === 0) return;
    const { policy, rehearsalRows } = this.#dependencies;
    const { optimizer } = toRunSettings(this.#config);
    const learningRate = rehearsalCoefficient * optimizer.learningRate;
    const rows = rehearsalRows(random, base, policy.config.contextLength);
    await policy.languageModelStep(rows, { ...optimizer, learningRate });
  }

  #record({ trajectories, advantages }: IterationOutcome): void {
    this.#rolloutsHash = extendRolloutsHash(this.#rolloutsHash, trajectories);
    for (const { sequence } of trajectories) this.#totalTokenCount += sequence.tokens.length;
    this.#lastRollouts = trajectories.map((trajectory, i) => toRolloutRecord(trajectory, advantages?.[i] ?? null));
    this.#emit({ type: "rolloutsFinished", iteration: this.#iteration, rollouts: this.#lastRollouts });
  }

  #emitSummary({ trajectories, stats }: IterationOutcome, drawnWith: RunSettings): void {
    const algorithm = algorithmById(this.#config.method);
    const summary = summariseIteration({
      iteration: this.#iteration,
      trajectories,
      stats,
      expectedModeCounts: algorithm.expectedModes(drawnWith, trajectories.length),
      totalTokenCount: this.#totalTokenCount,
      tipCount: this.#knowledge.memory.size,
      times: { ...this.#times },
    });
    this.#emit({ type: "iterationFinished", summary });
  }

  #evaluationIsDue(): boolean {
    const { evaluateEvery } = this.#config;
    return (evaluateEvery > 0 && this.#iteration % evaluateEvery === 0) || this.#iteration === this.#lastIteration;
  }

  /** By the last evaluation, if there is one. */
  #reachedNow(before: number | null): number | null {
    return this.#lastEvaluation === null ? null : reachedAt(before, this.#lastEvaluation, this.#config);
  }

  async #evaluate(): Promise<void> {
    const { policy, createEnv } = this.#dependencies;
    const config = this.#config;
    const { evaluationSplit: split } = config;
    this.#emit({ type: "phaseStarted", phase: "evaluation", iteration: this.#iteration });
    const plan = {
      policy,
      createEnv,
      tasks: evaluationTasks(this.#spec, config, split),
      split,
      episodesPerVariation: config.evaluationEpisodes,
      rescorer: testRescorer(config, this.#knowledge.critic),
      rollout: { ...toRunSettings(config).rollout, temperature: config.evaluationTemperature },
      random: this.#random.fork(`evaluation ${this.#iteration}`),
      iteration: this.#iteration,
    };
    const withMemory = algorithmById(config.method).usesMemoryAtTest && this.#iteration === this.#lastIteration;
    const trials = withMemory ? await evaluateTrials(plan, MEMORY_SERIES) : [await evaluate(plan)];
    for (const evaluation of trials) this.#emit({ type: "evaluated", evaluation });
    this.#lastEvaluation = { ...trials.at(-1)!, iteration: this.#iteration };
    this.#reachedAt = this.#reachedNow(this.#reachedAt);
  }

  #started(): void {
    const { backend } = this.#dependencies;
    const { method } = this.#config;
    this.#emit({ type: "runStarted", method, iteration: this.#iteration, backend, config: this.#config });
  }

  #emit(event: TrainingEvent): void {
    this.#dependencies.emit(event);
  }

  async #timed<Result>(phase: keyof PhaseTimes, work: () => Promise<Result>): Promise<Result> {
    const start = this.#dependencies.clock.now();
    try {
      return await work();
    } finally {
      this.#times[phase] += this.#dependencies.clock.now() - start;
    }
  }

  #timedEither<Result>(phase: keyof PhaseTimes, work: () => Result): Result {
    const start = this.#dependencies.clock.now();
    const add = (): void => {
      this.#times[phase] += this.#dependencies.clock.now() - start;
    };
    const result = work();
    if (result instanceof Promise) return result.finally(add) as Result;
    add();
    return result;
  }
}

function rolloutRequests(iteration: number, groups: readonly GroupPlan[], random: Random): RolloutRequest[] {
  return groups.flatMap(({ task, groupId, modes }, groupIndex) =>
    modes.map((mode, i): RolloutRequest => {
      const rolloutId = `${iteration}.${groupId}.${i}`;
      return {
        rolloutId,
        iteration,
        task,
        groupId: `${iteration}.${groupId}`,
        mode,
        random: random.fork(`rollout ${rolloutId}`),
        watched: groupIndex === 0 && !groupId.startsWith("foreign"),
      };
    }),
  );
}

function emptyTimes(): Record<keyof PhaseTimes, number> {
  return { rollout: 0, tipWriting: 0, retrieval: 0, update: 0, evaluation: 0 };
}
