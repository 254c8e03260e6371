import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";

test("the built page starts from a sub-path, without errors and without asking another origin", async () => {
  const { page, consoleErrors, cspViolations, foreignRequests, close } = await openPlayground();
  try {
    await page.waitForFunction(() => document.querySelector("#boot") === null);
    expect({ consoleErrors, cspViolations, foreignRequests }).toEqual({
      consoleErrors: [],
      cspViolations: [],
      foreignRequests: [],
    });
  } finally {
    await close();
  }
});

test("the test browser notices a request to another origin", async () => {
  const { page, foreignRequests, cspViolations, close } = await openPlayground();
  try {
    await page.evaluate(() => fetch("http://other.example/").catch(() => undefined));
    await page.waitForTimeout(200);
    expect(foreignRequests.length + cspViolations.length).toBeGreaterThan(0);
  } finally {
    await close();
  }
});

test("a page whose program does not load says so", async () => {
  const { page, context, url, close } = await openPlayground();
  try {
    await context.route("**/assets/*.js", (route) => route.abort());
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector("#boot-status")?.getAttribute("role") === "alert");
    expect(await page.textContent("#boot-status")).toContain("did not start");
  } finally {
    await close();
  }
});
