/** @file Scores and learns with the update plan. The host takes over what the device made of weights and moments. */
import { NotFiniteError } from "../../../core/base/errors.ts";
import type { OptimizerConfig } from "../../../core/policy/policy.ts";
import type { HostState } from "../../host-state.ts";
import type {
  CrossEntropyGradient,
  CrossEntropySums,
  LanguageModelWork,
  Learned,
  Learner,
  UpdateWork,
} from "../../learner.ts";
import type { MicroBatches } from "../../micro-batches.ts";
import type { SurrogateSums } from "../../losses.ts";
import type { ScoredSequence, SequenceOutcome } from "../../training.ts";
import type { PlanRow } from "./update-inputs.ts";
import type { PlanOutcome, PlanStep, UpdatePlan } from "./update-plan.ts";

/** No version of any weights. */
const UNKNOWN = -1;

/** Implements {@link Learner} with an {@link UpdatePlan}. */
export class PlanLearner implements Learner {
  readonly #plan: UpdatePlan;
  readonly #state: HostState;
  readonly #batches: MicroBatches;
  /** Versions of weights and base on the device. */
  #version = UNKNOWN;
  #baseVersion = UNKNOWN;

  constructor(plan: UpdatePlan, state: HostState, batches: MicroBatches) {
    this.#plan = plan;
    this.#state = state;
    this.#batches = batches;
  }

  score(sequences: readonly ScoredSequence[], temperature: number): Promise<SequenceOutcome[]> {
    this.#refresh();
    return this.#batches.run("score", () => this.#plan.score(sequences.map(withoutLoss), temperature));
  }

  async update(work: UpdateWork, optimizer: OptimizerConfig): Promise<Learned<SurrogateSums>> {
    const { rows, tokenCount, loss, measuresKl } = work;
    if (measuresKl) this.#refreshBase();
    const outcome = await this.#step({
      rows: rows.map((row) => ({ ...row, positions: row.lossPositions })),
      loss: { type: "surrogate", config: loss, measureKl: measuresKl },
      temperature: loss.temperature,
      scale: 1 / tokenCount,
      optimizer,
    });
    return { ...learned(outcome), sums: { ...outcome.sums, tokenCount } };
  }

  async languageModelStep(
    { rows, sequences }: LanguageModelWork,
    optimizer: OptimizerConfig,
  ): Promise<Learned<CrossEntropySums>> {
    const weighted = weightedRows({ rows, sequences });
    const weight = weightOf(weighted);
    const loss = { type: "crossEntropy" } as const;
    const outcome = await this.#step({ rows: weighted, loss, temperature: 1, scale: 1 / weight, optimizer });
    return { ...learned(outcome), sums: { loss: outcome.sums.loss, weight } };
  }

  async crossEntropyGradient(work: LanguageModelWork): Promise<CrossEntropyGradient> {
    const weighted = weightedRows(work);
    const { gradient, sums, outcomes } = await this.#batches.run("update", () => {
      this.#refresh();
      return this.#plan.crossEntropyGradient(weighted);
    });
    const logProbs = outcomes.map((outcome) => outcome.logProbs);
    return { gradient, sums: { loss: sums.loss, weight: weightOf(weighted) }, logProbs };
  }

  /** Frees the device's buffers. */
  dispose(): void {
    this.#plan.dispose();
  }

  async #step(step: Omit<PlanStep, "number">): Promise<PlanOutcome> {
    const number = this.#state.optimizer.step + 1;
    const { version } = this.#state.current;
    const outcome = await this.#batches.run("update", () => {
      this.#refresh();
      // If the answer never comes, or too late, nobody knows which weights the device has.
      this.#version = UNKNOWN;
      return this.#plan.step({ ...step, number });
    });
    this.#state.requireUse("update");
    if (!outcome.isSound) {
      this.#version = version;
      throw await this.#refusal(outcome);
    }
    const [parameters, first, second] = outcome.state;
    this.#state.adopt(parameters, { step: number, first, second });
    this.#version = this.#state.current.version;
    return outcome;
  }

  async #refusal({ sums }: PlanOutcome): Promise<Error> {
    if (sums.notFinite > 0 || !Number.isFinite(sums.loss)) {
      return new NotFiniteError(`update: a finite loss, got ${sums.notFinite > 0 ? NaN : sums.loss}`);
    }
    this.#state.requireFinite("gradient", await this.#plan.gradient());
    return new NotFiniteError(`update: a gradient with a finite norm, got squared norm ${sums.squaredNorm}`);
  }

  #refresh(): void {
    const { values, version } = this.#state.current;
    if (version === this.#version) return;
    const { first, second } = this.#state.optimizer;
    this.#plan.setState(values, first, second);
    this.#version = version;
  }

  #refreshBase(): void {
    const { values, version } = this.#state.base;
    if (version !== this.#baseVersion) this.#plan.setBase(values);
    this.#baseVersion = version;
  }
}

/** Rows whose advantages are the weights of their tokens. */
function weightedRows({ rows, sequences }: LanguageModelWork): PlanRow[] {
  return sequences.map((sequence, i): PlanRow => {
    const advantages = sequence.positions.map((position) => rows[i]!.weights[position]!);
    return { ...withoutLoss(sequence), advantages };
  });
}

function weightOf(rows: readonly PlanRow[]): number {
  return rows.flatMap(({ advantages }) => advantages).reduce((sum, each) => sum + each, 0);
}

function withoutLoss({ tokens, positions }: ScoredSequence): PlanRow {
  return { tokens, positions, oldLogProbs: [], advantages: [], offPolicy: false };
}

function learned({ gradNorm, outcomes }: PlanOutcome): Pick<Learned<unknown>, "gradNorm" | "logProbs"> {
  return { gradNorm, logProbs: outcomes.map(({ logProbs }) => logProbs) };
}
