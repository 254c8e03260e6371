import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../../src/core/algorithms/registry.ts";
import type { UpdateStats } from "../../../src/core/policy/policy.ts";
import { numbersOf, summariseIteration } from "../../../src/core/training/iteration-summary.ts";
import { CONFIG_FIELDS } from "../../../src/core/training/run-config.ts";

/** Methods whose weights stay as they are. */
const FIXED_WEIGHTS = ["naive", "reflexion", "retrospex"];
const DOCS = join(import.meta.dirname, "../../../docs/algorithms");
const HEADINGS = ["Idea", "Equations", "Deviations from paper and reference code", "Metrics", "Results"];
const TIMES = { rollout: 0, tipWriting: 0, retrieval: 0, update: 0, evaluation: 0 };
const STATS: UpdateStats = {
  loss: 0,
  meanRatio: 0,
  clipFraction: 0,
  maskedFraction: 0,
  entropy: 0,
  klToBase: null,
  gradNorm: 0,
  tokenCount: 0,
  logProbs: [],
};
const SUMMARY = summariseIteration({
  iteration: 1,
  trajectories: [],
  stats: STATS,
  expectedModeCounts: { "on-policy": 0, "on-policy-with-tips": 0, "off-policy": 0 },
  totalTokenCount: 0,
  tipCount: 0,
  times: TIMES,
});

describe.each(ALGORITHMS.map(({ id, title }) => ({ id, title })))("the document of $title", ({ id, title }) => {
  const file = join(DOCS, `${id}.md`);
  const text = readFileSync(file, "utf8");
  const code = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word));

  it("has its title and the fixed headings, in order", () => {
    expect(text.startsWith(`# ${title}\n`)).toBe(true);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
  });

  it("explains every metric", () => {
    for (const name of [...Object.keys(SUMMARY), ...Object.keys(TIMES)]) expect(code).toContain(name);
    if (!FIXED_WEIGHTS.includes(id)) for (const name of Object.keys(numbersOf(STATS))) expect(code).toContain(name);
  });

  it("links only to files that exist, and to the results that runs will write", () => {
    for (const [, target] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      if (target !== "../results/README.md") expect(existsSync(join(dirname(file), target!)), target).toBe(true);
    }
  });
});

describe("the documents together", () => {
  const all = ALGORITHMS.map(({ id }) => readFileSync(join(DOCS, `${id}.md`), "utf8")).join("\n");

  it("name every setting of modes, memory, update and critic", () => {
    const groups = ["modes", "memory", "update", "critic"];
    const keys = CONFIG_FIELDS.filter(({ group }) => groups.includes(group)).map(({ key }) => key);
    for (const key of keys) expect(all).toContain(`\`${key}\``);
  });
});
