import fc from "fast-check";
import { expect, test } from "vitest";
import { CheckpointError } from "../../src/core/base/errors.ts";
import { Random } from "../../src/core/base/random.ts";
import { ActionCritic } from "../../src/core/critic/action-critic.ts";
import { intrinsicReward } from "../../src/core/memory/intrinsic.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { SessionCheckpoint } from "../../src/core/training/session.ts";
import { decodePolicyState, decodeSafetensors, encodeSafetensors } from "../../src/model/checkpoint.ts";
import { decodeSessionFile, encodeSessionFile } from "../../src/runtime/session-file.ts";
import { emptyCheckpoint } from "../support/fake-run.ts";
import { fuzz } from "../support/fuzz.ts";
import { makeTip } from "../support/run-fixtures.ts";

const CHECKPOINT: SessionCheckpoint = {
  ...emptyCheckpoint({ ...DEFAULT_CONFIG, seed: 5, learningRate: 1 / 300 }),
  iteration: 12,
  memory: { nextId: 9, tips: [makeTip(1), makeTip(8, { author: "person", pinned: true, score: 200 / 3 })] },
  novelty: [
    ["power-component/easy/house-1/variation-0", [{ state: [1, 2, 511], count: 3 }]],
    ["empty", []],
  ],
  pendingTips: [{ tipId: 8, iteration: 11, tokens: [1, 2, 3, 511], lossPositions: [2, 3], oldLogProbs: [-1 / 3, -2] }],
  random: { key: [0xffffffff, 7], drawn: 3 },
  totalTokenCount: 123_456_789,
  rolloutsHash: "ab".repeat(32),
  lastEvaluation: {
    iteration: 10,
    meanReturn: 41.5,
    successRate: 0.25,
    episodeCount: 8,
    perVariation: [{ variation: 5, meanReturn: 41.5, successRate: 0.25 }],
    memory: "off",
    split: "test",
  },
  reachedAt: 10,
};

const NETWORK = {
  shape: { inputs: 2, hidden: 1, outputs: 1 },
  hiddenWeights: [1, 2],
  hiddenBias: [0],
  outputWeights: [1],
  outputBias: [0],
};

/** The file with something else as its JSON. */
function withSession(change: (session: Record<string, unknown>) => void): Uint8Array {
  const session = structuredClone(CHECKPOINT) as SessionCheckpoint & Record<string, unknown>;
  change(session);
  return encodeSessionFile(session);
}

test("a run comes back from its file as it was, bit for bit", () => {
  const bytes = encodeSessionFile(CHECKPOINT);
  expect(decodeSessionFile(bytes)).toEqual(CHECKPOINT);
  expect(encodeSessionFile(decodeSessionFile(bytes))).toEqual(bytes);
});

test("the predictor of random network distillation comes back, too", () => {
  const rnd = intrinsicReward("rnd", null, Random.fromSeed(1));
  rnd.record("a", [[1, 2, 511]], 0.9);
  const file = encodeSessionFile({ ...CHECKPOINT, novelty: rnd.state() });
  expect(decodeSessionFile(file).novelty).toEqual(rnd.state());
});

test("a critic comes back, too", () => {
  const critic = new ActionCritic(null, Random.fromSeed(1));
  const config = { criticExpectile: 0.7, criticDiscount: 1, criticStep: 0.01, criticPasses: 1 };
  critic.learn([{ state: [1, 2], action: [600], reward: 1, next: null }], config, Random.fromSeed(2));
  const file = encodeSessionFile({ ...CHECKPOINT, critic: critic.state() });
  expect(decodeSessionFile(file).critic).toEqual(critic.state());
});

test("files of older code, which knew no pending tips and no critic, have none", () => {
  const old = withSession((session) => {
    delete session["pendingTips"];
    delete session["critic"];
  });
  expect(decodeSessionFile(old)).toEqual({ ...CHECKPOINT, pendingTips: [], critic: null });
});

test("memories larger than the header of a safetensors file fit into the file", () => {
  const tips = Array.from({ length: 20_000 }, (_, i) => makeTip(i + 1));
  const large = { ...CHECKPOINT, memory: { nextId: 20_001, tips } };
  expect(decodeSessionFile(encodeSessionFile(large)).memory.tips).toHaveLength(20_000);
});

test("the file of a run can be read as the file of its policy", () => {
  expect(decodePolicyState(encodeSessionFile(CHECKPOINT))).toEqual(CHECKPOINT.policy);
});

