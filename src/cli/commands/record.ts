import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { recordRun } from "../../experiments/recording.ts";
import { shortCommit } from "../../experiments/report-page.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printLine } from "../output.ts";
import { wholeNumber } from "./play.ts";

interface RecordOptions {
  readonly run: string;
  readonly id: string;
  readonly title: string;
  readonly set: string;
  readonly out: string;
  readonly maxKb: string;
  readonly plain?: boolean;
}

/** A line of the index that the page reads. */
interface IndexEntry {
  readonly id: string;
  readonly title: string;
  readonly set: string;
  readonly method: string;
  readonly file: string;
  readonly commit: string;
  readonly date?: string;
  readonly iterations: number;
}

const ID_PATTERN = /^[\w.-]{1,80}$/;
const MAX_TITLE = 120;
const MAX_SET = 60;

/** `record`: a run folder as a recording that the page plays before anything is trained. */
export function recordCommand(): Command {
  return new Command("record")
    .description("Make a recording for the page from a finished run that was trained with --record-rollouts.")
    .requiredOption("--run <dir>", "folder of the run")
    .requiredOption("--id <id>", "name of the recording; the page shows the one with empo2 in it first")
    .requiredOption("--title <text>", "what the page calls it")
    .requiredOption("--set <text>", "runs of the same set are played side by side; the page begins with the first one")
    .option("--out <dir>", "folder of the recordings", "public/recorded")
    .option("--max-kb <n>", "size of the file; rollouts are kept as far as they fit", "700")
    .option("--plain", "do not compress the file; fewer rollouts fit")
    .action((options: RecordOptions) => record(options));
}

function record(options: RecordOptions): void {
  const { run, id, title, set, out, plain = false } = options;
  if (!ID_PATTERN.test(id)) throw new ConfigError(`--id: letters, digits, dots and dashes, got "${id}"`);
  if (title === "" || title.length > MAX_TITLE)
    throw new ConfigError(`--title: 1 to ${MAX_TITLE} letters, got "${title}"`);
  if (set === "" || set.length > MAX_SET) throw new ConfigError(`--set: 1 to ${MAX_SET} letters, got "${set}"`);
  const { commit } = JSON.parse(readPart(run, "summary.json")) as { readonly commit: string };
  const stored = (text: string): string | Uint8Array => (plain ? text : gzipSync(text, { level: 9 }));
  const recording = recordRun(
    { events: readPart(run, "events.jsonl"), rollouts: readPart(run, "rollouts.jsonl") },
    { maxBytes: 1000 * wholeNumber("--max-kb", options.maxKb), sizeOf: (text) => Buffer.byteLength(stored(text)) },
  );
  const [file, otherFile] = plain ? [`${id}.jsonl`, `${id}.jsonl.gz`] : [`${id}.jsonl.gz`, `${id}.jsonl`];
  const content = stored(recording.text);
  writeFileAtomically(join(out, file), content);
  rmSync(join(out, otherFile), { force: true });
  const { method, iterations, kept } = recording;
  const date = commitDate(commit);
  const entry = {
    id,
    title,
    set,
    method,
    file,
    commit: shortCommit(commit),
    ...(date === null ? {} : { date }),
    iterations,
  };
  updateIndex(join(out, "index.json"), entry);
  printLine(
    `${join(out, file)}: ${Math.round(Buffer.byteLength(content) / 1000)} kB, ${iterations} iterations; ` +
      `rollouts of all groups in ${kept.all}, of one group in ${kept.group}, none in ${kept.none}`,
  );
}

function readPart(run: string, name: string): string {
  const file = join(run, name);
  if (!existsSync(file)) throw new ConfigError(`--run: a finished run with ${name}, got ${run}`);
  return readFileSync(file, "utf8");
}

/** Puts the entry in the place of one with the same id, or at the end. */
function updateIndex(file: string, entry: IndexEntry): void {
  const entries = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as IndexEntry[]) : [];
  const isKnown = entries.some(({ id }) => id === entry.id);
  const updated = isKnown ? entries.map((other) => (other.id === entry.id ? entry : other)) : [...entries, entry];
  writeFileAtomically(file, `${JSON.stringify(updated, null, 2)}\n`);
}

/** Day of the commit a run was made at; null outside its repository. */
function commitDate(commit: string): string | null {
  const [hash] = commit.split("+");
  try {
    const date = execFileSync("git", ["log", "-1", "--format=%cs", hash!, "--"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return date === "" ? null : date;
  } catch {
    return null;
  }
}
