import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordCommand } from "../../src/cli/commands/record.ts";
import { reproduceCommand } from "../../src/cli/commands/reproduce.ts";
import { fetchIndex } from "../../src/ui/recorded/recorded-run.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "results-"));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

const reproduce = (...flags: string[]): Promise<unknown> =>
  reproduceCommand().parseAsync(["--out", folder, ...flags], { from: "user" });

describe("reproduce", () => {
  beforeEach(() => cpSync(join(FIXTURES, "runs"), join(folder, "runs"), { recursive: true }));

  it("writes pages and figures that it then finds unchanged", async () => {
    await reproduce();
    expect(readFileSync(join(folder, "teaching.md"), "utf8")).toContain("6 of 55 planned runs are finished.");
    expect(existsSync(join(folder, "figures/teaching.svg"))).toBe(true);
    await reproduce("--check");
    expect(process.exitCode).toBeUndefined();
    await reproduce();
    expect(printed).toContain("0 written, 0 removed");
  });

  it("lists what differs from the runs and writes nothing with --check", async () => {
    await reproduce();
    writeFileSync(join(folder, "teaching.md"), "EMPO² reaches 100.");
    rmSync(join(folder, "figures/teaching.svg"));
    printed = "";
    await reproduce("--check");
    expect(printed).toBe(
      [join(folder, "teaching.md"), join(folder, "figures/teaching.svg")]
        .map((file) => `${file} differs from the runs\n`)
        .join(""),
    );
    expect(process.exitCode).toBe(1);
    expect(readFileSync(join(folder, "teaching.md"), "utf8")).toBe("EMPO² reaches 100.");
  });

  it("removes pages whose runs are gone, and nothing else", async () => {
    await reproduce();
    rmSync(join(folder, "runs/teaching"), { recursive: true });
    writeFileSync(join(folder, "by-hand.md"), "# By hand\n");
    writeFileSync(join(folder, "figures/by-hand.svg"), "<svg/>");
    await reproduce("--check");
    expect(printed).toContain(`${join(folder, "teaching.md")} has no runs`);
    await reproduce();
    expect(existsSync(join(folder, "teaching.md"))).toBe(false);
    expect(existsSync(join(folder, "figures/teaching.svg"))).toBe(false);
    expect(existsSync(join(folder, "by-hand.md")) && existsSync(join(folder, "figures/by-hand.svg"))).toBe(true);
  });

  it("shows remarks, passes over runs that have not begun, and refuses experiments that are not planned", async () => {
    mkdirSync(join(folder, "notes"));
    mkdirSync(join(folder, "runs/teaching/empo2.house-9.seed-1"));
    writeFileSync(join(folder, "notes/teaching.md"), "It did not work at first.\n");
    await reproduce();
    expect(readFileSync(join(folder, "teaching.md"), "utf8")).toContain("## Remarks\n\nIt did not work at first.");
    mkdirSync(join(folder, "runs/unknown"));
    await expect(reproduce()).rejects.toThrow("experiment: one of teaching, ");
  });
});

describe("record", () => {
  const record = (...flags: string[]): Promise<unknown> =>
    recordCommand().parseAsync(
      ["--run", join(FIXTURES, "with-rollouts"), "--out", folder, "--set", "Teaching", ...flags],
      { from: "user" },
    );

  function stubFetch(): void {
    vi.stubGlobal("fetch", async (url: URL) => new Response(readFileSync(url)));
  }

  it("writes a compressed recording and an index that the page reads", async () => {
    await record("--id", "teaching-empo2", "--title", "EMPO²");
    await record("--id", "teaching-grpo", "--title", "GRPO");
    await record("--id", "teaching-empo2", "--title", "EMPO², again");
    stubFetch();
    const entries = await fetchIndex(new URL(`file://${folder}/`));
    expect(entries.map(({ id, title, set, file, method }) => [id, title, set, file, method])).toEqual([
      ["teaching-empo2", "EMPO², again", "Teaching", "teaching-empo2.jsonl.gz", "empo2"],
      ["teaching-grpo", "GRPO", "Teaching", "teaching-grpo.jsonl.gz", "empo2"],
    ]);
    const text = gunzipSync(readFileSync(join(folder, "teaching-empo2.jsonl.gz"))).toString();
    expect(text.split("\n")[0]).toContain('"runStarted"');
    expect(printed).toContain("2 iterations; rollouts of all groups in 2, of one group in 0, none in 0");
  });

  it("can leave the recording uncompressed, and keeps to its size", async () => {
    await record("--id", "a", "--title", "A");
    await record("--id", "a", "--title", "A", "--plain", "--max-kb", "20");
    expect(existsSync(join(folder, "a.jsonl.gz"))).toBe(false);
    expect(readFileSync(join(folder, "a.jsonl")).length).toBeLessThanOrEqual(20_000);
  });

  it("says what it needs", async () => {
    await expect(record("--id", "a/b", "--title", "A")).rejects.toThrow(
      '--id: letters, digits, dots and dashes, got "a/b"',
    );
    await expect(record("--id", "a", "--title", "")).rejects.toThrow("--title: 1 to 120 letters");
    await expect(record("--id", "a", "--title", "A", "--set", "")).rejects.toThrow("--set: 1 to 60 letters");
    const flags = ["--run", folder, "--out", folder, "--id", "a", "--title", "A", "--set", "S"];
    await expect(recordCommand().parseAsync(flags, { from: "user" })).rejects.toThrow("with summary.json");
  });
});