test("texts of any characters survive", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (bucket) => {
      const checkpoint = { ...CHECKPOINT, memory: { nextId: 2, tips: [makeTip(1, { bucket })] } };
      expect(decodeSessionFile(encodeSessionFile(checkpoint)).memory.tips[0]!.bucket).toBe(bucket);
    }),
  );
});

test("a policy's file without a run is refused", () => {
  const { tensors, metadata } = decodeSafetensors(encodeSessionFile(CHECKPOINT));
  const onlyPolicy = new Map([...tensors].filter(([name]) => name !== "session"));
  const { session, sessionBytes, ...rest } = metadata;
  expect([session, Number(sessionBytes) > 0]).toEqual(["1", true]);
  expect(() => decodeSessionFile(encodeSafetensors(onlyPolicy, rest))).toThrow("a run saved by this page");
});

test.each([
  ["a setting out of range", (s) => (s["config"] = { ...DEFAULT_CONFIG, groupSize: -5 }), /groupSize/],
  ["an unknown setting", (s) => (s["config"] = { ...DEFAULT_CONFIG, polluted: 1 }), /config/],
  [
    "a pending tip without a log-prob",
    (s) => (s["pendingTips"] = [{ ...CHECKPOINT.pendingTips[0], oldLogProbs: [-1] }]),
    /log-prob for every position/,
  ],
  [
    "a pending tip behind its tokens",
    (s) => (s["pendingTips"] = [{ ...CHECKPOINT.pendingTips[0], lossPositions: [2, 4] }]),
    /log-prob for every position/,
  ],
  [
    "a predictor of another shape",
    (s) => (s["novelty"] = { predictor: { ...NETWORK, shape: { inputs: 3, hidden: 1, outputs: 1 } } }),
    /novelty/,
  ],
  [
    "a critic without followers",
    (s) => (s["critic"] = { value: NETWORK, q: [NETWORK, NETWORK], target: [NETWORK], stepCount: 1 }),
    /critic/,
  ],
  [
    "a token outside the vocabulary",
    (s) => (s["memory"] = { nextId: 2, tips: [makeTip(1, { tokens: [512] })] }),
    /tokens/,
  ],
  ["a score that is no number", (s) => (s["memory"] = { nextId: 2, tips: [{ ...makeTip(1), score: "1" }] }), /score/],
  ["an iteration below zero", (s) => (s["iteration"] = -1), /iteration/],
  ["a hash that is none", (s) => (s["rolloutsHash"] = "<script>"), /rolloutsHash/],
  ["another version", (s) => (s["version"] = 2), /version/],
  ["no random state", (s) => delete s["random"], /random/],
] as [string, (session: Record<string, unknown>) => void, RegExp][])(
  "a file with %s is refused by name",
  (_, change, message) => {
    expect(() => decodeSessionFile(withSession(change))).toThrow(message);
  },
);

test("keys that a run does not have are dropped, and no prototype is touched", () => {
  const bytes = withSession((session) => {
    session["extra"] = 1;
    Object.defineProperty(session, "__proto__", { value: { polluted: 1 }, enumerable: true });
  });
  expect(decodeSessionFile(bytes)).toEqual(CHECKPOINT);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("a file with any byte changed or cut off is refused or still a valid run, never another error", async () => {
  const bytes = encodeSessionFile(CHECKPOINT);
  await fuzz(
    "run files, bytes",
    500,
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
      const damaged = cut ? bytes.slice(0, at) : bytes.slice();
      if (!cut) damaged[at] = damaged[at]! ^ change;
      try {
        expect(decodeSessionFile(damaged).version).toBe(1);
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
      }
    }),
  );
});

test("a file with anything at all in the place of a part is refused, or is a run that saves as it was read", async () => {
  const paths = pathsOf(JSON.parse(JSON.stringify({ ...CHECKPOINT, policy: undefined })) as unknown);
  await fuzz(
    "run files, parts",
    300,
    fc.property(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), fc.constant(undefined)), (path, value) => {
      const bytes = withSession((session) => setAt(session, path, value));
      try {
        const run = decodeSessionFile(bytes);
        expect(decodeSessionFile(encodeSessionFile(run))).toEqual(run);
      } catch (error) {
        if (!(error instanceof CheckpointError)) throw error;
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

/** Every place in some plain data, as keys from the top. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function setAt(target: object, [key, ...rest]: readonly string[], value: unknown): void {
  const holder = target as Record<string, unknown>;
  if (rest.length === 0) holder[key!] = value;
  else setAt(holder[key!] as object, rest, value);
}
