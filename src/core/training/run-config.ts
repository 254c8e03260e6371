/**
 * @file The serialisable description of a run: one flat record. `CONFIG_FIELDS` says for every field its range,
 * whether it may change while a run is on, and what it means; URL, files, CLI flags and form controls all follow it.
 */

import type { CriticConfig } from "../critic/action-critic.ts";
import type { RescoringConfig } from "../critic/action-rescoring.ts";
import type { TipScope } from "../envs/buckets.ts";
import { CRITIC_FIELDS } from "./critic-fields.ts";
import { EVALUATION_FIELDS } from "./evaluation-fields.ts";
import { choice, count, real, type Field, type NumberField, type Where } from "./field-kinds.ts";

/** Version of the record; raised when a field changes its meaning. */
export const CONFIG_VERSION = 1;

/** Everything that decides a run. Same config and same backend: same run. */
export interface RunConfig extends CriticConfig, RescoringConfig {
  /** Id of a method in `core/algorithms/registry.ts`. */
  readonly method: string;
  readonly task: string;
  readonly preset: string;
  /** Floor plan; 0 is the real house. In the teaching world, which world; in a shop, which catalogue. */
  readonly house: number;
  /** Seed of sampling, modes, ties and task order. */
  readonly seed: number;
  /** Base policy: `base`, the shipped checkpoint, or the name of another one. */
  readonly base: string;
  readonly iterations: number;
  /** How many of the train variations are used (paper: first five). */
  readonly trainVariations: number;
  /** Which variations of a split are used where not all are: the first ones, or a random sample, the same in every run. */
  readonly variationChoice: "first" | "sampled";
  /** Task variations per iteration, B. */
  readonly tasksPerIteration: number;
  /** Rollouts per task, N. */
  readonly groupSize: number;
  /** p, §4.2. */
  readonly memoryRolloutProbability: number;
  /** q, §4.2. */
  readonly offPolicyProbability: number;
  readonly modeDraw: "rollout" | "group" | "iteration";
  readonly oldLogProbView: "without-tips" | "with-tips";
  /** Where the shown tips come from: the run's own memory, or a control arm. */
  readonly tipSource: "memory" | "other-world" | "empty";
  /** What new states are paid by: 1/n over similar ones, 1/√n over equal ones, or random network distillation. */
  readonly intrinsicReward: "novelty" | "count" | "rnd";
  /** λ_int, score points per unit of 1/n. */
  readonly intrinsicCoefficient: number;
  readonly noveltySimilarity: number;
  readonly temperature: number;
  /** F_norm: advantages divided by the deviation of their group, or by a constant. */
  readonly advantageNormalization: "std" | "none";
  /** γ of GiGPO's step returns. */
  readonly stepDiscount: number;
  /** ω of GiGPO: weight of the step advantage beside the episode's. */
  readonly stepAdvantageWeight: number;
  /** Which rollouts context distillation imitates. */
  readonly distilledRollouts: "all" | "above-mean";
  /** Weight of a tip's credit beside the advantages of actions. */
  readonly tipCreditWeight: number;
  /** Iterations for which a tip may earn credit. */
  readonly tipCreditWindow: number;
  readonly learningRate: number;
  readonly minibatches: number;
  readonly clipLow: number;
  readonly clipHigh: number;
  readonly dualClip: number;
  /** δ as a natural log-probability. */
  readonly minTokenLogProb: number;
  readonly maskScope: "token" | "response";
  readonly klCoefficient: number;
  readonly entropyCoefficient: number;
  /** Weight of a step on the pretraining corpus after every update, in learning rates; 0 for none. */
  readonly rehearsalCoefficient: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly tipScope: TipScope;
  readonly minSimilarity: number;
  readonly retrievalSize: number;
  readonly tipsAtStart: number;
  readonly tipsPerTurn: number;
  readonly tipsPerEpisode: number;
  readonly bucketCapacity: number;
  readonly tipTemperature: number;
  readonly maxActionTokens: number;
  readonly maxTipTokens: number;
  readonly evaluateEvery: number;
  /** The held-out variations that are evaluated: `test` for results, `dev` for choosing settings. */
  readonly evaluationSplit: "test" | "dev";
  /** Variations that are evaluated at most. */
  readonly evaluationVariations: number;
  readonly evaluationEpisodes: number;
  readonly evaluationTemperature: number;
  /** Held-out return at which a run ends early, points; 0 for never. */
  readonly stopReturn: number;
  /** Iterations that it still does then. */
  readonly stopDelay: number;
  readonly measureKlEvery: number;
  /** What an alarm (core/training/alarms.ts) does besides being told. */
  readonly onAlarm: "tell" | "pause";
}

