/**
 * @file A policy that does one thing at a time: a question about probabilities may come while an iteration is in
 * flight, and waits for the call before it only. Between calls the host may breathe; a lost device ends every call.
 */
import { DeviceError } from "../core/base/errors.ts";
import type {
  DecodingBatch,
  GenerateRequest,
  LossConfig,
  OptimizerConfig,
  Policy,
  PolicyState,
  TokenDistribution,
  UpdateRow,
  UpdateStats,
  Completion,
  ModelConfig,
} from "../core/policy/policy.ts";

/** Called before a call; what it returns is called after it, even if it failed. */
export type CallWatcher = (call: keyof Policy | "generate") => (() => void) | null;

/** What the host does around the calls. */
export interface PolicySurroundings {
  /** Awaited after every call, so that messages get through. */
  readonly breathe: () => Promise<void>;
  readonly watch: CallWatcher;
  /** Resolves with a sentence when the device is lost; calls reject from then on. */
  readonly deviceLost: Promise<string>;
}

/** Passes every call on to another policy, one after the other. */
export class ExclusivePolicy implements Policy {
  readonly #policy: Policy;
  readonly #breathe: () => Promise<void>;
  readonly #watch: CallWatcher;
  #last: Promise<void> = Promise.resolve();
  #lost: DeviceError | null = null;
  /** Ends the call in flight. Not a race against `deviceLost`, which would keep every result for ever. */
  #endCall: (error: DeviceError) => void = () => undefined;

  constructor(policy: Policy, { breathe, watch, deviceLost }: PolicySurroundings) {
    this.#policy = policy;
    this.#breathe = breathe;
    this.#watch = watch;
    void deviceLost.then((sentence) => {
      this.#lost = new DeviceError(sentence);
      this.#endCall(this.#lost);
    });
  }

  get config(): ModelConfig {
    return this.#policy.config;
  }

  open(episodeCount: number): DecodingBatch {
    const batch = this.#policy.open(episodeCount);
    return {
      generate: (requests: readonly GenerateRequest[]): Promise<Completion[]> =>
        this.#alone("generate", () => batch.generate(requests)),
      close: () => batch.close(),
    };
  }

  logProbs(...call: Parameters<Policy["logProbs"]>): Promise<number[][]> {
    return this.#alone("logProbs", () => this.#policy.logProbs(...call));
  }

  distributions(...call: Parameters<Policy["distributions"]>): Promise<TokenDistribution[]> {
    return this.#alone("distributions", () => this.#policy.distributions(...call));
  }

  update(
    rows: readonly UpdateRow[],
    loss: LossConfig,
    optimizer: OptimizerConfig,
    options: { readonly measureKl: boolean } = { measureKl: false },
  ): Promise<UpdateStats> {
    return this.#alone("update", () => this.#policy.update(rows, loss, optimizer, options));
  }

  languageModelStep(...call: Parameters<Policy["languageModelStep"]>): Promise<{ readonly loss: number }> {
    return this.#alone("languageModelStep", () => this.#policy.languageModelStep(...call));
  }

  setBase(): Promise<void> {
    return this.#alone("setBase", () => this.#policy.setBase());
  }

  save(): Promise<PolicyState> {
    return this.#alone("save", () => this.#policy.save());
  }

  load(state: PolicyState): Promise<void> {
    return this.#alone("load", () => this.#policy.load(state));
  }

  dispose(): void {
    this.#policy.dispose();
  }

  async #alone<Result>(name: Parameters<CallWatcher>[0], call: () => Promise<Result>): Promise<Result> {
    const own = this.#last.then(() => this.#perform(name, call));
    this.#last = own.then(
      () => undefined,
      () => undefined,
    );
    const result = await own;
    await this.#breathe();
    return result;
  }

  async #perform<Result>(name: Parameters<CallWatcher>[0], call: () => Promise<Result>): Promise<Result> {
    if (this.#lost !== null) throw this.#lost;
    const done = this.#watch(name);
    try {
      return await new Promise((resolve, reject) => {
        this.#endCall = reject;
        call().then(resolve, reject);
      });
    } finally {
      done?.();
    }
  }
}
