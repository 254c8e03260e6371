import type { RunStyle } from "../panels/run-styles.ts";

interface SwatchProps {
  readonly style: RunStyle;
  readonly className?: string | undefined;
}

/** A piece of a run's line, beside its name. */
export function Swatch({ style: { color, dash }, className }: SwatchProps) {
  return (
    <svg viewBox="0 0 28 10" width="2.2em" aria-hidden="true" className={className}>
      <line x1="0" x2="28" y1="5" y2="5" stroke={`var(${color})`} strokeWidth="2.6" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