/** One field of the configuration. */
export type ConfigField = Field<keyof RunConfig>;

const TASK: Where = { group: "task", hot: false };
const HOT_MODES: Where = { group: "modes", hot: true };
const HOT_ROLLOUT: Where = { group: "rollout", hot: true };
const COLD_ROLLOUT: Where = { group: "rollout", hot: false };
const COLD_MEMORY: Where = { group: "memory", hot: false };
const HOT_MEMORY: Where = { group: "memory", hot: true };
const HOT_UPDATE: Where = { group: "update", hot: true };
const HOT_CRITIC: Where = { group: "critic", hot: true };
const HOT_EVALUATION: Where = { group: "evaluation", hot: true };

/** Every field, in the order in which forms and help show them. */
export const CONFIG_FIELDS: readonly ConfigField[] = [
  choice(
    "method",
    ["empo2", "gigpo", "grpo", "reflexion", "retrospex", "naive", "context-distillation", "tip-credit"],
    {
      ...TASK,
      label: "Method",
      help: "The algorithm that trains or uses the policy (Tables 1 and 2).",
    },
  ),
  {
    kind: "name",
    key: "task",
    default: "teaching-power-component",
    ...TASK,
    label: "Task",
    help: "The task type; its first train variations are learned, its test variations evaluated (§6.1).",
  },
  {
    kind: "name",
    key: "preset",
    default: "easy",
    ...TASK,
    label: "Preset",
    help: "How the world is eased or told: easy, none, or its own words joined by commas (ScienceWorld §8; a shop: text_rich, text).",
  },
  count("house", 1, [0, 9999], {
    ...TASK,
    label: "House",
    help: "Floor plan: 0 is ScienceWorld's ten-room house, other numbers generate one. In a shop, the catalogue.",
  }),
  count("seed", 1, [0, 4294967295], {
    ...TASK,
    label: "Seed",
    help: "Seeds every random draw of the run: sampling, modes, ties, task order.",
  }),
  {
    kind: "name",
    key: "base",
    default: "base",
    ...TASK,
    label: "Model size / base policy",
    help: "The pretrained checkpoint a run starts from, which fixes the model's size (in the paper Qwen2.5-7B-Instruct); changing it needs a restart.",
  },
  count("iterations", 60, [1, 100000], {
    ...TASK,
    hot: true,
    label: "Iterations",
    help: "The run stops after this many iterations.",
  }),
  count("trainVariations", 5, [1, 1000], {
    ...TASK,
    label: "Train variations",
    help: "How many train variations are used; the paper trains on the first five (§6.1).",
  }),
  choice("variationChoice", ["first", "sampled"], {
    ...TASK,
    label: "Variations",
    help: "Of the train and the held-out split: the first ones, as in the paper (§6.1), which are often much alike, or a random sample, the same in every run.",
  }),
  count("tasksPerIteration", 5, [1, 64], {
    ...TASK,
    label: "Tasks per iteration",
    help: "Task variations B sampled per iteration (§6.1).",
  }),
  count("groupSize", 8, [2, 64], {
    ...TASK,
    label: "Group size N",
    help: "Rollouts per task; advantages are relative to their mean (§2).",
  }),
  real("memoryRolloutProbability", 0.25, [0, 1, 0.01], {
    ...HOT_MODES,
    label: "p, memory rollouts",
    help: "Probability that a rollout reads tips (§4.2).",
  }),
  real("offPolicyProbability", 2 / 3, [0, 1, 0.01], {
    ...HOT_MODES,
    label: "q, off-policy",
    help: "Probability that a memory rollout is learned with its tips cut out (§4.2, Table 3).",
  }),
  choice("modeDraw", ["rollout", "group", "iteration"], {
    ...HOT_MODES,
    label: "Modes drawn per",
    help: "Draw p and q per rollout, per group, or once per iteration as the reference code does (App. C).",
  }),
  choice("oldLogProbView", ["without-tips", "with-tips"], {
    ...HOT_MODES,
    label: "Old log-probs",
    help: "What the off-policy ratio divides by: log-probs without tips (§4.2 b, Algorithm 1) or with them (Table 3).",
  }),
  choice("tipSource", ["memory", "other-world", "empty"], {
    ...HOT_MODES,
    label: "Tip source",
    help: "Control arms: show tips from another world, or empty ones, instead of the run's own (placebo, not in the paper).",
  }),
  real("temperature", 1, [0.1, 3, 0.05], {
    ...HOT_ROLLOUT,
    label: "Temperature",
    help: "Sampling temperature of training rollouts (App. F.1: 1.0).",
  }),
  choice("intrinsicReward", ["novelty", "count", "rnd"], {
    ...COLD_ROLLOUT,
    label: "Intrinsic reward",
    help: "Pays new states by 1/n over similar ones (§4.1), by 1/√n over equal ones, or by random network distillation (figure 11).",
  }),
  real("intrinsicCoefficient", 1, [0, 10, 0.1], {
    ...HOT_ROLLOUT,
    label: "λ, intrinsic reward",
    help: "Score points per unit of the intrinsic reward on memory rollouts (§4.1, figure 11).",
  }),
  real("noveltySimilarity", 0.95, [0, 1, 0.01], {
    ...HOT_ROLLOUT,
    label: "Novelty similarity",
    help: "States more similar than this count as the same state for 1/n (§4.1).",
  }),
  count("maxActionTokens", 12, [1, 32], {
    ...COLD_ROLLOUT,
    label: "Tokens per action",
    help: "Longest action in tokens (App. F.1: 32 for ScienceWorld).",
  }),
  choice("tipScope", ["variation", "task"], {
    ...COLD_MEMORY,
    label: "Tips shared by",
    help: "Episodes read the tips of their own task variation (§4.1), or of all variations of the task as far as they are similar.",
  }),
  real("minSimilarity", 0.5, [-1, 1, 0.01], {
    ...HOT_MEMORY,
    label: "Tip similarity over",
    help: "Cosine similarity a tip needs to be retrieved (App. F.1: 0.5).",
  }),
  count("retrievalSize", 10, [1, 100], {
    ...HOT_MEMORY,
    label: "Tips retrieved",
    help: "At most this many candidates, best score first (App. F.1: 10).",
  }),
  count("tipsAtStart", 1, [0, 10], {
    ...HOT_MEMORY,
    label: "Tips at the start",
    help: "How many tips are shown before the first action (a tiny policy reads one best).",
  }),
  count("tipsPerTurn", 0, [0, 10], {
    ...HOT_MEMORY,
    label: "Tips per later turn",
    help: "How many further tips are shown before each later action (§4.2 shows them at every step).",
  }),
  count("tipsPerEpisode", 3, [0, 32], {
    ...HOT_MEMORY,
    label: "Tips per episode",
    help: "At most this many different tips in one episode.",
  }),
  count("bucketCapacity", 1000, [1, 10000], {
    ...HOT_MEMORY,
    label: "Tips kept",
    help: "Per variation, or per task if tips are shared; when full the oldest unpinned tip is dropped (reference code: 1000).",
  }),
  real("tipTemperature", 0.5, [0, 2, 0.05], {
    ...HOT_MEMORY,
    label: "Tip temperature",
    help: "Sampling temperature when the policy writes a tip.",
  }),
  count("maxTipTokens", 36, [1, 96], {
    ...HOT_MEMORY,
    label: "Tokens per tip",
    help: "Longest tip in tokens; then it is cut.",
  }),
  choice("advantageNormalization", ["std", "none"], {
    ...HOT_UPDATE,
    label: "Advantages divided by",
    help: "The deviation of the group's returns, or 10 points whatever the group (GiGPO with and without std, Table 2).",
  }),
  real("stepDiscount", 0.95, [0, 1, 0.01], {
    ...HOT_UPDATE,
    label: "γ, step returns",
    help: "GiGPO only: discount of the return that follows an action (arXiv 2505.10978: 0.95).",
  }),
  real("stepAdvantageWeight", 1, [0, 10, 0.1], {
    ...HOT_UPDATE,
    label: "ω, step advantage",
    help: "GiGPO only: weight of the comparison within a state beside that of whole episodes (arXiv 2505.10978: 1).",
  }),
  choice("distilledRollouts", ["all", "above-mean"], {
    ...HOT_UPDATE,
    label: "Distilled rollouts",
    help: "Context distillation only: imitate all rollouts with tips (Snell 2022), or those better than their group's mean.",
  }),
  real("tipCreditWeight", 1, [0, 10, 0.1], {
    ...HOT_UPDATE,
    label: "Tip credit",
    help: "EMPO² with tip credit only: weight of what a tip gained when its words are trained (beyond the paper).",
  }),
  count("tipCreditWindow", 10, [1, 1000], {
    ...HOT_UPDATE,
    label: "Tip credit window",
    help: "EMPO² with tip credit only: for how many iterations after its writing a tip may earn credit.",
  }),
  {
    ...real("learningRate", 3e-4, [1e-6, 1e-2, 1e-6], {
      ...HOT_UPDATE,
      label: "Learning rate",
      help: "AdamW step size (App. F.1: 1e-6 for 7B parameters; a tiny policy needs more).",
    }),
    log: true,
  },
  count("minibatches", 1, [1, 16], {
    ...HOT_UPDATE,
    label: "Minibatches",
    help: "Optimizer steps per iteration (App. F.1: batches of 16 rows).",
  }),
  real("clipLow", 0.2, [0, 1, 0.01], {
    ...HOT_UPDATE,
    label: "Clip low",
    help: "Ratios below 1 − this gain nothing more (Eq. 1).",
  }),
  real("clipHigh", 0.3, [0, 2, 0.01], {
    ...HOT_UPDATE,
    label: "Clip high",
    help: "Ratios above 1 + this gain nothing more (Eq. 1).",
  }),
  real("dualClip", 10, [1, 100, 0.5], {
    ...HOT_UPDATE,
    label: "Dual clip",
    help: "Bounds the loss of bad actions at this multiple of the advantage (App. F.1: 10).",
  }),
  real("minTokenLogProb", -10, [-30, 0, 0.5], {
    ...HOT_UPDATE,
    label: "Mask below log-prob",
    help: "Off-policy tokens less likely than δ do not learn (Eq. 2); −30 switches the mask off.",
  }),
  choice("maskScope", ["token", "response"], {
    ...HOT_UPDATE,
    label: "Mask scope",
    help: "Mask the unlikely token (the paper) or the whole action it stands in (the reference code).",
  }),
  real("klCoefficient", 0, [0, 1, 0.001], {
    ...HOT_UPDATE,
    label: "β, KL to base",
    help: "Weight of the KL penalty against the base policy (ScienceWorld 0, WebShop 0.01).",
  }),
  real("entropyCoefficient", 0, [0, 0.5, 0.005], {
    ...HOT_UPDATE,
    label: "Entropy bonus",
    help: "Weight of an entropy bonus, a baseline remedy that the paper does not use.",
  }),
  real("rehearsalCoefficient", 0, [0, 2, 0.05], {
    ...HOT_UPDATE,
    label: "Rehearsal",
    help: "After every update a step on the pretraining corpus with this share of the learning rate, so that reading tips is not forgotten (not in the paper; figure 8 here).",
  }),
  real("beta1", 0.9, [0, 0.999, 0.001], { ...HOT_UPDATE, label: "AdamW β₁", help: "Decay of the gradient's mean." }),
  real("beta2", 0.95, [0, 0.9999, 0.0001], {
    ...HOT_UPDATE,
    label: "AdamW β₂",
    help: "Decay of the squared gradient's mean.",
  }),
  real("weightDecay", 0, [0, 0.5, 0.001], {
    ...HOT_UPDATE,
    label: "Weight decay",
    help: "Decoupled weight decay of AdamW.",
  }),
  real("maxGradNorm", 1, [0.01, 100, 0.01], {
    ...HOT_UPDATE,
    label: "Gradient norm clip",
    help: "The gradient is scaled down to this L2 norm (App. F.1: 1.0).",
  }),
  count("measureKlEvery", 5, [0, 1000], {
    ...HOT_UPDATE,
    label: "Measure KL every",
    help: "Iterations between measurements of KL to the base; 0 measures never.",
  }),
  choice("onAlarm", ["tell", "pause"], {
    ...HOT_UPDATE,
    label: "On alarm",
    help: "When entropy collapses, KL jumps or ratios explode: say so only, or pause as well.",
  }),
  ...CRITIC_FIELDS.map((field): NumberField<keyof RunConfig> => ({ kind: "number", ...HOT_CRITIC, ...field })),
  choice("evaluationSplit", ["test", "dev"], {
    group: "evaluation",
    hot: false,
    label: "Held-out variations",
    help: "Evaluations use the test variations, as results do, or the dev variations, for choosing settings (§6.1).",
  }),
  ...EVALUATION_FIELDS.map((field): NumberField<keyof RunConfig> => ({ kind: "number", ...HOT_EVALUATION, ...field })),
];

/** The playground's defaults. */
export const DEFAULT_CONFIG = Object.fromEntries(
  CONFIG_FIELDS.map((field) => [field.key, field.default]),
) as unknown as RunConfig;
