import { useEffect, useRef } from "react";
import { useErrorBoundary } from "react-error-boundary";
import type { MountedPlot } from "./chart-plot.ts";
import type { ChartSpec } from "./chart-spec.ts";
import styles from "./Chart.module.css";

/** A line chart on a canvas; for screen readers an image with a summary. What draws it is fetched after the first paint. */
export function Chart({ spec, testId }: { readonly spec: ChartSpec; readonly testId?: string }) {
  const host = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const shown = useRef(spec);
  const plot = useRef<MountedPlot>(null);
  // Drawing happens in tasks of its own, where no boundary would notice an error.
  const { showBoundary } = useErrorBoundary();
  useEffect(() => {
    shown.current = spec;
    plot.current?.update();
  }, [spec]);
  useEffect(() => {
    const [element, colors] = [host.current, probe.current];
    if (element === null || colors === null) return;
    let isGone = false;
    const mount = async (): Promise<void> => {
      const { mountPlot } = await import("./chart-plot.ts");
      if (!isGone) plot.current = mountPlot(element, colors, { shown, onError: showBoundary });
    };
    mount().catch((error: unknown) => !isGone && showBoundary(error));
    return () => {
      isGone = true;
      plot.current?.destroy();
      plot.current = null;
    };
  }, [showBoundary]);
  return (
    <div role="img" aria-label={spec.summary} className={styles.chart} data-testid={testId}>
      <span ref={probe} className={styles.probe} />
      <div ref={host} className={styles.canvas} aria-hidden="true" />
    </div>
  );
}
