/** @file The frozen databases of all released versions, opened by this version in a real browser. */
import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { DATABASE_VERSION } from "../../src/storage/schema.ts";
import { openPlayground } from "./support/browser.ts";
import { bundlePage } from "./support/bundle.ts";
import type { Migrated } from "./support/migration-page.ts";

test("every released database becomes one of this version in Chromium, loses nothing, and survives a failed migration", async () => {
  const folder = await bundlePage(new URL("./support/migration-page.ts", import.meta.url));
  const { page, close } = await openPlayground({ root: folder });
  try {
    await page.waitForFunction(() => document.title === "done", undefined, { timeout: 60_000 });
    const migrated = JSON.parse((await page.textContent("body"))!) as Migrated[];
    const sound = { version: DATABASE_VERSION, lost: [], problem: null, iteration: 3, headAfterCommit: 3 };
    const files = readdirSync(new URL("../storage/fixtures/", import.meta.url));
    expect(migrated).toEqual(files.map((file) => ({ file, ...sound, isUntouchedByFailure: true })));
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
});
