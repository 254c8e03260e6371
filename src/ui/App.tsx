import { lazy, Suspense, useEffect, useState, type ComponentType } from "react";
import { ErrorBoundary, type FallbackProps } from "react-error-boundary";
import { startPage } from "./actions/page-actions.ts";
import { readAddress } from "./actions/settings-actions.ts";
import { startOffline } from "./actions/updates.ts";
import { closeView, readViewAddress } from "./actions/view-actions.ts";
import { PanelGuard } from "./components/Panel.tsx";
import { classNames } from "./components/class-names.ts";
import controls from "./components/controls.module.css";
import { useFollow } from "./hooks/use-follow.ts";
import { useKeyboard } from "./hooks/use-keyboard.ts";
import { MemoryPanel } from "./panels/MemoryPanel.tsx";
import { Notes } from "./panels/Notes.tsx";
import { PolicyPanel } from "./panels/PolicyPanel.tsx";
import { ResultPanel } from "./panels/ResultPanel.tsx";
import { StatusStrip } from "./panels/StatusStrip.tsx";
import { TransportBar } from "./panels/TransportBar.tsx";
import { UpdatePanel } from "./panels/UpdatePanel.tsx";
import { WorldPanel } from "./panels/WorldPanel.tsx";
import { usePage, type ViewName } from "./store/store.ts";
import styles from "./App.module.css";

const PANELS = [
  { id: "world", title: "World", Content: WorldPanel },
  { id: "memory", title: "Memory", Content: MemoryPanel },
  { id: "policy", title: "Policy", Content: PolicyPanel },
  { id: "update", title: "Update", Content: UpdatePanel },
  { id: "result", title: "Result", Content: ResultPanel },
] as const;

const HelpDialog = lazy(async () => ({ default: (await import("./panels/HelpDialog.tsx")).HelpDialog }));
const SavedDialog = lazy(async () => ({ default: (await import("./saved/SavedDialog.tsx")).SavedDialog }));
const Lab = lazy(async () => ({ default: (await import("./panels/Lab.tsx")).Lab }));

/** The other views are fetched when they are opened, so that the first picture does not wait for them. */
const VIEWS: Readonly<Record<Exclude<ViewName, "run">, ComponentType>> = {
  tasks: lazy(() => import("./tasks/TasksView.tsx")),
  results: lazy(async () => ({ default: (await import("./results/ResultsView.tsx")).ResultsView })),
  race: lazy(async () => ({ default: (await import("./race/RaceView.tsx")).RaceView })),
  "new-task": lazy(async () => ({ default: (await import("./new-task/NewTaskView.tsx")).NewTaskView })),
};

let isStarted = false;

function startOnce(): void {
  if (isStarted) return;
  isStarted = true;
  startOffline();
  startPage();
  readViewAddress();
  addEventListener("hashchange", () => {
    readAddress();
    readViewAddress();
  });
}

/** The page; if all of it fails, a sentence and a way to go on. */
export function App() {
  return (
    <ErrorBoundary FallbackComponent={PageFailure}>
      <Page />
    </ErrorBoundary>
  );
}

function PageFailure({ error }: FallbackProps) {
  return (
    <main role="alert" className={styles.failure}>
      <h1>EMPO² Playground</h1>
      <p>The page could not be shown. What was saved is safe; reload it to go on.</p>
      <p className={controls.note}>{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className={controls.primary} onClick={() => location.reload()}>
        Reload
      </button>
    </main>
  );
}

/** Transport bar, status, and the five panels of the causal chain; the lab stands beside them and covers nothing. */
function Page() {
  const isLabOpen = usePage((state) => state.isLabOpen);
  const isHelpOpen = usePage((state) => state.isHelpOpen);
  const isSavedOpen = usePage((state) => state.isSavedOpen);
  const view = usePage((state) => state.view);
  const isWorldWide = usePage((state) => state.isWorldWide);
  useEffect(startOnce, []);
  useFollow();
  useKeyboard();
  return (
    <div className={styles.app} data-lab={isLabOpen ? "open" : "closed"} data-view={view === "run" ? "run" : "other"}>
      <TransportBar />
      <section className={styles.status} aria-label="Status">
        <StatusStrip />
      </section>
      <div className={styles.work}>
        {isLabOpen && (
          <Suspense fallback={null}>
            <Lab />
          </Suspense>
        )}
        {view === "run" ? <RunPanels /> : <OtherView view={view} />}
      </div>
      {view === "run" && !isWorldWide && <PanelTabs />}
      <Notes />
      <LateDialog isOpen={isHelpOpen} dialog={HelpDialog} />
      <LateDialog isOpen={isSavedOpen} dialog={SavedDialog} />
    </div>
  );
}

/** A view; if it cannot be fetched or fails, the run's bar stays. */
function OtherView({ view }: { readonly view: keyof typeof VIEWS }) {
  const View = VIEWS[view];
  return (
    <ErrorBoundary key={view} FallbackComponent={ViewFailure}>
      <Suspense fallback={<main className={styles.loading}>Loading…</main>}>
        <View />
      </Suspense>
    </ErrorBoundary>
  );
}

function ViewFailure({ error }: FallbackProps) {
  return (
    <main role="alert" className={styles.failure}>
      <p className={controls.error}>This view could not be shown. A running run goes on.</p>
      <p className={controls.note}>{error instanceof Error ? error.message : String(error)}</p>
      <p className={controls.note}>If the page was updated on its server meanwhile, a reload helps.</p>
      <button type="button" className={controls.button} onClick={() => location.reload()}>
        Reload
      </button>
      <button type="button" className={controls.button} onClick={closeView}>
        Back to the run
      </button>
    </main>
  );
}

/** The five panels, or the first of them alone where the lab leaves room for it. */
function RunPanels() {
  const isWorldAlone = usePage((state) => state.isWorldWide && !state.isLabOpen);
  return (
    <main className={classNames(styles.panels, isWorldAlone && styles.worldOnly)}>
      {PANELS.map(({ id, title, Content }) => (
        <PanelGuard key={id} id={id} title={title}>
          <Content />
        </PanelGuard>
      ))}
    </main>
  );
}

interface LateDialogProps {
  readonly isOpen: boolean;
  readonly dialog: ComponentType;
}

/** A dialog, from its first opening on. */
function LateDialog({ isOpen, dialog: Dialog }: LateDialogProps) {
  const [isWanted, setIsWanted] = useState(false);
  if (isOpen && !isWanted) setIsWanted(true);
  return isWanted ? (
    <Suspense fallback={null}>
      <Dialog />
    </Suspense>
  ) : null;
}

/** The tab bar of narrow screens. */
function PanelTabs() {
  return (
    <nav className={styles.tabs} aria-label="Panels">
      {PANELS.map(({ id, title }) => (
        <a
          key={id}
          href={`#${id}`}
          onClick={(event) => {
            event.preventDefault();
            document.getElementById(id)?.scrollIntoView({ behavior: "smooth" });
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}
