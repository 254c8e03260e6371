import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/core/base/errors.ts";
import { presetConfig } from "../../../src/experiments/presets.ts";
import { parseRunConfig, readRunConfig } from "../../../src/core/training/config-parsing.ts";
import { changedFields } from "../../../src/core/training/config-defaults.ts";
import {
  CONFIG_FIELDS,
  DEFAULT_CONFIG,
  type ConfigField,
  type RunConfig,
} from "../../../src/core/training/run-config.ts";

/** Any value that a field allows. */
function validValue(field: ConfigField): fc.Arbitrary<string | number> {
  if (field.kind === "choice") return fc.constantFrom(...field.choices);
  if (field.kind === "name") return fc.stringMatching(/^[a-z0-9][a-z0-9.,_-]{0,20}$/);
  const { min, max } = field;
  if (field.integer) return fc.integer({ min, max });
  return fc.double({ min, max, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value));
}

const VALID_CONFIG = fc.record(
  Object.fromEntries(CONFIG_FIELDS.map((field) => [field.key, validValue(field)])),
) as unknown as fc.Arbitrary<RunConfig>;

function parsed(json: string): RunConfig {
  return parseRunConfig(JSON.parse(json));
}

describe("the table of fields", () => {
  it("names every field once, with a default that it allows", () => {
    const keys = CONFIG_FIELDS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(parseRunConfig(DEFAULT_CONFIG)).toEqual(DEFAULT_CONFIG);
  });

  it("has a label and one sentence of help for each", () => {
    for (const { label, help } of CONFIG_FIELDS) {
      expect(label).not.toBe("");
      expect(help).toMatch(/^[^a-z].*\.$/);
    }
  });

  it("holds the constants of the paper where a tiny policy allows", () => {
    expect(DEFAULT_CONFIG).toMatchObject({
      memoryRolloutProbability: 0.25,
      offPolicyProbability: 2 / 3,
      groupSize: 8,
      clipLow: 0.2,
      clipHigh: 0.3,
      dualClip: 10,
      klCoefficient: 0,
      temperature: 1,
      evaluationTemperature: 0.4,
      minSimilarity: 0.5,
      retrievalSize: 10,
      bucketCapacity: 1000,
      trainVariations: 5,
    });
  });

  it("knows which settings may change while a run is on", () => {
    const hot = CONFIG_FIELDS.filter((field) => field.hot).map(({ key }) => key);
    for (const key of [
      "memoryRolloutProbability",
      "offPolicyProbability",
      "learningRate",
      "clipLow",
      "minTokenLogProb",
    ])
      expect(hot).toContain(key);
    for (const key of ["method", "task", "house", "seed", "base", "groupSize", "tasksPerIteration"])
      expect(hot).not.toContain(key);
  });
});

describe("a strict configuration", () => {
  it("is completed with the defaults", () => {
    expect(parseRunConfig({ seed: 7 })).toEqual({ ...DEFAULT_CONFIG, seed: 7 });
    expect(parseRunConfig({})).toEqual(DEFAULT_CONFIG);
  });

  it("comes back as it was if every value is allowed", () => {
    fc.assert(
      fc.property(VALID_CONFIG, (config) => {
        expect(parseRunConfig(config)).toEqual(config);
      }),
    );
  });

  it("is refused with the field, what it needs and what it got", () => {
    const message = (values: unknown) => {
      try {
        parseRunConfig(values);
        return "accepted";
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return (error as Error).message;
      }
    };
    expect(message({ groupSize: 1 })).toBe("config: groupSize must be an integer from 2 to 64, got 1");
    expect(message({ groupSize: 2.5 })).toBe("config: groupSize must be an integer from 2 to 64, got 2.5");
    expect(message({ clipLow: 7 })).toBe("config: clipLow must be a number from 0 to 1, got 7");
    expect(message({ clipLow: NaN })).toBe("config: clipLow must be a number from 0 to 1, got NaN");
    expect(message({ clipLow: Infinity })).toBe("config: clipLow must be a number from 0 to 1, got Infinity");
    expect(message({ clipLow: "0.2" })).toBe('config: clipLow must be a number from 0 to 1, got "0.2"');
    expect(message({ clipLow: null })).toBe("config: clipLow must be a number from 0 to 1, got null");
    expect(message({ clipLow: undefined })).toBe("config: clipLow must be a number from 0 to 1, got undefined");
    expect(message({ modeDraw: "never" })).toBe(
      'config: modeDraw must be one of rollout, group, iteration, got "never"',
    );
    expect(message({ task: "../secrets" })).toBe(
      'config: task must be a name of letters, digits and .,_-, got "../secrets"',
    );
    expect(message({ speed: 3 })).toBe('config: a known field, "speed" is none, got 3');
  });

  it("is an object and nothing else", () => {
    for (const values of [null, undefined, 3, "seed=1", [], true]) {
      expect(() => parseRunConfig(values)).toThrow("config: an object of fields, got");
    }
  });

  it("takes neither numbers beyond all bounds nor keys that objects have by themselves", () => {
    expect(() => parsed('{"learningRate":1e309}')).toThrow("learningRate must be a number from 0.000001 to 0.01");
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect(() => parsed(`{"${key}":{"seed":5}}`)).toThrow(`a known field, "${key}" is none`);
    }
    expect(({} as { seed?: number }).seed).toBeUndefined();
  });
});

