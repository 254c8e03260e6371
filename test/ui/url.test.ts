import fc from "fast-check";
import { expect, test } from "vitest";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type ConfigField, type RunConfig } from "../../src/core/training/run-config.ts";
import { configOfHash, hashOfConfig } from "../../src/ui/url.ts";

test("a link holds only what differs from the defaults", () => {
  expect(hashOfConfig(DEFAULT_CONFIG, true)).toBe("#v=1");
  expect(hashOfConfig({ ...DEFAULT_CONFIG, seed: 7, method: "grpo" }, false)).toBe("#v=1&method=grpo&seed=7&race=0");
});

function anyValue(field: ConfigField): fc.Arbitrary<string | number> {
  if (field.kind === "choice") return fc.constantFrom(...field.choices);
  if (field.kind === "name") return fc.stringMatching(/^[a-z0-9][a-z0-9.,_-]{0,20}$/);
  const { min, max, integer } = field;
  // Adding 0 makes 0 of −0, which a link cannot tell.
  return integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}

const anyConfig: fc.Arbitrary<RunConfig> = fc
  .tuple(...CONFIG_FIELDS.map(anyValue))
  .map(
    (values) => Object.fromEntries(values.map((value, i) => [CONFIG_FIELDS[i]!.key, value])) as unknown as RunConfig,
  );

test("every configuration comes back from its link, without corrections", () => {
  fc.assert(
    fc.property(anyConfig, fc.boolean(), (config, race) => {
      expect(configOfHash(hashOfConfig(config, race))).toEqual({ config, race, corrections: [] });
    }),
  );
});

test("a page without settings in its address has none", () => {
  expect(configOfHash("")).toBeNull();
  expect(configOfHash("#memory")).toBeNull();
});

test("hostile keys change nothing and are named", () => {
  const linked = configOfHash("#v=1&__proto__=1&constructor=2&toString=3&__proto__.polluted=4")!;
  expect(linked.config).toEqual(DEFAULT_CONFIG);
  expect(linked.corrections).toHaveLength(4);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.getPrototypeOf(linked.config)).toBe(Object.prototype);
});

test.each(["NaN", "1e309", "-Infinity", "", "0x", "twelve", "1,5", "%00"])(
  "seed=%s keeps the default and says so",
  (text) => {
    const { config, corrections } = configOfHash(`#v=1&seed=${text}`)!;
    expect(config.seed).toBe(DEFAULT_CONFIG.seed);
    expect(corrections).toHaveLength(1);
  },
);

test("numbers out of range are clamped with a note", () => {
  const { config, corrections } = configOfHash("#v=1&memoryRolloutProbability=-5&groupSize=1000000&learningRate=1")!;
  expect(config).toMatchObject({ memoryRolloutProbability: 0, groupSize: 64, learningRate: 0.01 });
  expect(corrections).toHaveLength(3);
});

test("links that are too long, broken or of another version are ignored with a note", () => {
  for (const hash of [`#v=1&seed=${"9".repeat(5_000_000)}`, "#v=2&seed=5", "#v=&seed=5"]) {
    const linked = configOfHash(hash)!;
    expect(linked.config).toEqual(DEFAULT_CONFIG);
    expect(linked.corrections).toHaveLength(1);
    expect(linked.corrections[0]!.length).toBeLessThan(200);
  }
  expect(() => configOfHash("#v=1&task=%E0%A4%A&%=%")).not.toThrow();
});

test("any text at all gives a valid configuration", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { config } = configOfHash(`#v=1&${text}`) ?? { config: DEFAULT_CONFIG };
      for (const field of CONFIG_FIELDS) {
        const value = config[field.key];
        expect(typeof value).toBe(typeof field.default);
        if (field.kind === "number") expect(Number.isFinite(value)).toBe(true);
      }
    }),
  );
});
