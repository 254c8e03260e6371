/** @file Both worlds played by hand in the built page with the keyboard alone, and the list of tasks. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { taskSpecs } from "../../src/core/envs/registry.ts";
import { openPlayground } from "./support/browser.ts";
import { expectQuiet, waitForText } from "./support/training.ts";

type Playground = Awaited<ReturnType<typeof openPlayground>>;

/** Presses Tab until an element that fits the selector has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab reaches ${selector}: within 80 presses, got elsewhere`);
}

/** Opens a task of the list by the keyboard and starts to play it. */
async function playFromList(page: Page, task: string): Promise<void> {
  await tabTo(page, '[data-testid="views"]');
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter"); // the first entry, which has the focus
  await page.getByRole("heading", { name: "Tasks" }).waitFor();
  await tabTo(page, `button[data-task="${task}"]`);
  await page.keyboard.press("Enter");
  await tabTo(page, '[data-testid="play-task"]');
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Your action" }).waitFor();
}

/** Whether the page is larger than the window. */
function scrolls(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return scrollWidth > innerWidth || scrollHeight > innerHeight;
  });
}

/** Types the beginning of an action, chooses the first completion with the arrow keys, and sends it. */
async function completeAndSend(page: Page, beginning: string): Promise<void> {
  await page.keyboard.type(beginning);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

/** Types an action in full and sends it. */
async function send(page: Page, action: string): Promise<void> {
  await page.keyboard.type(action);
  await page.keyboard.press("Enter");
}

function scoreOf(page: Page): Promise<number> {
  return page
    .getByTestId("hand-score")
    .textContent()
    .then((text) => Number(text?.replace("−", "-")));
}

describe("with the keyboard alone", () => {
  let playground: Playground;
  beforeAll(async () => {
    playground = await openPlayground({ viewport: { width: 1280, height: 720 }, withoutWebGpu: true });
    await waitForText(playground.page, "iteration", /^\d/);
  });
  afterAll(() => playground.close());

  test("a circuit is built in ScienceWorld, drawn, and lights the bulb for the full score", async () => {
    const { page } = playground;
    await playFromList(page, "power-component");
    await tabTo(page, 'input[aria-label="Your action"]');
    await completeAndSend(page, "teleport work");
    await completeAndSend(page, "focus on red b");
    expect(await scoreOf(page)).toBe(63);
    await page.keyboard.type("connect battery an");
    await page.keyboard.press("Tab"); // takes the completion over, which stays to be changed
    expect(await page.inputValue('input[aria-label="Your action"]')).toMatch(/^connect battery anode to .+ 1$/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await page.inputValue('input[aria-label="Your action"]')).toBe("");
    await send(page, "connect battery anode to blue wire 1");
    await send(page, "connect blue wire 2 to red bulb cathode");
    await send(page, "connect battery cathode to black wire 1");
    await send(page, "connect black wire 2 to red bulb anode");
    const circuit = page.getByRole("img", { name: /^Closed circuit/ });
    expect(await circuit.getAttribute("aria-label")).toContain("red bulb (off)");
    await completeAndSend(page, "wait1");
    expect(await circuit.getAttribute("aria-label")).toContain("red bulb (on)");
    expect(await circuit.getAttribute("aria-label")).toContain("red bulb anode to black wire 2");
    expect(await scoreOf(page)).toBe(100);
    expect(await page.getByText("Goals: 7 of 7 met").count()).toBe(1);
    expect(await scrolls(page)).toBe(false);
  });

  test("something is bought in the shop for more than nothing, and the receipt says why", async () => {
    const { page } = playground;
    await playFromList(page, "webshop");
    const instruction = (await page.locator("#world p", { hasText: "Instruction:" }).textContent())!;
    const wanted = /I want .*? (\w+), \w+: /.exec(instruction)![1]!;
    await tabTo(page, 'input[aria-label="Search the shop"]');
    await page.keyboard.type(wanted);
    await page.keyboard.press("Enter");
    await page.getByText(/^Page 1, \d+ results/).waitFor();
    await tabTo(page, "#world li button");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Buy Now" }).waitFor();
    const value = page.getByRole("group", { name: "color" }).getByRole("button").first();
    expect(await value.getAttribute("aria-pressed")).toBe("false");
    await tabTo(page, '#world [role="group"][aria-label="color"] button');
    await page.keyboard.press("Enter");
    expect(await value.getAttribute("aria-pressed")).toBe("true");
    await tabTo(page, '#world [aria-label="About the product"] button');
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "description" }).waitFor();
    await tabTo(page, 'input[aria-label="Your action"]');
    await send(page, "click prev");
    await page.getByRole("button", { name: "Buy Now" }).waitFor();
    await send(page, "click buy");
    expect(await page.getByTestId("reward").textContent()).toMatch(/^Your score: [1-9]/);
    expect(await scoreOf(page)).toBeGreaterThan(0);
    expect(await page.getByRole("row", { name: /kind of product/ }).textContent()).toContain("× 1");
    expectQuiet(playground);
  });
});

