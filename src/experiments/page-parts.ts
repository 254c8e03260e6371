/** @file What generated Markdown pages have in common. */
import type { ReportFigure } from "./report-figures.ts";
import type { Column } from "./report-text.ts";

/** First line of every generated page; files without it are left alone. */
export const GENERATED_MARK = "<!-- Written by `npm run --silent cli -- reproduce`. Do not edit: run it again. -->";

/** Lines with bullets. */
export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

/** A figure for both backgrounds. */
export function pictureText({ name, summary }: ReportFigure): string {
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="figures/${name}-dark.svg">`,
    `  <img src="figures/${name}.svg" alt="${summary.replaceAll('"', "&quot;")}">`,
    "</picture>",
  ].join("\n");
}

/** A column of words. */
export const left = (title: string): Column => ({ title, align: "left" });
/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: "right" });
