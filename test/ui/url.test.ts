import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parseRunConfig } from "../../src/core/training/config-parsing.ts";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type ConfigField, type RunConfig } from "../../src/core/training/run-config.ts";
import { configOfHash, hashOfConfig } from "../../src/ui/url.ts";
import { fuzz } from "../support/fuzz.ts";

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

/** What is asked of a link, whatever it says. */
function expectHarmless(hash: string): void {
  const { config, corrections, race } = configOfHash(hash) ?? { config: DEFAULT_CONFIG, corrections: [], race: true };
  expect(parseRunConfig(config)).toEqual(config);
  expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
  expect(typeof race).toBe("boolean");
  expect(corrections.every((correction) => correction.length < 300)).toBe(true);
  expect(Object.keys(Object.prototype)).toEqual([]);
}

const hostileKey = fc.oneof(
  fc.constantFrom("__proto__", "__proto__.polluted", "constructor.prototype", "constructor", "prototype", "v", "race"),
  fc.constantFrom(...CONFIG_FIELDS.map(({ key }) => key)),
  fc.string(),
);
const hostileValue = fc.oneof(
  fc.constantFrom(
    "NaN",
    "1e309",
    "-1e309",
    "-5",
    "-0",
    "0x10",
    "1_000",
    "%E0%A4%A",
    "%00",
    "\u202e",
    "<img src=x onerror=alert(1)>",
  ),
  fc.constantFrom("javascript:alert(1)", "../../etc/passwd", "[]", "{}", "null", "9".repeat(400), "x".repeat(3000)),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.string({ unit: "binary" }),
);

test("any keys and values at all give a valid configuration, and nothing else is touched", async () => {
  await fuzz(
    "links, keys and values",
    500,
    fc.property(fc.array(fc.tuple(hostileKey, hostileValue), { maxLength: 12 }), fc.boolean(), (pairs, encoded) => {
      const code = encoded ? encodeURIComponent : String;
      expectHarmless(
        `#v=1&${pairs.map(([key, value]) => `${code(key.toWellFormed())}=${code(value.toWellFormed())}`).join("&")}`,
      );
    }),
  );
});

test("any text at all gives a valid configuration", async () => {
  await fuzz(
    "links, any text",
    500,
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.boolean(), (text, isVersioned) => {
      expectHarmless(isVersioned ? `#v=1&${text}` : `#${text}`);
    }),
  );
});

test("every correction is told: what a link asks for and does not get has a sentence", async () => {
  await fuzz(
    "links, one setting",
    500,
    fc.property(fc.constantFrom(...CONFIG_FIELDS), hostileValue, (field, text) => {
      const value = text.toWellFormed();
      const { config, corrections } = configOfHash(`#v=1&${field.key}=${encodeURIComponent(value)}`)!;
      const got = config[field.key];
      const isAsked = field.kind === "number" ? got === Number(value) && value.trim() !== "" : got === value;
      expect(corrections).toHaveLength(isAsked ? 0 : 1);
    }),
  );
});

test("ten megabytes of link are ignored before anything in them is looked at", () => {
  const get = vi.spyOn(URLSearchParams.prototype, "get");
  try {
    const hash = `#v=1&${"a=1&".repeat(2_500_000)}`;
    expectHarmless(hash);
    expect(configOfHash(hash)!.corrections).toEqual(["The link is too long and was ignored."]);
    expect(get).not.toHaveBeenCalled();
    configOfHash("#v=1&a=1");
    expect(get).toHaveBeenCalled();
  } finally {
    get.mockRestore();
  }
});
