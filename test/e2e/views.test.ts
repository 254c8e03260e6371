/** @file The views beside the run, in the built page: recorded results, a race, trials on a new task. Real workers on wasm. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import {
  expectQuiet,
  openView,
  press,
  readDatabase,
  tinyRun,
  waitForText,
  waitUntilSaved,
} from "./support/training.ts";

/** Types a whole number into a labelled field. */
async function setNumber(page: Page, label: string, value: number): Promise<void> {
  await page.getByRole("spinbutton", { name: label }).fill(String(value));
}

/** The texts of the cells of a row. */
function cellsOf(page: Page, row: string): Promise<string[]> {
  return page.locator(`${row} > *`).allInnerTexts();
}

test("a cell of table 1 leads to its runs, and a run to its settings, ready to be trained again", async () => {
  const playground = await openPlayground({ withoutWebGpu: true });
  const { page } = playground;
  try {
    await openView(page, "Results");
    await page.getByText("toy worlds and a toy policy").waitFor();
    const row = page.getByRole("row", { name: /^power-component / });
    expect(await row.innerText()).toContain("94.3"); // the paper's
    await page.getByRole("button", { name: /^GRPO on power-component:/ }).click();
    await page.getByRole("link", { name: "grpo.house-2.seed-3" }).click();
    await page.getByTestId("run-curve").waitFor();
    for (const fact of ["house 2", "Hash of the weights", "Hash of the rollouts", "Commit"]) {
      await page.getByText(fact).first().waitFor();
    }
    const recorded = /^#results\/([\w.-]+)\/([\w.-]+)$/.exec(new URL(page.url()).hash);
    expect(recorded?.[2]).toBe("grpo.house-2.seed-3");

    await page.getByRole("link", { name: "Open in the playground" }).click();
    await page.getByTestId("curve").waitFor();
    const link = new URL(page.url()).hash;
    for (const setting of ["method=grpo", "task=power-component", "house=2", "seed=3", "iterations=40"]) {
      expect(link).toContain(setting);
    }
    await page.goBack();
    await page.getByTestId("run-curve").waitFor();
    await page.reload();
    await page.getByTestId("run-curve").waitFor();
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a run whose rollouts are recorded can be watched, and every experiment of the list opens", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: "#results/teaching/grpo.house-1.seed-1" });
  const { page } = playground;
  try {
    await page.getByRole("button", { name: "Watch its rollouts and tips" }).click();
    await page.getByRole("button", { name: /^GRPO, teaching world/, pressed: true }).waitFor();

    await openView(page, "Results");
    const experiments = page.getByRole("region", { name: "Experiments" });
    const list = experiments.getByRole("link");
    await list.first().waitFor();
    const runCount = await list.count();
    await page.getByLabel("Filter the experiments by words").fill("WebShop DEV");
    await experiments
      .getByRole("status")
      .getByText(/^\d of \d+ experiments$/)
      .waitFor();
    expect(await list.allTextContents()).toContainEqual(expect.stringMatching(/^WebShop, dev goals/));
    await page.getByLabel("Filter the experiments by words").fill("");
    await experiments.getByText(/planned and not run$/).click();
    expect(await list.count()).toBeGreaterThan(runCount);
    const addresses = await list.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    expect(addresses.length).toBeGreaterThan(20);
    for (const address of addresses) {
      await page.evaluate((hash) => (location.hash = hash!), address);
      await page
        .getByText(/^(Runs|Not run yet: none of \d+ planned runs is recorded\.)$/)
        .first()
        .waitFor();
    }
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("recorded runs of another set are played in place of the first, also by the address of one of them", async () => {
  const playground = await openPlayground({ withoutWebGpu: true });
  const { page } = playground;
  const run = (name: RegExp) => page.getByRole("button", { name });
  try {
    await run(/^EMPO², teaching world/).waitFor();
    await page.getByLabel("Which recorded runs").selectOption("Life stages");
    await run(/^EMPO², life stages/).waitFor();
    await run(/^GRPO, life stages/).waitFor();
    await page.getByText("Task: focus on").waitFor();
    expect(await run(/teaching world/).count()).toBe(0);

    await page.evaluate(() => (location.hash = "#results/webshop.text_rich/empo2.house-0.seed-1"));
    await page.getByRole("button", { name: "Watch its rollouts and tips" }).click();
    await page.getByText("Instruction:").waitFor();
    expect(await page.getByLabel("Which recorded runs").inputValue()).toBe("WebShop");
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("remarks say why, and lead from one result to another", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: "#results" });
  const { page } = playground;
  try {
    const condition = page.getByLabel("our worlds under").first();
    await condition.selectOption("easy, iteration chosen on dev variations");
    await page.getByText("A twin of each, with the same weights").waitFor();
    await condition.selectOption("easy");
    await page.getByText("Why, and what was tried").first().click();
    await page.getByText("Where GRPO is stuck, EMPO² is not").waitFor();
    await page.getByRole("link", { name: "what tips call bad", exact: true }).click();
    await page.getByRole("region", { name: "Remarks" }).waitFor();
    expect(new URL(page.url()).hash).toBe("#results/lifespan-longest-lived-avoiding");
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a chart of a view that is opened by its address has the page's colours, and the other theme's when that is chosen", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: "#results/teaching" });
  const { page } = playground;
  try {
    const chart = page.locator('[role="img"] canvas').first();
    await chart.waitFor();
    const countOf = (color: string) =>
      chart.evaluate((canvas: HTMLCanvasElement, wanted) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        const rgb = wanted.match(/\d+/g)!.slice(0, 3).map(Number);
        let count = 0;
        for (let i = 0; i < data.length; i += 4)
          if (data[i + 3] === 255 && rgb.every((part, k) => data[i + k] === part)) count++;
        return count;
      }, color);
    const lineColor = () =>
      page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement("span"));
        probe.style.color = "var(--line)";
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      });
    const light = await lineColor();
    await expect.poll(() => countOf(light)).toBeGreaterThan(1000);
    expect(await countOf("rgb(0, 0, 0)")).toBe(0);
    await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
    const dark = await lineColor();
    expect(dark).not.toBe(light);
    await expect.poll(() => countOf(dark)).toBeGreaterThan(1000);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a cell of the map over p and q fills the settings in and is marked, by the keyboard alone", async () => {
  const playground = await openPlayground({ withoutWebGpu: true });
  const { page } = playground;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/results/p-q.teaching.json", async (route) => {
    await released;
    await route.fallback();
  });
  try {
    await page.evaluate(() => (location.hash = "#results/p-q.teaching"));
    const cell = page.getByRole("button", { name: /at p = 0.7, q = 0.3/ });
    expect(await cell.getAttribute("aria-pressed")).toBe("false");
    await cell.focus();
    // The recorded runs arrive, and with them the view's title; the focus stays.
    release();
    await page.getByRole("heading", { level: 2, name: "p–q map" }).waitFor({ state: "detached" });
    await cell.filter({ hasText: /\d runs/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("The settings have p = 0.7 and q = 0.3 now.").waitFor();
    expect(await cell.getAttribute("aria-pressed")).toBe("true");
    await press(page, "back-to-run");
    expect(new URL(page.url()).hash).toContain("memoryRolloutProbability=0.7&offPolicyProbability=0.3");
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a race trains every method with every seed in workers of its own, pauses, goes on and stores nothing", async () => {
  const suffix = tinyRun({ task: "teaching-power-component", seed: 3, evaluateEvery: 1 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix });
  const { page } = playground;
  try {
    await openView(page, "Race");
    await setNumber(page, "Seeds", 2);
    await setNumber(page, "Iterations", 4);
    await setNumber(page, "Workers at a time", 2);
    await press(page, "race-start");
    await waitForText(page, "race-progress", /2 workers at work/);
    await page.locator('[data-racer="grpo-4"][data-state="waiting"]').waitFor();
    await page.locator('[data-state="running"]').first().waitFor();
    await press(page, "race-pause");
    await page.waitForFunction(
      () => document.querySelector('[data-state="running"], [data-state="starting"]') === null,
    );
    const paused = await page.getByTestId("race-progress").innerText();
    expect(paused).toMatch(/^Paused/);

    // It goes on while the run is on show.
    await press(page, "race-resume");
    await press(page, "back-to-run");
    await openView(page, "Race");
    await waitForText(page, "race-progress", /over: 16 of 16 iterations/);
    for (const racer of ["empo2-3", "grpo-3", "empo2-4", "grpo-4"]) {
      const [run, state, backend, iteration, , heldOut] = await cellsOf(page, `[data-racer="${racer}"]`);
      expect([run, state, backend, iteration]).toEqual([
        expect.stringContaining(racer.slice(-1)),
        "finished",
        "wasm",
        "4 of 4",
      ]);
      expect(heldOut).toMatch(/^−?\d+\.\d$/);
    }
    const summary = await page.getByTestId("race-chart").getAttribute("aria-label");
    expect(summary).toMatch(
      /EMPO²: −?[\d.]+ at iteration 4, 2 of 2 seeds\. GRPO: −?[\d.]+ at iteration 4, 2 of 2 seeds\./,
    );
    expect((await readDatabase(page)).runs).toEqual([]);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a race can be stopped, and what is missing run again", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ evaluateEvery: 1 }) });
  const { page } = playground;
  try {
    await openView(page, "Race");
    await setNumber(page, "Seeds", 1);
    await setNumber(page, "Iterations", 2);
    await setNumber(page, "Workers at a time", 1);
    await press(page, "race-start");
    await page.locator('[data-racer="empo2-1"][data-state="finished"]').waitFor();
    await press(page, "race-stop");
    await page.locator('[data-racer="grpo-1"][data-state="stopped"]').waitFor();
    await page.getByRole("button", { name: "Run what is missing" }).click();
    await waitForText(page, "race-progress", /over: 4 of 4/);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a trained policy is frozen and tried in another house with memory and without, beside the base policy", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ iterations: 2 }) });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    await page.getByRole("button", { name: "Train again" }).waitFor();
    const before = (await readDatabase(page)).runs;
    await openView(page, "New task");
    await setNumber(page, "Trials", 3);
    await setNumber(page, "Episodes per variation", 1);
    await press(page, "trials-start");
    await waitForText(page, "trials-status", /All trials are done/);
    const rows = await page
      .locator("[data-curve]")
      .evaluateAll((all) => all.map((row) => row.getAttribute("data-curve")));
    expect(rows).toEqual(["0 on", "0 off", "1 on", "1 off"]);
    const [title, memory, trials, first, last, gain] = await cellsOf(page, '[data-curve="1 on"]');
    expect(title).toMatch(/EMPO², seed 1.*iteration 2/);
    expect([memory, trials]).toEqual(["on", "3"]);
    for (const points of [first, last]) expect(points).toMatch(/^−?\d+\.\d$/);
    expect(gain).toMatch(/ points/);
    const withoutMemory = await cellsOf(page, '[data-curve="1 off"]');
    expect(withoutMemory[3]).toBe(first); // nothing was written before the first trial
    expect((await readDatabase(page)).runs).toEqual(before);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("an impossible new task is told, and the view goes on", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: "#new-task" });
  const { page } = playground;
  try {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Checkpoint from a file" }).click();
    const notes = {
      name: "notes.safetensors",
      mimeType: "application/octet-stream",
      buffer: Buffer.from("no weights"),
    };
    await (await chooser).setFiles(notes);
    await page.getByRole("checkbox", { name: /^Base policy/ }).uncheck();
    await press(page, "trials-start");
    await page.getByRole("alert").waitFor();
    await page.getByRole("checkbox", { name: /^Base policy/ }).check();
    await page.getByRole("checkbox", { name: "notes.safetensors" }).uncheck();
    await setNumber(page, "Trials", 1);
    await setNumber(page, "Episodes per variation", 1);
    await press(page, "trials-start");
    await waitForText(page, "trials-status", /All trials are done/);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("no view and no results are fetched before they are opened", async () => {
  const playground = await openPlayground({ withoutWebGpu: true });
  const { page, url } = playground;
  try {
    const fetched: string[] = [];
    page.on("response", (response) => {
      fetched.push(new URL(response.url()).pathname);
    });
    await page.goto(url, { waitUntil: "networkidle" });
    const isOfView = (path: string): boolean => /View|\/results\//.test(path);
    expect(fetched.filter(isOfView)).toEqual([]);
    await openView(page, "Results");
    await page.getByText("toy worlds and a toy policy").waitFor();
    expect(fetched.filter(isOfView).length).toBeGreaterThan(1);
  } finally {
    await playground.close();
  }
});
