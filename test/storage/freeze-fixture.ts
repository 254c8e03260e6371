/**
 * @file Freezes the database of this version as `fixtures/v<version>.json`: `npx tsx test/storage/freeze-fixture.ts`, once
 * for every version, before it is released. A frozen fixture never changes.
 */
import "fake-indexeddb/auto";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { SessionCheckpoint } from "../../src/core/training/session.ts";
import { encodeSessionFile } from "../../src/runtime/session-file.ts";
import { openRunStore } from "../../src/storage/open-run-store.ts";
import { DATABASE_NAME } from "../../src/storage/schema.ts";
import { emptyCheckpoint } from "../support/fake-run.ts";
import { iterationEvents, makeTip } from "../support/run-fixtures.ts";
import { dumpDatabase, fixtureText } from "./database-fixture.ts";

const CONFIG = { ...DEFAULT_CONFIG, seed: 7, iterations: 3 };
const TIPS = [makeTip(1), makeTip(2, { author: "person", pinned: true, score: 200 / 3 })];
const TASK = { variation: 5, meanReturn: 41.5, successRate: 0.25 };

function payload(iteration: number): Uint8Array<ArrayBuffer> {
  const checkpoint: SessionCheckpoint = {
    ...emptyCheckpoint(CONFIG),
    iteration,
    memory: { nextId: 3, tips: TIPS },
    totalTokenCount: 8 * iteration,
  };
  return encodeSessionFile(checkpoint);
}

async function trainInto(runId: string, iterations: number): Promise<void> {
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const finished = iteration === CONFIG.iterations;
    const shares = { meanReturn: 10 * iteration, successRate: 0, episodeCount: 1, perVariation: [TASK] };
    const evaluation = { iteration, ...shares, memory: "off", split: "test" } as const;
    const events = [...iterationEvents(iteration), { type: "evaluated", evaluation } as const];
    const base = { runId, config: CONFIG, iteration, payload: payload(iteration), tips: TIPS };
    await store.commit({ ...base, events, finished, pendingChanges: [] });
  }
}

const store = await openRunStore();
await store.createRun("empo2-finished", CONFIG);
await trainInto("empo2-finished", 3);
await store.createRun("grpo-half", { ...CONFIG, method: "grpo" });
await trainInto("grpo-half", 2);
const changes = [{ type: "config", changes: { memoryRolloutProbability: 0.5 } }];
await store.saveChanges("grpo-half", changes, TIPS.slice(0, 1));
await store.createRun("naive-new", { ...CONFIG, method: "naive" });
await store.writeSetting("compileMs", { generate: 12, update: 34 });
await store.writeSetting("base:here-1-1000", new Uint8Array([1, 2, 3, 250]));
await store.close();

const fixture = await dumpDatabase(DATABASE_NAME);
const file = fileURLToPath(new URL(`fixtures/v${fixture.version}.json`, import.meta.url));
if (existsSync(file)) throw new Error(`freeze fixture: a version that has none, got ${fixture.version}`);
writeFileSync(file, `${fixtureText(fixture)}\n`);
