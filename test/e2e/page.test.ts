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

test.each([
  ["a request to another origin", 'void fetch("http://other.example/").catch(() => undefined)'],
  [
    "an image of another origin",
    'document.body.append(Object.assign(new Image(), { src: "http://other.example/a.png" }))',
  ],
  ["a script in the page", 'document.body.append(Object.assign(document.createElement("script"), { text: "1" }))'],
  ["text that is run as a program", 'setTimeout("1")'],
  ["text that is made to markup", 'document.body.insertAdjacentHTML("beforeend", "<b>1</b>")'],
  ["a worker that is not the page's own", 'try { new Worker("other.js") } catch {}'],
])("every test fails whose page does what it must not: %s", async (_, code) => {
  const { page, close } = await openPlayground();
  // In a task of its own: what the debugger evaluates may do what the page may not.
  await page.evaluate(`setTimeout(() => { ${code} })`).catch(() => undefined);
  await page.waitForTimeout(300);
  await expect(close()).rejects.toThrow("nothing its policy forbids");
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
