/** @file Named settings: the playground's, the paper's, the reference code's, and a fast one for slow machines. */
import { ConfigError } from "../core/base/errors.ts";
import { defaultsFor } from "../core/training/config-defaults.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../core/training/run-config.ts";

/** A named set of changes to the defaults. */
export interface ConfigPreset {
  readonly id: string;
  readonly title: string;
  /** One sentence for people. */
  readonly description: string;
  readonly changes: Partial<RunConfig>;
}

/** Presets in the order in which they are offered. */
export const CONFIG_PRESETS: readonly ConfigPreset[] = [
  {
    id: "playground",
    title: "Playground",
    description: "What makes the effect visible with a tiny policy: modes per rollout, one tip at the start.",
    changes: {},
  },
  {
    id: "paper",
    title: "Paper",
    description:
      "As the paper words it: modes once per iteration, Table 3's old log-probs, mask at −5, up to ten tips.",
    changes: {
      modeDraw: "iteration",
      oldLogProbView: "with-tips",
      minTokenLogProb: -5,
      minSimilarity: 0.5,
      tipsAtStart: 3,
      tipsPerTurn: 1,
      tipsPerEpisode: 10,
      minibatches: 2,
      likelihoodDecay: 0.97,
      likelihoodFloor: 0.6,
    },
  },
  {
    id: "reference-code",
    title: "Reference code",
    description: "As the published code runs: q = 0.68, no mask, no intrinsic reward in the advantage.",
    changes: {
      modeDraw: "iteration",
      oldLogProbView: "with-tips",
      offPolicyProbability: 0.68,
      minTokenLogProb: -30,
      maskScope: "response",
      intrinsicCoefficient: 0,
      minSimilarity: 0.5,
      tipsAtStart: 3,
      tipsPerTurn: 1,
      tipsPerEpisode: 10,
      minibatches: 2,
      likelihoodDecay: 0.97,
      likelihoodFloor: 0.6,
    },
  },
  {
    id: "webshop",
    title: "WebShop",
    description:
      "Many goals, seen rarely: three similar tips, shared across goals, and a hundred test goals with one episode each.",
    changes: {
      task: "webshop",
      preset: "text_rich",
      house: 0,
      trainVariations: 64,
      tasksPerIteration: 8,
      tipScope: "task",
      tipsAtStart: 3,
      learningRate: 2.5e-4,
      klCoefficient: 0.01,
      evaluationVariations: 100,
      evaluationEpisodes: 1,
    },
  },
  {
    id: "fast",
    title: "Fast",
    description: "Fewer rollouts and evaluations per iteration, for slow machines and quick looks.",
    changes: {
      tasksPerIteration: 2,
      trainVariations: 2,
      learningRate: 5e-4,
      evaluateEvery: 10,
      evaluationEpisodes: 2,
      measureKlEvery: 0,
    },
  },
];

function presetById(id: string): ConfigPreset {
  const preset = CONFIG_PRESETS.find((candidate) => candidate.id === id);
  if (preset === undefined) {
    throw new ConfigError(`preset: one of ${CONFIG_PRESETS.map((known) => known.id).join(", ")}, got "${id}"`);
  }
  return preset;
}

/**
 * What a preset changes.
 *
 * @throws {ConfigError} listing the presets
 */
export function presetChanges(id: string): Partial<RunConfig> {
  return presetById(id).changes;
}

/**
 * The configuration of a preset.
 *
 * @throws {ConfigError} listing the presets
 */
export function presetConfig(id: string): RunConfig {
  const changes = presetChanges(id);
  return { ...defaultsFor(changes.task ?? DEFAULT_CONFIG.task), ...changes };
}

/** What a preset leaves as it is unless it names it: the question, not the way to answer it. */
const KEPT_BY_PRESETS: readonly (keyof RunConfig)[] = ["method", "task", "preset", "house", "seed", "base"];

/** A configuration with a preset's settings, for the same question. */
export function withPreset(config: RunConfig, id: string): RunConfig {
  const changes = presetChanges(id);
  const kept = KEPT_BY_PRESETS.filter((key) => !(key in changes)).map((key) => [key, config[key]] as const);
  return { ...presetConfig(id), ...Object.fromEntries(kept) };
}

/** The id of the preset that a configuration equals, if any. */
export function presetOf(config: RunConfig): string | null {
  const fits = CONFIG_PRESETS.find(({ id }) => {
    const wanted = withPreset(config, id);
    return Object.entries(wanted).every(([key, value]) => config[key as keyof RunConfig] === value);
  });
  return fits?.id ?? null;
}
