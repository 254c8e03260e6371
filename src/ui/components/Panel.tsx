import { useId, type ReactNode } from "react";
import { ErrorBoundary, type FallbackProps } from "react-error-boundary";
import { classNames } from "./class-names.ts";
import controls from "./controls.module.css";
import styles from "./Panel.module.css";

interface PanelProps {
  readonly title: string;
  /** Element id, for the tab bar of narrow screens. */
  readonly id: string;
  /** The run is just doing what this panel shows. */
  readonly isActive: boolean;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One station of the causal chain. If it fails, it alone shows an error. */
export function Panel({ title, id, isActive, aside, children }: PanelProps) {
  const headingId = useId();
  return (
    <section id={id} className={classNames(styles.panel, isActive && styles.active)} aria-labelledby={headingId}>
      <header className={styles.header}>
        <h2 id={headingId} className={styles.title}>
          {title}
        </h2>
        <div className={styles.aside}>{aside}</div>
      </header>
      <div className={styles.body}>
        <ErrorBoundary FallbackComponent={PanelFailure}>{children}</ErrorBoundary>
      </div>
    </section>
  );
}

interface PanelGuardProps extends Pick<PanelProps, "title" | "id"> {
  readonly children: ReactNode;
}

/** Keeps the other panels on the page when one fails outside its body. */
export function PanelGuard({ title, id, children }: PanelGuardProps) {
  const fallback = (props: FallbackProps) => (
    <section id={id} className={styles.panel} aria-label={title}>
      <header className={styles.header}>
        <h2 className={styles.title}>{title}</h2>
      </header>
      <div className={styles.body}>
        <PanelFailure {...props} />
      </div>
    </section>
  );
  return <ErrorBoundary fallbackRender={fallback}>{children}</ErrorBoundary>;
}

function PanelFailure({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <div role="alert" className={styles.failure}>
      <p className={controls.error}>This panel could not be shown. The run goes on.</p>
      <p className={controls.note}>{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className={controls.button} onClick={resetErrorBoundary}>
        Show it again
      </button>
    </div>
  );
}
