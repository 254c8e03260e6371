import { readFileSync } from "node:fs";

/** The lines of a file, trimmed, without empty ones; `-` is standard input. */
export function readLines(file: string): string[] {
  return readFileSync(file === "-" ? 0 : file, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
