/** @file Every method has its page with all its parts; what a page names in the code is there, and its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../src/core/algorithms/registry.ts";
import { CONFIG_FIELDS } from "../../src/core/training/run-config.ts";
import { doorPolicy } from "../core/algorithms/algorithm-fixtures.ts";
import { eventsOf, finishRun, startRun } from "../core/training/training-fixtures.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const PAGES = join(REPOSITORY, "docs/algorithms");
const HEADINGS = ["Idea", "Equations", "Deviations from paper and reference code", "Metrics", "Results"];

function sourcesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

const WORDS = new Set(
  ["src/core", "src/model", "src/runtime"].flatMap(
    (folder) => sourcesIn(join(REPOSITORY, folder)).match(/[\p{L}_][\p{L}\d_]*/gu) ?? [],
  ),
);

/** The first and the last cell of each row of the tables below a heading. */
function tableUnder(page: string, heading: string): { readonly first: string; readonly last: string }[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) => {
    const cells = row.split(" | ").map((cell) => cell.replaceAll(/^\||\|$/g, "").trim());
    return { first: cells[0]!, last: cells.at(-1)! };
  });
}

/** Where links can lead in a page: its headings and what is marked. */
function anchorsOf(page: string): string[] {
  const headings = [...page.matchAll(/^#+ (.*)$/gm)].map((match) => match[1]!.toLowerCase().replaceAll(" ", "-"));
  return [...headings, ...[...page.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]!)];
}

const codeIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

/** The numbers of an iteration and of an update, as this code tells them; none of an update if there never is one. */
async function measures(method: string): Promise<readonly string[]> {
  const run = await startRun({ config: { method, evaluateEvery: 0 }, policy: doorPolicy(0.5) });
  await finishRun(run);
  const summaries = eventsOf(run, "iterationFinished").map(({ summary }) => summary);
  const updates = summaries.flatMap(({ update }) => (update === null ? [] : Object.keys(update)));
  return [...Object.keys(summaries[0]!), ...updates];
}

/** All pages together, without their equations. */
function allPages(): string {
  const files = readdirSync(PAGES).filter((name) => name.endsWith(".md"));
  const text = files.map((name) => readFileSync(join(PAGES, name), "utf8")).join("\n");
  return text.replaceAll(/^```$[^]*?^```$/gm, "");
}

describe("the pages together", () => {
  it("name every setting of a run", () => {
    const named = new Set(codeIn(allPages()));
    const settings = CONFIG_FIELDS.map(({ key }) => key).filter((key) => key !== "method");
    expect(settings.filter((key) => !named.has(key))).toEqual([]);
  });

  it("list every method, and every number of an evaluation", async () => {
    const index = readFileSync(join(PAGES, "README.md"), "utf8");
    for (const { id, title } of ALGORITHMS) expect(index).toContain(`[${title}](${id}.md)`);
    const run = await startRun();
    await finishRun(run);
    const [told] = eventsOf(run, "evaluated");
    const explained = tableUnder(index, "Evaluations").flatMap(({ first }) => codeIn(first));
    expect(explained).toEqual(Object.keys(told!.evaluation));
  });
});

describe.each(ALGORITHMS.map(({ id, title }) => ({ id, title })))("the page of $id", ({ id, title }) => {
  const file = join(PAGES, `${id}.md`);
  let page = "";

  beforeAll(() => {
    page = readFileSync(file, "utf8");
  });

  it("has its title and every part, none of them empty", () => {
    expect(page.startsWith(`# ${title}\n`)).toBe(true);
    const parts = page.split(/^## /m).slice(1);
    expect(parts.map((part) => part.split("\n")[0])).toEqual(HEADINGS);
    for (const part of parts) expect(part.split("\n").slice(1).join("").trim().length).toBeGreaterThan(40);
  });

  it("says what every symbol is called in the code, where it is called so", () => {
    const names = tableUnder(page, "Equations").flatMap(({ last }) => codeIn(last));
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !WORDS.has(name))).toEqual([]);
  });

  it("explains every number that an iteration tells, and no other", async () => {
    const explained = tableUnder(page, "Metrics").flatMap(({ first }) => codeIn(first));
    expect(new Set(explained)).toEqual(new Set(await measures(id)));
  });

  it("has links that lead somewhere, to its own results among them", () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
    expect(links).toContain(`../results/by-method.md#${id}`);
    for (const link of links.filter((target) => !target.startsWith("http"))) {
      const [path, anchor] = link.split("#");
      const target = join(dirname(file), path!);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readFileSync(target, "utf8")), link).toContain(anchor);
    }
  });

  it("has no result typed by hand", () => {
    const results = page.split(/^## Results$/m)[1]!.replaceAll(/\[[^\]]*\]\([^)]*\)/g, "");
    expect(results).not.toMatch(/\d/);
  });
});