test("a rollout of the agent is shown with the circuit that it had at the turn on show", async () => {
  const playground = await openPlayground({ viewport: { width: 1280, height: 720 }, withoutWebGpu: true });
  try {
    const { page } = playground;
    await waitForText(page, "iteration", /^[1-9]/);
    await page
      .getByRole("button", { name: /, score 100$/ })
      .first()
      .click();
    const circuit = page.locator("#world").getByRole("img", { name: /^Closed circuit/ });
    expect(await circuit.getAttribute("aria-label")).toMatch(/\(on\)/);
    await page.getByRole("button", { name: "Turn back" }).click();
    expect(await circuit.count()).toBe(0);
    await page.getByRole("button", { name: "Next turn" }).click();
    expect(await circuit.count()).toBe(1);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

describe("the list of tasks", () => {
  let playground: Playground;
  beforeAll(async () => {
    playground = await openPlayground({
      viewport: { width: 1280, height: 720 },
      withoutWebGpu: true,
      suffix: "#tasks",
    });
    await playground.page.getByText(/^Return in points/).waitFor();
  });
  afterAll(() => playground.close());

  test("has every task of both worlds with what a random agent earns, from an address of its own", async () => {
    const { page } = playground;
    const names = taskSpecs().map(({ task }) => task);
    const shown = await page.locator("button[data-task]").evaluateAll((all) => all.map((one) => one.dataset["task"]));
    expect([...shown].sort()).toEqual([...names].sort());
    const rows = await page
      .locator("tr:has(button[data-task])")
      .evaluateAll((all) => all.map((one) => one.textContent));
    for (const row of rows) expect(row).toMatch(/−?\d+\.\d/);
    expect(await scrolls(page)).toBe(false);
  });

  test("leaves the run alone: its keys rest while the list is shown", async () => {
    const { page } = playground;
    for (const key of ["s", "Space"]) await page.keyboard.press(key);
    expect(await page.getByTestId("backend").textContent()).toBe("–");
    expect(await page.getByTestId("train").textContent()).toContain("Train");
  });

  test("tells the goals and points of a task, and sets up training on it", async () => {
    const { page } = playground;
    await page.locator('button[data-task="find-animal"]').click();
    await page.getByRole("heading", { name: "Goals of variation 0" }).waitFor();
    const points = await page.locator("td li").evaluateAll((all) => all.map((one) => one.textContent));
    const sum = points.reduce((total, text) => total + Number(/([\d.]+) points$/.exec(text)![1]), 0);
    expect(sum).toBeGreaterThan(100);
    await page.getByRole("button", { name: "Set up training on it" }).click();
    await page.getByRole("heading", { name: "World" }).waitFor();
    await page.waitForURL(/task=find-animal/);
    expect(await page.getByTestId("train").isEnabled()).toBe(true);
    expectQuiet(playground);
  });
});
