/** @file Changes that were stored, or came in a backup that a stranger sent: done as they were, or left out. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { TipMemory } from "../../src/core/memory/tip-memory.ts";
import { VOCABULARY_SIZE } from "../../src/core/text/vocabulary.ts";
import { parseRunConfig } from "../../src/core/training/config-parsing.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { parseChanges, reapplyChanges, type ChangeTarget } from "../../src/runtime/run-changes.ts";
import { fuzz } from "../support/fuzz.ts";
import { makeTip } from "../support/run-fixtures.ts";

function target(): ChangeTarget {
  let config = DEFAULT_CONFIG;
  const memory = new TipMemory();
  memory.restore(makeTip(1));
  const session = {
    iteration: 1,
    memory,
    get config() {
      return config;
    },
    updateConfig: (changes: object) => {
      config = parseRunConfig({ ...config, ...changes });
    },
  };
  return { session, tipKey: () => [1, 2] };
}

test("changes of every kind are read as they were written", () => {
  const changes = [
    { type: "config", changes: { seed: 3 } },
    { type: "tip", edit: { type: "add", bucket: "b", text: "go kitchen", score: 5 } },
    { type: "tip", edit: { type: "pin", tipId: 1, pinned: true } },
    { type: "tip", edit: { type: "rewrite", tipId: 1, text: "open door" } },
    { type: "tip", edit: { type: "restore", tips: [makeTip(7)] } },
    { type: "tip", edit: { type: "delete", tipId: 1 } },
    { type: "tip", edit: { type: "clear" } },
  ];
  expect(parseChanges(JSON.parse(JSON.stringify(changes)) as unknown[])).toEqual(changes);
});

test.each([
  ["a tip with words that do not exist", { type: "restore", tips: [makeTip(2, { tokens: [1e9] })] }],
  ["a tip without a key", { type: "restore", tips: [{ ...makeTip(2), key: null }] }],
  ["a tip whose score is infinite", { type: "add", bucket: "b", text: "go", score: Infinity }],
  ["a megabyte of text", { type: "rewrite", tipId: 1, text: "x".repeat(1e6) }],
  ["an edit that nobody knows", { type: "polluted" }],
])("a change with %s is left out", (_, edit) => {
  expect(
    parseChanges([
      { type: "tip", edit },
      { type: "tip", edit: { type: "clear" } },
    ]),
  ).toHaveLength(1);
});

test("any changes at all leave a memory of real tips and a configuration in range", async () => {
  const anything = fc.jsonValue();
  const tip = fc.record({
    id: fc.oneof(fc.nat(5), anything),
    bucket: fc.oneof(fc.constant("b"), fc.string()),
    tokens: fc.oneof(fc.array(fc.integer({ min: -1, max: VOCABULARY_SIZE })), anything),
    score: fc.oneof(fc.double(), anything),
    iteration: fc.nat(),
    key: fc.oneof(fc.constant([1]), anything),
    author: fc.constantFrom("person", "policy", "<script>"),
    pinned: fc.boolean(),
    retrievedCount: fc.nat(),
  });
  const edit = fc.oneof(
    fc.record({
      type: fc.constant("restore"),
      tips: fc.array(fc.oneof(fc.constant(makeTip(3)), tip), { maxLength: 3 }),
    }),
    fc.record({
      type: fc.constantFrom("delete", "pin", "rewrite"),
      tipId: fc.integer({ min: -1, max: 3 }),
      pinned: anything,
      text: fc.oneof(fc.string(), fc.constant("go kitchen")),
    }),
    fc.record({
      type: fc.constant("add"),
      bucket: fc.string(),
      text: fc.oneof(fc.constant("<img src=x>"), fc.constant("open door")),
      score: fc.double(),
    }),
    anything,
  );
  const config = fc.dictionary(
    fc.oneof(fc.constantFrom("groupSize", "__proto__", "learningRate"), fc.string()),
    anything,
  );
  const change = fc.oneof(
    fc.record({ type: fc.constant("tip"), edit }),
    fc.record({ type: fc.constant("config"), changes: config }),
    anything,
  );
  await fuzz(
    "tips and settings changed by hand",
    500,
    fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
      const { session, tipKey } = target();
      reapplyChanges({ session, tipKey }, parseChanges(changes));
      for (const { tokens, score } of session.memory.list()) {
        expect(tokens.every((token) => Number.isInteger(token) && token >= 0 && token < VOCABULARY_SIZE)).toBe(true);
        expect(Number.isFinite(score)).toBe(true);
      }
      expect(parseRunConfig(session.config)).toEqual(session.config);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});
