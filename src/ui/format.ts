/** @file Numbers as people read them. Missing values are a dash. */
import type { WorkerMessage } from "../protocol/messages.ts";

const MISSING = "–";
const MINUS = "−";

function withMinus(text: string): string {
  return text.replace("-", MINUS);
}

/** Points: whole numbers as such, others with one decimal. */
export function formatScore(score: number | null | undefined): string {
  if (score === null || score === undefined || !Number.isFinite(score)) return MISSING;
  return withMinus(Number.isInteger(score) ? String(score) : score.toFixed(1));
}

/** A mean of points, always with one decimal, so that columns of them line up. */
export function formatMeanScore(score: number | null | undefined): string {
  if (score === null || score === undefined || !Number.isFinite(score)) return MISSING;
  return withMinus(score.toFixed(1));
}

/** Points with their sign. */
export function formatSigned(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return (value > 0 ? "+" : "") + withMinus(value.toFixed(digits));
}

/** Three significant digits; very small and large numbers with a power of ten. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return MISSING;
  if (!Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return withMinus(value.toExponential(1));
  return withMinus(String(Number(value.toPrecision(3))));
}

/** A share as percent; small ones keep a decimal. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return MISSING;
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** A count with narrow spaces between thousands. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Tokens in thousands or millions. */
export function formatTokens(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  if (count >= 1e4) return `${Math.round(count / 1e3)} k`;
  return formatCount(count);
}

/** A time span. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return MISSING;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An error's message as a sentence: without the name of the operation, with a capital and a full stop. */
export function asSentence(message: string): string {
  const text = message.replace(/^[\w -]{1,30}: /, "").trim();
  const ended = /[.!?)]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

/** A word with its count. */
export function plural(count: number, word: string, words = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : words}`;
}

/** A size in megabytes, or kilobytes if it is less. */
export function formatBytes(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
/** Why a run paused by itself: the iteration and what was not finite in it, or the alarm, which is a sentence already. */
export function haltSentence({ kind, iteration, reason }: Halt): string {
  return kind === "alarm" ? reason : `Iteration ${iteration + 1}: ${reason}.`;
}

type Halt = Pick<Extract<WorkerMessage, { readonly type: "halted" }>, "kind" | "iteration" | "reason">;
