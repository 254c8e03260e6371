/** @file A line chart as plain data. */

/** One line of a chart. */
export interface ChartSeries {
  readonly label: string;
  /** Name of a custom property. */
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
  /** 0…1. */
  readonly opacity: number;
  readonly hasPoints: boolean;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** How sure the values are: an interval for each, as a band or as bars. */
  readonly interval?: ChartInterval;
}

export interface ChartInterval {
  readonly shape: "band" | "bars";
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** A vertical line where something was changed. */
export interface ChartMark {
  readonly x: number;
  readonly label: string;
}

export interface ChartSpec {
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly yRange: readonly [number, number];
  readonly formatX: (value: number) => string;
  /** The chart in words. */
  readonly summary: string;
}
