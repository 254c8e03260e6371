/**
 * @file A critic of actions by implicit Q-learning (Kostrikov 2021, arXiv 2110.06169), learned beside the policy from
 * logged steps (docs/adr/0010): V is an upper expectile of Q over the actions that were taken, so that no other action is
 * ever asked for.
 */
import type { Random } from "../base/random.ts";
import { SparseNetwork, type NetworkState } from "../base/sparse-network.ts";
import { ALL_FEATURES, STATE_FEATURES } from "./features.ts";
import type { Transition } from "./transitions.ts";

/** Units of the hidden layer of each network. */
const HIDDEN = 16;
/** The networks that targets are made from follow the learned ones after so many steps, by this share. */
const FOLLOW_EVERY = 16;
const FOLLOW_SHARE = 0.05;

/** How the critic learns. */
export interface CriticConfig {
  /** τ of the expectile, 0.5…1: 0.5 is the mean over the actions taken, 1 would be the best of them. */
  readonly criticExpectile: number;
  /** γ. */
  readonly criticDiscount: number;
  /** Step of gradient descent. */
  readonly criticStep: number;
  /** Passes over the steps of an iteration. */
  readonly criticPasses: number;
}

/** Everything a critic has learned, as plain data. */
export interface ActionCriticState {
  readonly value: NetworkState;
  /** Two Q networks, and those that follow them. */
  readonly q: readonly [NetworkState, NetworkState];
  readonly target: readonly [NetworkState, NetworkState];
  /** Steps learned from. */
  readonly stepCount: number;
}

interface Networks {
  readonly value: SparseNetwork;
  readonly q: readonly [SparseNetwork, SparseNetwork];
  readonly target: readonly [SparseNetwork, SparseNetwork];
}

/** Values of states and actions. Before anything was learned all of them are 0. */
export class ActionCritic {
  readonly #random: Random;
  #networks: Networks | null = null;
  #stepCount = 0;

  /**
   * @param state what `state()` described, or null
   * @param random of the run; decides the networks' first weights
   */
  constructor(state: ActionCriticState | null, random: Random) {
    this.#random = random;
    if (state === null) return;
    this.#stepCount = state.stepCount;
    this.#networks = {
      value: SparseNetwork.fromState(state.value),
      q: [SparseNetwork.fromState(state.q[0]), SparseNetwork.fromState(state.q[1])],
      target: [SparseNetwork.fromState(state.target[0]), SparseNetwork.fromState(state.target[1])],
    };
  }

  /** Null while nothing was learned. */
  state(): ActionCriticState | null {
    if (this.#networks === null) return null;
    const { value, q, target } = this.#networks;
    return {
      value: value.state(),
      q: [q[0].state(), q[1].state()],
      target: [target[0].state(), target[1].state()],
      stepCount: this.#stepCount,
    };
  }

  /** Learns from logged steps, in random order, several times. */
  learn(transitions: readonly Transition[], config: CriticConfig, random: Random): void {
    const networks = (this.#networks ??= newNetworks(this.#random));
    for (let pass = 0; pass < config.criticPasses; pass++) {
      for (const transition of random.fork(pass).shuffled(transitions)) {
        learnStep(networks, transition, config);
        this.#stepCount += 1;
        if (this.#stepCount % FOLLOW_EVERY === 0) {
          networks.target.forEach((target, i) => target.approach(networks.q[i]!, FOLLOW_SHARE));
        }
      }
    }
  }

  /** Q(s, a), in units of 100 points: the smaller one of the two. */
  actionValue(state: readonly number[], action: readonly number[]): number {
    return this.#networks === null ? 0 : smallerValue(this.#networks.q, [...state, ...action]);
  }

  /** V(s), in units of 100 points. */
  stateValue(state: readonly number[]): number {
    return this.#networks === null ? 0 : this.#networks.value.predict(state)[0]!;
  }
}

/** One step on each loss (IQL, Eq. 5–6): V towards the expectile of the followers' Q, each Q towards r + γ·V(s′). */
function learnStep(
  { value, q, target }: Networks,
  { state, action, reward, next }: Transition,
  config: CriticConfig,
): void {
  const both = [...state, ...action];
  const [nextValue] = next === null ? [0] : value.predict(next);
  const wanted = smallerValue(target, both);
  const isBelow = wanted < value.predict(state)[0]!;
  // |τ − 1{u < 0}|·u², with weight 1 at τ = 0.5.
  const asymmetry = 2 * (isBelow ? 1 - config.criticExpectile : config.criticExpectile);
  value.learn(state, [wanted], asymmetry * config.criticStep);
  const backedUp = reward + config.criticDiscount * nextValue!;
  for (const network of q) network.learn(both, [backedUp], config.criticStep);
}

function smallerValue(networks: readonly [SparseNetwork, SparseNetwork], features: readonly number[]): number {
  return Math.min(networks[0].predict(features)[0]!, networks[1].predict(features)[0]!);
}

function newNetworks(random: Random): Networks {
  const network = (name: string, inputs: number): SparseNetwork =>
    SparseNetwork.create({ inputs, hidden: HIDDEN, outputs: 1 }, random.fork(name), 0);
  const twin = (name: string): SparseNetwork => network(name, ALL_FEATURES);
  // The same name gives the same weights: followers start where the networks they follow start.
  return {
    value: network("value", STATE_FEATURES),
    q: [twin("q1"), twin("q2")],
    target: [twin("q1"), twin("q2")],
  };
}
