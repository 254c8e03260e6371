/** @file A session without worlds or a policy: each iteration draws a number, writes a tip and moves one weight. */
import { Random } from "../../src/core/base/random.ts";
import type { IterationSummary, RolloutRecord, TrainingEvent } from "../../src/core/events/training-event.ts";
import { TipMemory } from "../../src/core/memory/tip-memory.ts";
import type { NamedTensors } from "../../src/core/policy/policy.ts";
import type { RunConfig } from "../../src/core/training/run-config.ts";
import type { SessionCheckpoint } from "../../src/core/training/session.ts";
import type { HostedSession, OpenedRun } from "../../src/runtime/hosted-run.ts";
import type { OpenRequest } from "../../src/runtime/run-host-ports.ts";
import { iterationEvents, makeRollout } from "./run-fixtures.ts";

/** What a test may do to the sessions that are opened. */
export interface FakeRunHooks {
  /** Awaited in the middle of every iteration. */
  duringIteration: (session: FakeSession) => Promise<void>;
  /** Awaited while the result is worked out. */
  duringFinish: (session: FakeSession) => Promise<void>;
  deviceLost: Promise<string>;
  workingWay: Promise<string>;
  backend: OpenedRun["backend"];
  /** Called by the policy when the device gets half a batch. */
  onHalved: (sentence: string) => void;
  /** Numbers of the update of an iteration. */
  update: (iteration: number) => IterationSummary["update"];
  readonly calmUpdate: NonNullable<IterationSummary["update"]>;
}

const CALM_UPDATE: FakeRunHooks["calmUpdate"] = {
  ...{ loss: 0.1, meanRatio: 1, clipFraction: 0, maskedFraction: 0, entropy: 0.4, klToBase: null },
  ...{ gradNorm: 1, tokenCount: 12 },
};

export function fakeRunHooks(): FakeRunHooks {
  return {
    duringIteration: async () => {},
    duringFinish: async () => {},
    deviceLost: new Promise(() => undefined),
    workingWay: new Promise(() => undefined),
    backend: "cpu",
    onHalved: () => {},
    update: () => null,
    calmUpdate: CALM_UPDATE,
  };
}

export class FakeSession implements HostedSession {
  config: RunConfig;
  iteration = 0;
  memory = new TipMemory();
  weight = 0;
  isDisposed = false;
  readonly #emit: (event: TrainingEvent) => void;
  readonly #hooks: FakeRunHooks;
  #rollouts: readonly RolloutRecord[] = [];

  constructor({ config, checkpoint, emit }: OpenRequest, hooks: FakeRunHooks) {
    this.#emit = emit;
    this.#hooks = hooks;
    this.config = checkpoint?.config ?? config;
    if (checkpoint !== null) {
      this.iteration = checkpoint.iteration;
      this.memory = TipMemory.fromState(checkpoint.memory);
      this.weight = checkpoint.policy.weights.get("w")!.data[0]!;
    }
    emit({
      type: "runStarted",
      method: this.config.method,
      iteration: this.iteration,
      backend: hooks.backend,
      config: this.config,
    });
  }

  get isFinished(): boolean {
    return this.iteration >= this.config.iterations;
  }

  rollout(rolloutId: string): RolloutRecord | undefined {
    return this.#rollouts.find((rollout) => rollout.rolloutId === rolloutId);
  }

  async runIteration(): Promise<void> {
    const iteration = this.iteration + 1;
    const [started, turn, ...rest] = iterationEvents(iteration);
    this.#emit(started!);
    this.#emit(turn!);
    await this.#hooks.duringIteration(this);
    const drawn = Random.fromSeed(this.config.seed).fork(iteration).uniform();
    this.weight = Math.fround(this.weight * 0.9 + drawn * this.config.learningRate + this.memory.size);
    const tip = { bucket: "b", tokens: [10, 20 + iteration], score: 50, iteration, key: [3] };
    this.memory.add({ ...tip, author: "policy" }, this.config.bucketCapacity);
    this.iteration = iteration;
    this.#rollouts = [makeRollout(`${iteration}.g.0`, iteration)];
    for (const event of rest) this.#emit(withUpdate(event, this.#hooks.update(iteration)));
  }

  async finish(): Promise<void> {
    await this.#hooks.duringFinish(this);
    this.#emit({
      type: "runFinished",
      iteration: this.iteration,
      weightsHash: String(this.weight),
      rolloutsHash: "",
      heldOutReturn: null,
      heldOutSuccess: null,
    });
  }

  updateConfig(changes: Partial<RunConfig>): void {
    this.config = { ...this.config, ...changes };
    this.#emit({ type: "configChanged", iteration: this.iteration, changes });
  }

  async checkpoint(): Promise<SessionCheckpoint> {
    return {
      ...emptyCheckpoint(this.config),
      iteration: this.iteration,
      policy: policyState(this.weight),
      memory: this.memory.state(),
    };
  }
}

/** Opens fake sessions; `sessions` lists them in order. */
export function fakeOpener(hooks: FakeRunHooks) {
  const sessions: FakeSession[] = [];
  const requests: OpenRequest[] = [];
  const openRun = async (request: OpenRequest): Promise<OpenedRun> => {
    const session = new FakeSession(request, hooks);
    sessions.push(session);
    requests.push(request);
    hooks.onHalved = request.onHalved;
    return {
      session,
      policy: {
        distributions: async (_tokens, positions) =>
          positions.map(() => ({ tokens: [40, 6], probabilities: [0.75, 0.25] })),
        logProbs: async (sequences) => sequences.map(({ positions }) => positions.map(() => Math.log(0.75))),
      },
      backend: hooks.backend,
      reason: `Using ${hooks.backend}.`,
      isEmulated: false,
      deviceLost: hooks.deviceLost,
      workingWay: hooks.workingWay,
      tipKey: () => [3, 4],
      dispose: () => {
        session.isDisposed = true;
      },
    };
  };
  return { openRun, sessions, requests };
}

function withUpdate(event: TrainingEvent, update: IterationSummary["update"]): TrainingEvent {
  return event.type === "iterationFinished" ? { ...event, summary: { ...event.summary, update } } : event;
}

function tensors(value: number): NamedTensors {
  return new Map([["w", { shape: [1], data: Float32Array.of(value) }]]);
}

function policyState(weight: number): SessionCheckpoint["policy"] {
  const config = { vocabularySize: 512, width: 8, layers: 1, heads: 1, contextLength: 16 };
  return { config, weights: tensors(weight), optimizer: { step: 1, first: tensors(0.1), second: tensors(0.2) } };
}

/** A run before its first iteration. */
export function emptyCheckpoint(config: RunConfig): SessionCheckpoint {
  return {
    version: 1,
    config,
    iteration: 0,
    policy: policyState(0),
    memory: { nextId: 1, tips: [] },
    novelty: [],
    pendingTips: [],
    critic: null,
    random: { key: [1, 2], drawn: 0 },
    totalTokenCount: 0,
    rolloutsHash: "0".repeat(64),
    lastEvaluation: null,
    reachedAt: null,
  };
}
