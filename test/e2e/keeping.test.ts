/** @file What people change and save: tips by hand survive a reload, a run moves to another browser as a file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import {
  expectQuiet,
  press,
  readDatabase,
  storedEvents,
  tinyRun,
  waitForText,
  waitUntilSaved,
} from "./support/training.ts";

const TIP = "hallway go kitchen ; score 5 0";

/** Starts a run and stops it after one iteration. */
async function doOneIteration(page: Page): Promise<void> {
  await press(page, "step");
  await waitUntilSaved(page, 1);
  await page.getByRole("button", { name: "Resume" }).waitFor();
}

test("a tip written by hand while a run is paused survives a reload, and so does its deletion", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ iterations: 3 }) });
  const { page } = playground;
  try {
    await doOneIteration(page);
    const { tipCount } = await readDatabase(page);
    await page.getByRole("button", { name: "Write a tip" }).click();
    await page.getByRole("textbox", { name: "Text of the tip" }).fill(TIP);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await waitForText(page, "tip-count", new RegExp(`^${tipCount + 1}$`));

    await page.reload();
    await waitForText(page, "tip-count", new RegExp(`^${tipCount + 1}$`));
    await page.getByText(TIP).first().waitFor();
    expect((await readDatabase(page)).tipCount).toBe(tipCount + 1);

    await page.getByRole("button", { name: "Clear the memory" }).click();
    await page
      .getByRole("button", { name: /^Delete/ })
      .first()
      .click();
    await waitForText(page, "tip-count", /^0$/);
    await page.reload();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await waitForText(page, "tip-count", /^0$/);
    expect((await readDatabase(page)).tipCount).toBe(0);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a run saved to a file goes on in another browser and ends as it does here", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "empo2-checkpoint-"));
  const file = path.join(folder, "run.safetensors");
  const options = { withoutWebGpu: true, suffix: tinyRun({ iterations: 3 }) };
  const [here, there] = [await openPlayground(options), await openPlayground({ withoutWebGpu: true })];
  try {
    await doOneIteration(here.page);
    const download = here.page.waitForEvent("download");
    await chooseFileItem(here.page, /Save checkpoint/);
    await (await download).saveAs(file);

    const chooser = there.page.waitForEvent("filechooser");
    await chooseFileItem(there.page, /Load checkpoint/);
    await (await chooser).setFiles(file);
    await there.page.getByText(/checkpoint is loaded/).waitFor();

    const finals = [];
    for (const { page } of [here, there]) {
      await press(page, "train");
      await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 60_000 });
      finals.push(...(await storedEvents(page, "runFinished")));
    }
    expect(finals).toHaveLength(2);
    expect(finals[1]).toEqual(finals[0]);
    expectQuiet(there);
  } finally {
    await here.close();
    await there.close();
    await rm(folder, { recursive: true });
  }
});

async function chooseFileItem(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("button", { name: "Files" }).click();
  await page.getByRole("menuitem", { name }).click();
}
