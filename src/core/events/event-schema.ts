/** @file What the events of a run must be like: one schema for each, at whatever border it is used. */
import * as v from "valibot";
import { COUNT, FINITE, type SchemaLeaves } from "../base/schema-leaves.ts";
import { tokensSchema } from "../text/token-schema.ts";
import type { EvaluationRecord, IncidentKind, LearningMode, PhaseTimes, TrainingEvent } from "./training-event.ts";

const MODE = v.picklist(["on-policy", "on-policy-with-tips", "off-policy"] as const satisfies readonly LearningMode[]);
const MODE_COUNTS = v.object({ "on-policy": FINITE, "on-policy-with-tips": FINITE, "off-policy": FINITE });
const PHASE = v.picklist([
  ...(["rollout", "tipWriting", "retrieval", "update", "evaluation"] as const satisfies readonly (keyof PhaseTimes)[]),
]);
const INCIDENT = v.picklist([
  "deviceLost",
  "halfBatch",
  "notFinite",
  "alarm",
] as const satisfies readonly IncidentKind[]);
const TOKENS = tokensSchema(8192);
const STATS = v.object({
  loss: FINITE,
  meanRatio: FINITE,
  clipFraction: FINITE,
  maskedFraction: FINITE,
  entropy: FINITE,
  klToBase: v.nullable(FINITE),
  gradNorm: FINITE,
  tokenCount: COUNT,
});
const SUMMARY = v.object({
  iteration: COUNT,
  meanReturn: FINITE,
  successRate: FINITE,
  meanReturnWithTips: v.nullable(FINITE),
  meanReturnWithoutTips: v.nullable(FINITE),
  successRateWithTips: v.nullable(FINITE),
  successRateWithoutTips: v.nullable(FINITE),
  bestScore: FINITE,
  modeCounts: MODE_COUNTS,
  expectedModeCounts: MODE_COUNTS,
  episodeCount: COUNT,
  tokenCount: COUNT,
  totalTokenCount: COUNT,
  tipCount: COUNT,
  update: v.nullable(STATS),
  times: v.object({ rollout: FINITE, tipWriting: FINITE, retrieval: FINITE, update: FINITE, evaluation: FINITE }),
});

/** An evaluation with memory off or on. */
export const EVALUATION = v.object({
  iteration: COUNT,
  meanReturn: FINITE,
  successRate: FINITE,
  episodeCount: COUNT,
  perVariation: v.pipe(
    v.array(v.object({ variation: COUNT, meanReturn: FINITE, successRate: FINITE })),
    v.maxLength(1000),
  ),
  memory: v.picklist(["off", "on"]),
  split: v.picklist(["train", "dev", "test"]),
}) satisfies v.GenericSchema<unknown, EvaluationRecord>;

function rolloutParts({ text, label, numbers }: SchemaLeaves) {
  const task = v.object({
    world: v.picklist(["scienceworld", "webshop"]),
    task: label,
    variation: COUNT,
    preset: label,
    house: COUNT,
  });
  const turn = v.object({
    action: text,
    observation: text,
    score: FINITE,
    reward: FINITE,
    intrinsicReward: FINITE,
    logProbs: numbers,
    entropies: numbers,
  });
  const retrieved = v.pipe(
    v.array(v.object({ turn: COUNT, tipId: COUNT, similarity: FINITE, text, score: FINITE })),
    v.maxLength(10_000),
  );
  const segment = v.object({
    kind: v.picklist(["observation", "tip", "prompt", "action", "writtenTip"]),
    start: COUNT,
    end: COUNT,
  });
  const rollout = v.object({
    rolloutId: label,
    iteration: COUNT,
    task,
    groupId: label,
    mode: MODE,
    firstObservation: text,
    turns: v.pipe(v.array(turn), v.maxLength(1000)),
    retrieved,
    tip: v.nullable(text),
    score: FINITE,
    intrinsicReturn: FINITE,
    advantage: v.nullable(FINITE),
    tokens: TOKENS,
    segments: v.pipe(v.array(segment), v.maxLength(8192)),
  });
  return { task, turn, retrieved, rollout };
}

/** Schemas by type; an event without an entry does not compile. */
export type EventSchemas = {
  readonly [Type in TrainingEvent["type"]]: v.GenericSchema<unknown, TrainingEvent & { readonly type: Type }>;
};

/** The schema of every kind of event. Unknown keys are dropped. */
export function eventSchemas(leaves: SchemaLeaves): EventSchemas {
  const { text, label, numbers, hash } = leaves;
  const { task, turn, retrieved, rollout } = rolloutParts(leaves);
  const settings = v.record(label, v.union([label, FINITE]));
  const tokenUpdate = v.object({
    rolloutId: label,
    ratios: numbers,
    masked: v.pipe(v.array(v.boolean()), v.maxLength(8192)),
  });
  const many = <Row extends v.GenericSchema>(row: Row) => v.pipe(v.array(row), v.maxLength(10_000));
  const type = <Type extends string>(name: Type) => ({ type: v.literal(name) });
  return {
    runStarted: v.object({
      ...type("runStarted"),
      ...{ method: label, iteration: COUNT, backend: label, config: settings },
    }),
    iterationStarted: v.object({ ...type("iterationStarted"), iteration: COUNT, tasks: many(task) }),
    turnTaken: v.object({
      ...type("turnTaken"),
      ...{ rolloutId: label, task, mode: MODE, firstObservation: text, turn },
    }),
    tipsRetrieved: v.object({ ...type("tipsRetrieved"), rolloutId: label, retrieved }),
    phaseStarted: v.object({ ...type("phaseStarted"), phase: PHASE, iteration: COUNT }),
    rolloutsFinished: v.object({ ...type("rolloutsFinished"), iteration: COUNT, rollouts: many(rollout) }),
    policyUpdated: v.object({
      ...type("policyUpdated"),
      ...{ iteration: COUNT, stats: STATS, tokens: many(tokenUpdate) },
    }),
    evaluated: v.object({ ...type("evaluated"), evaluation: EVALUATION }),
    iterationFinished: v.object({ ...type("iterationFinished"), summary: SUMMARY }),
    incident: v.object({ ...type("incident"), iteration: COUNT, kind: INCIDENT, text }),
    configChanged: v.object({ ...type("configChanged"), iteration: COUNT, changes: settings }),
    checkpointSaved: v.object({ ...type("checkpointSaved"), iteration: COUNT, bytes: COUNT }),
    runFinished: v.object({
      ...type("runFinished"),
      ...{ iteration: COUNT, weightsHash: hash, rolloutsHash: hash },
      ...{ heldOutReturn: v.nullable(FINITE), heldOutSuccess: v.nullable(FINITE) },
    }),
    runFailed: v.object({ ...type("runFailed"), iteration: COUNT, message: text }),
  };
}

/** The schema among some that an event of unknown kind has to fit; undefined if there is none. */
export function schemaFor(
  schemas: Partial<EventSchemas>,
  event: unknown,
): v.GenericSchema<unknown, TrainingEvent> | undefined {
  const type = (event as { readonly type?: unknown } | null | undefined)?.type;
  return typeof type === "string" && Object.hasOwn(schemas, type) ? schemas[type as keyof EventSchemas] : undefined;
}
