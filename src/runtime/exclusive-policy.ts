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

/** What the host does around the calls. */
export interface PolicySurroundings {
  /** Awaited after every call, so that messages get through. */
  readonly breathe: () => Promise<void>;
  /** Resolves with a sentence when the device is lost; calls reject from then on. */
  readonly deviceLost: Promise<string>;
}

/** Passes every call on to another policy, one after the other. */
export class ExclusivePolicy implements Policy {
  readonly #policy: Policy;
  readonly #breathe: () => Promise<void>;
  readonly #lost: Promise<never>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(policy: Policy, { breathe, deviceLost }: PolicySurroundings) {
    this.#policy = policy;
    this.#breathe = breathe;
    this.#lost = deviceLost.then((sentence) => {
      throw new DeviceError(sentence);
    });
    this.#lost.catch(() => undefined);
  }

  get config(): ModelConfig {
    return this.#policy.config;
  }

  open(episodeCount: number): DecodingBatch {
    const batch = this.#policy.open(episodeCount);
    return {
      generate: (requests: readonly GenerateRequest[]): Promise<Completion[]> =>
        this.#alone(() => batch.generate(requests)),
      close: () => batch.close(),
    };
  }

  logProbs(...call: Parameters<Policy["logProbs"]>): Promise<number[][]> {
    return this.#alone(() => this.#policy.logProbs(...call));
  }

  distributions(...call: Parameters<Policy["distributions"]>): Promise<TokenDistribution[]> {
    return this.#alone(() => this.#policy.distributions(...call));
  }

  update(
    rows: readonly UpdateRow[],
    loss: LossConfig,
    optimizer: OptimizerConfig,
    options: { readonly measureKl: boolean } = { measureKl: false },
  ): Promise<UpdateStats> {
    return this.#alone(() => this.#policy.update(rows, loss, optimizer, options));
  }

  setBase(): Promise<void> {
    return this.#alone(() => this.#policy.setBase());
  }

  save(): Promise<PolicyState> {
    return this.#alone(() => this.#policy.save());
  }

  load(state: PolicyState): Promise<void> {
    return this.#alone(() => this.#policy.load(state));
  }

  dispose(): void {
    this.#policy.dispose();
  }

  async #alone<Result>(call: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    const own = before.catch(() => undefined).then(() => Promise.race([this.#lost, call()]));
    this.#last = own;
    const result = await own;
    await this.#breathe();
    return result;
  }
}
