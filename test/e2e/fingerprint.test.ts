/** @file The same link gives the same run in Chromium and on the command line: the fingerprint tells. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { jsonLines, runCli } from "../cli/run-cli.ts";
import { openPlayground } from "./support/browser.ts";
import { press, storedEvents, tinyRun } from "./support/training.ts";

const SETTINGS = { seed: 5, iterations: 3 };

test("a run on WebAssembly has the same weights and rollouts in the page and in Node", async () => {
  const suffix = tinyRun(SETTINGS);
  const { page, close } = await openPlayground({ withoutWebGpu: true, suffix });
  const folder = await mkdtemp(path.join(tmpdir(), "empo2-fingerprint-"));
  try {
    await press(page, "train");
    const settings = suffix
      .slice(1)
      .split("&")
      .filter((setting) => !/^(v|race)=/.test(setting));
    const flags = settings.flatMap((setting) => ["--set", setting]);
    const { code, stdout, stderr } = await runCli(["train", "--out", path.join(folder, "run"), ...flags, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 90_000 });
    const [inPage] = await storedEvents(page, "runFinished");
    expect(inPage).toMatchObject({ iteration: SETTINGS.iterations });
    expect(inPage).toEqual(jsonLines(stdout).at(-1));
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
});