describe("a lenient configuration", () => {
  it("clamps numbers, rounds whole ones, and says so", () => {
    const { config, corrections } = readRunConfig([
      ["memoryRolloutProbability", "7"],
      ["house", "-3"],
      ["groupSize", "4.4"],
      ["minTokenLogProb", "-8.5"],
    ]);
    expect(config).toMatchObject({ memoryRolloutProbability: 1, house: 0, groupSize: 4, minTokenLogProb: -8.5 });
    expect(corrections).toEqual([
      "p, memory rollouts: 7 was changed to 1.",
      "House: -3 was changed to 0.",
      "Group size N: 4.4 was changed to 4.",
    ]);
  });

  it("falls back to the default where there is nothing to clamp", () => {
    const { config, corrections } = readRunConfig([
      ["learningRate", "1e309"],
      ["seed", ""],
      ["clipLow", "NaN"],
      ["method", "toString"],
      ["task", "<b>bold</b>"],
    ]);
    expect(config).toEqual(DEFAULT_CONFIG);
    expect(corrections).toEqual([
      "Learning rate: “1e309” is no number, 0.0003 is used.",
      "Seed: “” is no number, 1 is used.",
      "Clip low: “NaN” is no number, 0.2 is used.",
      "Method: “toString” is not possible, empo2 is used.",
      "Task: “<b>bold</b>” is not possible, teaching-power-component is used.",
    ]);
  });

  it("ignores what is no setting, however it is called, and shows little of it", () => {
    const long = "x".repeat(1000);
    const { config, corrections } = readRunConfig([
      ["__proto__", "1"],
      ["constructor", "1"],
      [long, "1"],
    ]);
    expect(config).toEqual(DEFAULT_CONFIG);
    expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
    expect(corrections).toEqual([
      "“__proto__” is no setting and was ignored.",
      "“constructor” is no setting and was ignored.",
      `“${"x".repeat(40)}” is no setting and was ignored.`,
    ]);
  });

  it("makes a possible configuration of anything", () => {
    const key = fc.oneof(fc.constantFrom(...CONFIG_FIELDS.map((field) => field.key as string)), fc.string());
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, text)), (texts) => {
        const { config } = readRunConfig(texts);
        expect(parseRunConfig(config)).toEqual(config);
      }),
    );
  });

  it("gives back what was shared: the changed fields as texts, with no corrections", () => {
    fc.assert(
      fc.property(VALID_CONFIG, (config) => {
        const texts = Object.entries(changedFields(config)).map(([key, value]) => [key, String(value)] as const);
        expect(readRunConfig(texts)).toEqual({ config, corrections: [] });
      }),
    );
  });
});

describe("the base policy", () => {
  const baseOf = (texts: readonly (readonly [string, string])[]) => readRunConfig(texts).config.base;

  it("is the one that knows the task unless it is named, from files and from links", () => {
    expect(parseRunConfig({}).base).toBe("base");
    expect(parseRunConfig({ task: "boil" }).base).toBe("general");
    expect(parseRunConfig({ task: "boil", base: "mine" }).base).toBe("mine");
    expect(baseOf([["task", "webshop"]])).toBe("general");
    expect(
      baseOf([
        ["base", "base"],
        ["task", "webshop"],
      ]),
    ).toBe("base");
    expect(presetConfig("webshop").base).toBe("general");
  });

  it("is the task's where a link names an impossible one", () => {
    const { config, corrections } = readRunConfig([
      ["base", "../x"],
      ["task", "boil"],
    ]);
    expect(config.base).toBe("general");
    expect(corrections).toEqual(["Model size / base policy: “../x” is not possible, general is used."]);
  });

  it("is told as changed only where it is another than the task's", () => {
    expect(changedFields(parseRunConfig({ task: "boil" }))).toEqual({ task: "boil" });
    expect(changedFields(parseRunConfig({ task: "boil", base: "base" }))).toEqual({ task: "boil", base: "base" });
  });
});

describe("changedFields", () => {
  it("are those that differ from the defaults", () => {
    expect(changedFields(DEFAULT_CONFIG)).toEqual({});
    expect(changedFields({ ...DEFAULT_CONFIG, seed: 3, method: "grpo" })).toEqual({ method: "grpo", seed: 3 });
  });
});
