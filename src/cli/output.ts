import { WriteStream } from "node:tty";

/** One JSON line on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** One line for people on standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One line of progress on standard error, so that standard output stays clean. */
export function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Whether a person watches standard error. */
export function isTerminal(): boolean {
  return process.stderr instanceof WriteStream && process.stderr.isTTY;
}
