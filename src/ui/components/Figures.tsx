/** @file Small drawings in SVG: a line, signed bars, a histogram, shares of a whole. Each says itself in words. */
import { decimated } from "../store/decimate.ts";
import { classNames } from "./class-names.ts";
import styles from "./Figures.module.css";

/** A sparkline is about a hundred pixels wide. */
const SPARKLINE_PARTS = 60;

/** The course of one number, without axes. Missing and non-finite values are left out. */
export function Sparkline({ values, summary }: { readonly values: readonly number[]; readonly summary: string }) {
  const all = values.filter(Number.isFinite);
  const { x: places, y: finite } = decimated({ x: all.map((_, i) => i), y: all }, SPARKLINE_PARTS);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const points = finite.map((value, i) => {
    const x = all.length === 1 ? 100 : (places[i]! / (all.length - 1)) * 100;
    return `${x.toFixed(1)} ${(18 - ((value - low) / span) * 16).toFixed(1)}`;
  });
  return (
    <svg role="img" aria-label={summary} viewBox="0 0 100 20" preserveAspectRatio="none" className={styles.sparkline}>
      {points.length > 1 && <path d={`M${points.join("L")}`} />}
    </svg>
  );
}

export interface SignedBar {
  readonly id: string;
  readonly value: number;
  readonly isSelected: boolean;
}

/** One bar a value, above or below zero. */
export function SignedBars({ bars, summary }: { readonly bars: readonly SignedBar[]; readonly summary: string }) {
  const largest = Math.max(0.1, ...bars.map(({ value }) => Math.abs(value)));
  const width = 200 / Math.max(1, bars.length);
  return (
    <svg role="img" aria-label={summary} viewBox="0 0 200 54" className={styles.figure}>
      {bars.map(({ id, value, isSelected }, i) => {
        const height = (Math.abs(value) / largest) * 25;
        const side = value >= 0 ? styles.above : styles.below;
        return (
          <rect
            key={id}
            x={i * width + 2}
            y={value >= 0 ? 27 - height : 27}
            width={Math.max(1, width - 4)}
            height={Math.max(0.8, height)}
            className={classNames(side, isSelected && styles.selected)}
          />
        );
      })}
      <line x1="0" x2="200" y1="27" y2="27" className={styles.axis} />
    </svg>
  );
}

export interface HistogramProps {
  /** One per bin, ascending. */
  readonly counts: readonly number[];
  /** Labels under the first, the middle and the last bin. */
  readonly labels: readonly [string, string, string];
  /** Vertical lines at these bins, fractions allowed. */
  readonly bounds: readonly number[];
  readonly summary: string;
}

/** Counts per bin; heights are square roots, so that rare bins stay visible. */
export function Histogram({ counts, labels, bounds, summary }: HistogramProps) {
  const largest = Math.sqrt(Math.max(1, ...counts));
  const width = 200 / counts.length;
  return (
    <svg role="img" aria-label={summary} viewBox="0 0 200 60" className={styles.figure}>
      {counts.map((count, i) => {
        const height = (Math.sqrt(count) / largest) * 42;
        return (
          <rect key={i} x={i * width + 0.5} y={46 - height} width={width - 1} height={height} className={styles.bar} />
        );
      })}
      {bounds.map((bound) => (
        <line key={bound} x1={bound * width} x2={bound * width} y1="2" y2="46" className={styles.bound} />
      ))}
      <line x1="0" x2="200" y1="46" y2="46" className={styles.axis} />
      <text x="0" y="57" className={styles.label}>
        {labels[0]}
      </text>
      <text x="100" y="57" textAnchor="middle" className={styles.label}>
        {labels[1]}
      </text>
      <text x="200" y="57" textAnchor="end" className={styles.label}>
        {labels[2]}
      </text>
    </svg>
  );
}

export interface Share {
  readonly label: string;
  readonly value: number;
  /** A CSS colour. */
  readonly color: string;
}

/** Parts of a whole in one bar. */
export function Shares({ shares, summary }: { readonly shares: readonly Share[]; readonly summary: string }) {
  return (
    <div role="img" aria-label={summary} className={styles.shares}>
      {shares.map(({ label, value, color }) =>
        value > 0 ? <span key={label} title={label} style={{ flex: value, background: color }} /> : null,
      )}
    </div>
  );
}
