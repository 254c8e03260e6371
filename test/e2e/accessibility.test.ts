/** @file axe-core finds nothing serious on the page: light and dark, wide and narrow, playing and with the lab open. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { expectQuiet, openView, press, waitForText } from "./support/training.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FAILING = ["serious", "critical"];
const SETTINGS = [
  { width: 1280, height: 720 },
  { width: 360, height: 740 },
].flatMap((viewport) => (["light", "dark"] as const).map((colorScheme) => ({ ...viewport, colorScheme })));

/** So tall that hardly anything is scrolled out of sight, which axe could not measure the contrast of. */
const TALL = 4000;

interface Findings {
  /** A line per rule and element. */
  readonly violations: readonly string[];
  /** Texts whose contrast was measured. */
  readonly measuredTexts: number;
}

/** Looks at the page as it is, and at the contrast of what is further down. */
async function inspect(page: Page): Promise<Findings> {
  const asItIs = await runAxe(page, {});
  const { width, height } = page.viewportSize()!;
  await page.setViewportSize({ width, height: TALL });
  const tall = await runAxe(page, { runOnly: ["color-contrast"] });
  await page.setViewportSize({ width, height });
  const found = [...asItIs.violations, ...tall.violations].filter(({ impact }) => FAILING.includes(impact ?? ""));
  const lines = found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
  const measured = tall.passes.flatMap(({ nodes }) => nodes).length;
  return { violations: [...new Set(lines)], measuredTexts: measured };
}

/** The source is evaluated from here, as the page's policy refuses script tags. */
async function runAxe(page: Page, options: RunOptions): Promise<AxeResults> {
  await page.evaluate(AXE);
  return page.evaluate<AxeResults>(`axe.run(${JSON.stringify(options)})`);
}

/** Plays a task from its beginning, past the list of completions. */
async function playByHand(page: Page, task: string, actions: readonly string[]): Promise<void> {
  await page.getByTestId("play").click();
  const other = task === "boil" ? "melt" : "boil";
  // Another one first, so that the same task starts over too.
  await page.getByLabel("Task", { exact: true }).selectOption(other);
  await page.getByLabel("Task", { exact: true }).selectOption(task);
  const prompt = page.getByRole("combobox", { name: "Your action" });
  for (const action of actions) {
    await prompt.fill(action);
    await prompt.press("Enter");
  }
  await prompt.press("Escape");
}

