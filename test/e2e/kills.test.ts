/** @file A training worker is terminated at random moments; the run ends as if it had been left alone, bit for bit. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { encodePolicyState } from "../../src/model/checkpoint.ts";
import { initialParameters, parameterLayout, toNamedTensors } from "../../src/model/parameters.ts";
import { withFreshOptimizer } from "../../src/runtime/base-file.ts";
import { recordFigures, sized } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { bundlePage } from "./support/bundle.ts";
import type { KillReport } from "./support/kill-page.ts";

const KILLS = sized(8, 200);
/** Enough that the run is not over before the last kill: a killed worker does a few iterations. */
const ITERATIONS = sized(25, 700);
const TIMEOUT_MS = sized(300_000, 3_600_000);

/** A base policy so small that plain JavaScript is quick. */
function tinyBase(): Uint8Array {
  const config = { vocabularySize: 512, width: 16, layers: 1, heads: 2, contextLength: 384 };
  const layout = parameterLayout(config);
  const weights = toNamedTensors(layout, initialParameters(layout, Random.fromSeed(1)));
  const none = { step: 0, first: new Map(), second: new Map() };
  return encodePolicyState(withFreshOptimizer({ config, weights, optimizer: none }));
}

test(
  `a run whose worker is terminated ${KILLS} times at random ends as one that is left alone`,
  { timeout: TIMEOUT_MS },
  async () => {
    const folder = await bundlePage(new URL("./support/kill-page.ts", import.meta.url));
    await mkdir(path.join(folder, "base"));
    await writeFile(path.join(folder, "base", "base.safetensors"), tinyBase());
    const suffix = `#kills=${KILLS}&iterations=${ITERATIONS}&seed=${sized(1, 2)}`;
    const { page, close } = await openPlayground({ root: folder, suffix });
    try {
      await page.waitForFunction(() => document.title === "done", undefined, { timeout: TIMEOUT_MS - 20_000 });
      const text = (await page.textContent("body"))!;
      expect(text).toMatch(/^\{/);
      const report = JSON.parse(text) as KillReport;
      expect(report.failures).toEqual([]);
      expect(report.wrongStates).toEqual([]);
      expect(report.savedAt).toHaveLength(KILLS);
      expect(report.savedAt.at(-1)).toBeGreaterThan(0); // some kills came after a commit
      const beforeTheEnd = report.savedAt.filter((iteration) => iteration < ITERATIONS).length;
      expect(beforeTheEnd).toBeGreaterThan(0.9 * KILLS);
      expect(report.iterations).toEqual(Array.from({ length: ITERATIONS }, (_, i) => i + 1));
      expect(report.whole).toMatchObject({ iteration: ITERATIONS });
      expect(report.killed).toEqual(report.whole);
      recordFigures("workerKills", {
        kills: KILLS,
        killsBeforeTheEnd: beforeTheEnd,
        iterations: ITERATIONS,
        lostIterations: ITERATIONS - new Set(report.iterations).size,
        wrongStates: report.wrongStates.length,
        uncaughtErrors: report.failures.length,
        differsFromUninterrupted: JSON.stringify(report.killed) !== JSON.stringify(report.whole),
      });
    } finally {
      await close();
      await rm(folder, { recursive: true });
    }
  },
);
