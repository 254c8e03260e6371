/** @file The settings of evaluations, a part of the table of fields. */

/** All of them numbers that may change while a run is on. */
export const EVALUATION_FIELDS = [
  {
    key: "evaluateEvery",
    default: 5,
    min: 0,
    max: 1000,
    step: 1,
    integer: true,
    label: "Evaluate every",
    help: "Iterations between held-out evaluations with memory off; 0 evaluates only at the end.",
  },
  {
    key: "evaluationVariations",
    default: 20,
    min: 1,
    max: 1000,
    step: 1,
    integer: true,
    label: "Test variations",
    help: "At most this many variations of the test split are evaluated, the first ones (§6.1); WebShop needs more than 20.",
  },
  {
    key: "evaluationEpisodes",
    default: 8,
    min: 1,
    max: 200,
    step: 1,
    integer: true,
    label: "Episodes per variation",
    help: "Episodes per test variation in each evaluation (§6.1).",
  },
  {
    key: "evaluationTemperature",
    default: 0.4,
    min: 0,
    max: 2,
    step: 0.05,
    integer: false,
    label: "Evaluation temperature",
    help: "Sampling temperature when evaluating (App. F.1: 0.4).",
  },
] as const;