describe.each(SETTINGS)("at $width pixels, $colorScheme, the page has no serious violation", (setting) => {
  let playground: Awaited<ReturnType<typeof openPlayground>>;

  beforeAll(async () => {
    const { width, height, colorScheme } = setting;
    playground = await openPlayground({ viewport: { width, height }, withoutWebGpu: true });
    await playground.page.emulateMedia({ colorScheme });
    await waitForText(playground.page, "iteration", /^[1-9]/);
    await waitForText(playground.page, "tip-count", /[1-9]/);
  });
  afterAll(() => playground.close());

  test("while the recorded run plays", async () => {
    const { violations, measuredTexts } = await inspect(playground.page);
    expect(violations).toEqual([]);
    expect(measuredTexts).toBeGreaterThan(100);
  });

  test("at an earlier turn of an episode", async () => {
    await playground.page.getByRole("button", { name: "Turn back" }).click();
    expect((await inspect(playground.page)).violations).toEqual([]);
  });

  test("with the saved runs open", async () => {
    const { page } = playground;
    await page.getByRole("button", { name: "Files" }).click();
    await page.getByRole("menuitem", { name: /Saved runs/ }).click();
    await page.getByText("No run is stored yet.").waitFor();
    expect((await inspect(page)).violations).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Saved runs" }).waitFor({ state: "hidden" });
  });

  test("with a circuit built by hand, and completions open", async () => {
    const { page } = playground;
    await playByHand(page, "power-component", [
      "teleport workshop",
      "focus on red bulb",
      "connect battery anode to blue wire 1",
      "connect blue wire 2 to red bulb cathode",
    ]);
    expect(await page.getByRole("img", { name: /^Open circuit/ }).count()).toBe(1);
    await page.getByRole("combobox", { name: "Your action" }).fill("connect");
    expect((await inspect(page)).violations).toEqual([]);
  });

  test.each([
    ["results", ["search shirt"]],
    ["product", ["search shirt", "click b1", "click small"]],
    ["receipt", ["search shirt", "click b1", "click buy"]],
  ])("on the shop's %s page", async (_page, actions) => {
    await playByHand(playground.page, "webshop", actions);
    expect((await inspect(playground.page)).violations).toEqual([]);
  });

  test("with the world on the whole page, where things are warm", async () => {
    const { page } = playground;
    await playByHand(page, "boil", ["teleport kitchen", "activate stove"]);
    const toggle = page.getByRole("button", { name: "The world on the whole page" });
    await toggle.click();
    expect((await inspect(page)).violations).toEqual([]);
    await toggle.click();
  });

  test("with a task of the list open", async () => {
    const { page } = playground;
    await openView(page, "Tasks");
    await page.getByText(/^Return in points/).waitFor();
    await page.locator('button[data-task="find-plant"]').click();
    await page.getByRole("heading", { name: "Goals of variation 0" }).waitFor();
    const { violations, measuredTexts } = await inspect(page);
    expect(violations).toEqual([]);
    expect(measuredTexts).toBeGreaterThan(50);
    await press(page, "back-to-run");
  });

  test("with the results, a cell of a table open", async () => {
    const { page } = playground;
    await openView(page, "Results");
    await page.getByRole("button", { name: /^EMPO² on power-component:/ }).click();
    await page.getByText("Each has its curve").waitFor();
    const { violations, measuredTexts } = await inspect(page);
    expect(violations).toEqual([]);
    expect(measuredTexts).toBeGreaterThan(50);
    await press(page, "back-to-run");
  });

  test("with a recorded run on show", async () => {
    const { page } = playground;
    await page.goto(`${playground.url}#results/teaching/empo2.house-1.seed-1`);
    await page.getByTestId("run-curve").waitFor();
    expect((await inspect(page)).violations).toEqual([]);
    await press(page, "back-to-run");
  });

  test.each(["fig7", "fig12"])("with the paper's %s from our runs", async (figure) => {
    const { page } = playground;
    await page.goto(`${playground.url}#results/${figure}`);
    await page.getByRole("heading", { name: "power-component, easy", exact: true }).waitFor();
    expect((await inspect(page)).violations).toEqual([]);
    await press(page, "back-to-run");
  });

  test("with the map over p and q", async () => {
    const { page } = playground;
    await openView(page, "p–q map");
    await page.getByRole("button", { name: /at p = 0.25, q = 0.667/ }).waitFor();
    expect((await inspect(page)).violations).toEqual([]);
    await press(page, "back-to-run");
  });

  test("with a race over", async () => {
    const { page } = playground;
    await openView(page, "Race");
    await press(page, "race-start");
    await press(page, "race-stop");
    await waitForText(page, "race-progress", /over/);
    expect((await inspect(page)).violations).toEqual([]);
    await press(page, "back-to-run");
  });

  test("with the trials on a new task begun", async () => {
    const { page } = playground;
    await openView(page, "New task");
    await press(page, "trials-start");
    await page.getByTestId("trials-chart").waitFor();
    await press(page, "trials-stop");
    expect((await inspect(page)).violations).toEqual([]);
    await press(page, "back-to-run");
  });

  test("with the lab open", async () => {
    await playground.page.getByRole("button", { name: "Lab" }).click();
    await playground.page.getByRole("complementary", { name: /^Lab/ }).waitFor();
    expect((await inspect(playground.page)).violations).toEqual([]);
    expectQuiet(playground);
  });
});

test("a violation is found where there is one", async () => {
  const { page, close } = await openPlayground({ withoutWebGpu: true });
  try {
    await page.evaluate(() => {
      const pale = document.createElement("p");
      pale.textContent = "pale";
      pale.style.color = "#bbb";
      pale.style.background = "#fff";
      document.body.prepend(document.createElement("button"), pale);
    });
    const found = (await inspect(page)).violations.join("\n");
    expect(found).toContain("button-name: ");
    expect(found).toContain("color-contrast: ");
  } finally {
    await close();
  }
});
