/**
 * @file A whole run as one safetensors file: a policy file (weights and moments, readable as such) with one more tensor
 * that holds everything else as JSON. Its UTF-8 bytes are packed three to a float, which keeps them exact.
 */
import * as v from "valibot";
import { CheckpointError, ConfigError } from "../core/base/errors.ts";
import { COUNT, FINITE, STRICT_LEAVES } from "../core/base/schema-leaves.ts";
import { EVALUATION } from "../core/events/event-schema.ts";
import { tipSchema } from "../core/memory/tip-schema.ts";
import { tokensSchema } from "../core/text/token-schema.ts";
import { parseRunConfig } from "../core/training/config-parsing.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { SessionCheckpoint } from "../core/training/session.ts";
import { decodePolicyState, decodeSafetensors, encodePolicyState, encodeSafetensors } from "../model/checkpoint.ts";

const SESSION = "session";
const SESSION_FORMAT = "1";
const BYTES_PER_FLOAT = 3;
/** Files above this are refused before they are read. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_TIPS = 100_000;
const MAX_STATES = 1_000_000;
const MAX_LAYER = 65_536;
const MAX_WEIGHTS = 1_000_000;

/** The bytes of a run's checkpoint file. */
export function encodeSessionFile({ policy, ...session }: SessionCheckpoint): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = decodeSafetensors(encodePolicyState(policy));
  const bytes = new TextEncoder().encode(JSON.stringify(session));
  const data = packBytes(bytes);
  return encodeSafetensors(new Map([...tensors, [SESSION, { shape: [data.length], data }]]), {
    ...metadata,
    session: SESSION_FORMAT,
    sessionBytes: String(bytes.length),
  });
}

/**
 * The run in a checkpoint file.
 *
 * @throws {CheckpointError} if the file is damaged, is no run, or holds what no run can hold
 */
export function decodeSessionFile(bytes: Uint8Array): SessionCheckpoint {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new CheckpointError(`load checkpoint: a file of at most ${MAX_FILE_BYTES} bytes, got ${bytes.length}`);
  }
  const { tensors, metadata } = decodeSafetensors(bytes);
  const data = tensors.get(SESSION)?.data;
  if (data === undefined || metadata["session"] !== SESSION_FORMAT) {
    throw new CheckpointError("load checkpoint: a run saved by this page, got a file without one");
  }
  const session = parseSession(unpackBytes(data, Number(metadata["sessionBytes"])));
  return { ...session, policy: decodePolicyState(bytes) };
}

function packBytes(bytes: Uint8Array): Float32Array {
  const data = new Float32Array(Math.ceil(bytes.length / BYTES_PER_FLOAT));
  for (let i = 0; i < data.length; i++) {
    const at = i * BYTES_PER_FLOAT;
    data[i] = (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 2 ** 8 + (bytes[at + 2] ?? 0) * 2 ** 16;
  }
  return data;
}

function unpackBytes(data: Float32Array, size: number): Uint8Array {
  if (!Number.isSafeInteger(size) || Math.ceil(size / BYTES_PER_FLOAT) !== data.length) {
    throw new CheckpointError(
      `load checkpoint: as many bytes as its header says, got ${size} in ${data.length} floats`,
    );
  }
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    bytes[i] = data[Math.floor(i / BYTES_PER_FLOAT)]! >> (8 * (i % BYTES_PER_FLOAT));
  }
  return bytes;
}

const WORD = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));
const TOKENS = tokensSchema(4096);
const NAME = v.pipe(v.string(), v.maxLength(200));

/** A tip as a run writes it. */
export const TIP = tipSchema(STRICT_LEAVES);

const PENDING_TIP = v.pipe(
  v.object({
    tipId: COUNT,
    iteration: COUNT,
    tokens: TOKENS,
    lossPositions: v.pipe(v.array(v.pipe(COUNT, v.minValue(1))), v.minLength(1), v.maxLength(4096)),
    oldLogProbs: v.pipe(v.array(FINITE), v.maxLength(4096)),
  }),
  v.check(
    ({ tokens, lossPositions, oldLogProbs }) =>
      lossPositions.length === oldLogProbs.length &&
      lossPositions.every((position, i) => position < tokens.length && position > (lossPositions[i - 1] ?? 0)),
    "a log-prob for every position of the tip",
  ),
);

const SEEN_STATE = v.object({ state: TOKENS, count: COUNT });
const COUNTED_STATES = v.pipe(
  v.array(v.tuple([NAME, v.pipe(v.array(SEEN_STATE), v.maxLength(MAX_STATES))])),
  v.maxLength(10_000),
);

const SIZE = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_LAYER));
const WEIGHTS = v.pipe(v.array(FINITE), v.maxLength(MAX_WEIGHTS));
const NETWORK = v.pipe(
  v.object({
    shape: v.object({ inputs: SIZE, hidden: SIZE, outputs: SIZE }),
    hiddenWeights: WEIGHTS,
    hiddenBias: WEIGHTS,
    outputWeights: WEIGHTS,
    outputBias: WEIGHTS,
  }),
  v.check(
    ({ shape: { inputs, hidden, outputs }, hiddenWeights, hiddenBias, outputWeights, outputBias }) =>
      hiddenWeights.length === inputs * hidden &&
      hiddenBias.length === hidden &&
      outputWeights.length === hidden * outputs &&
      outputBias.length === outputs,
    "as many weights as the shape says",
  ),
);

const TWIN = v.tuple([NETWORK, NETWORK]);
const CRITIC = v.object({ value: NETWORK, q: TWIN, target: TWIN, stepCount: COUNT });

const SESSION_SCHEMA = v.object({
  version: v.literal(1),
  config: v.unknown(),
  iteration: COUNT,
  memory: v.object({ nextId: COUNT, tips: v.pipe(v.array(TIP), v.maxLength(MAX_TIPS)) }),
  novelty: v.union([COUNTED_STATES, v.object({ predictor: NETWORK })]),
  pendingTips: v.optional(v.pipe(v.array(PENDING_TIP), v.maxLength(MAX_TIPS)), []),
  critic: v.optional(v.nullable(CRITIC), null),
  random: v.object({ key: v.tuple([WORD, WORD]), drawn: COUNT }),
  totalTokenCount: COUNT,
  rolloutsHash: STRICT_LEAVES.hash,
  lastEvaluation: v.nullable(EVALUATION),
  reachedAt: v.optional(v.nullable(COUNT), null),
});

/** Unknown keys are dropped; everything else must be as a run writes it. */
function parseSession(bytes: Uint8Array): Omit<SessionCheckpoint, "policy"> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new CheckpointError("load checkpoint: a run in JSON, got something else");
  }
  const parsed = v.safeParse(SESSION_SCHEMA, value);
  if (parsed.success) return { ...parsed.output, config: parseConfig(parsed.output.config) };
  const issue = parsed.issues[0];
  throw new CheckpointError(`load checkpoint: ${issue.message} at ${v.getDotPath(issue) ?? "the top"}`);
}

function parseConfig(value: unknown): RunConfig {
  try {
    return parseRunConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new CheckpointError(`load checkpoint: ${error.message}`);
    throw error;
  }
}
