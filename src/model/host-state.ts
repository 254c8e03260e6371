/**
 * @file What a policy has learned, on the host: the master copy. Devices hold copies, each of which knows by a version
 * number whether it is current; losing a device loses no learning.
 */
import { ConfigError, NotFiniteError } from "../core/base/errors.ts";
import type { ModelConfig, OptimizerConfig } from "../core/policy/policy.ts";
import { uploadWeights, type DeviceWeights } from "./device-weights.ts";
import { adamWStep, l2Norm, newOptimizerState, type OptimizerState } from "./optimizer.ts";
import { firstNonFinite, nameAt, type ParameterLayout } from "./parameters.ts";
import { disposeAll } from "./tidy.ts";

/** Flat weights and how often they changed. */
export interface Versioned {
  readonly values: Float32Array;
  readonly version: number;
}

/** Weights, moments and the base for KL. All flat arrays are in the order of the layout. */
export class HostState {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  #parameters: Float32Array;
  #optimizer: OptimizerState;
  #base: Float32Array | null = null;
  #version = 0;
  #baseVersion = 0;
  #isDisposed = false;

  constructor(config: ModelConfig, layout: ParameterLayout, parameters: Float32Array) {
    this.config = config;
    this.layout = layout;
    this.#parameters = parameters;
    this.#optimizer = newOptimizerState(layout.size);
  }

  /** Current weights. Not to be changed. */
  get current(): Versioned {
    return { values: this.#parameters, version: this.#version };
  }

  /** Moments and step count. Not to be changed. */
  get optimizer(): OptimizerState {
    return this.#optimizer;
  }

  /** @throws {ConfigError} if none was set */
  get base(): Versioned {
    if (this.#base === null) throw new ConfigError("update: a base for the KL penalty (setBase), got none");
    return { values: this.#base, version: this.#baseVersion };
  }

  /** Takes over saved weights and moments. */
  replace(parameters: Float32Array, optimizer: OptimizerState): void {
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#version += 1;
  }

  /** Makes the current weights the base. */
  setBase(): void {
    this.#base = this.#parameters.slice();
    this.#baseVersion += 1;
  }

  /**
   * Divides a gradient (in place), checks it and steps; or throws and changes nothing.
   *
   * @param sums the sum of losses, and what it and the gradient are multiplied by
   * @returns the L2 norm of the scaled gradient
   */
  step(
    gradient: Float32Array,
    { lossSum, scale }: { readonly lossSum: number; readonly scale: number },
    config: OptimizerConfig,
  ): number {
    this.requireUse("update");
    if (!Number.isFinite(lossSum * scale)) throw new NotFiniteError(`update: a finite loss, got ${lossSum * scale}`);
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
    this.requireFinite("gradient", gradient);
    const gradNorm = l2Norm(gradient);
    // On copies, because whether the result is finite is known only afterwards.
    const parameters = this.#parameters.slice();
    const { step, first, second } = this.#optimizer;
    const optimizer = { step, first: first.slice(), second: second.slice() };
    adamWStep(this.layout, parameters, optimizer, { gradient, gradNorm, config });
    this.adopt(parameters, optimizer);
    return gradNorm;
  }

  /**
   * Takes over what a step made of weights and moments; or throws and keeps the old ones.
   *
   * @throws {NotFiniteError} with the name of the weight array if a number is not finite
   */
  adopt(parameters: Float32Array, optimizer: OptimizerState): void {
    this.requireFinite("weight", parameters);
    this.requireFinite("first moment", optimizer.first);
    this.requireFinite("second moment", optimizer.second);
    this.replace(parameters, optimizer);
  }

  /** @throws {NotFiniteError} with the name of the weight array if a number is not finite */
  requireFinite(what: string, values: Float32Array): void {
    const bad = firstNonFinite(values);
    if (bad < 0) return;
    throw new NotFiniteError(`update: a finite ${what}, got ${values[bad]} in "${nameAt(this.layout, bad)}"`);
  }

  /** @throws {ConfigError} after {@link HostState.dispose} */
  requireUse(operation: string): void {
    if (this.#isDisposed) throw new ConfigError(`${operation}: a policy in use, got a disposed one`);
  }

  /** Marks the end. Returns whether this was the first call. */
  dispose(): boolean {
    const isFirst = !this.#isDisposed;
    this.#isDisposed = true;
    return isFirst;
  }
}

/** A device copy of some weights as tensors, made when it is first needed and again when they changed. */
export class DeviceCopy {
  readonly #state: HostState;
  readonly #source: () => Versioned;
  #weights: DeviceWeights | null = null;
  #version = -1;

  constructor(state: HostState, source: () => Versioned) {
    this.#state = state;
    this.#source = source;
  }

  /** Valid until the weights change. */
  get(): DeviceWeights {
    const { values, version } = this.#source();
    if (this.#weights === null || version !== this.#version) {
      this.dispose();
      this.#weights = uploadWeights(this.#state.layout, values, this.#state.config.layers);
      this.#version = version;
    }
    return this.#weights;
  }

  dispose(): void {
    if (this.#weights !== null) disposeAll(this.#weights);
    this.#weights = null;
  }
}
