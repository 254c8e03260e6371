import { useEffect, useRef, type MouseEvent, type ReactNode } from "react";
import { closeView, openView } from "../actions/view-actions.ts";
import { Icon } from "../components/Icon.tsx";
import controls from "../components/controls.module.css";
import { usePage } from "../store/store.ts";
import {
  hashOfView,
  MAP_PATH,
  VIEW_ENTRIES,
  VIEW_TITLES,
  type AddressedView,
  type ViewEntry,
} from "../view-address.ts";
import styles from "./ViewShell.module.css";

interface ViewShellProps {
  readonly view: AddressedView;
  /** Of what is open in the view; its own title unless given. */
  readonly title?: string;
  readonly children: ReactNode;
}

/**
 * What the views beside the run have in common: a heading that takes the focus when another place is opened, the way to
 * the others and back. A title that becomes known later takes the focus from nobody.
 */
export function ViewShell({ view, title = VIEW_TITLES[view], children }: ViewShellProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const place = usePage((page) => page.viewPath[0]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [view, place]);
  return (
    <main className={styles.view}>
      <header className={styles.header}>
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Tabs view={view} />
        <button type="button" data-testid="back-to-run" className={controls.button} onClick={closeView}>
          <Icon name="back" /> Back to the run
        </button>
      </header>
      {children}
    </main>
  );
}

function Tabs({ view }: { readonly view: AddressedView }) {
  const path = usePage((page) => page.viewPath);
  const isMap = view === "results" && path[0] === MAP_PATH[0];
  const isCurrent = (tab: ViewEntry) => tab.view === view && (tab.path === MAP_PATH) === isMap;
  return (
    <nav className={styles.tabs} aria-label="Views">
      {VIEW_ENTRIES.map((tab) => (
        <a
          key={tab.title}
          href={hashOfView(tab.view, tab.path)}
          aria-current={isCurrent(tab) ? "page" : undefined}
          onClick={(event) => follow(event, tab)}
        >
          {tab.title}
        </a>
      ))}
    </nav>
  );
}

/** A plain click stays on the page; with a key held it opens another tab, as links do. */
function follow(event: MouseEvent, { view, path }: ViewEntry): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openView(view, path);
}
