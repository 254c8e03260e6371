import { useEffect } from "react";
import { startPage } from "./actions/page-actions.ts";
import { readAddress } from "./actions/settings-actions.ts";
import { useFollow } from "./hooks/use-follow.ts";
import { useKeyboard } from "./hooks/use-keyboard.ts";
import { HelpDialog } from "./panels/HelpDialog.tsx";
import { Lab } from "./panels/Lab.tsx";
import { MemoryPanel } from "./panels/MemoryPanel.tsx";
import { Notes } from "./panels/Notes.tsx";
import { PolicyPanel } from "./panels/PolicyPanel.tsx";
import { ResultPanel } from "./panels/ResultPanel.tsx";
import { StatusStrip } from "./panels/StatusStrip.tsx";
import { TransportBar } from "./panels/TransportBar.tsx";
import { UpdatePanel } from "./panels/UpdatePanel.tsx";
import { WorldPanel } from "./panels/WorldPanel.tsx";
import styles from "./App.module.css";

const TABS = ["World", "Memory", "Policy", "Update", "Result"] as const;

let isStarted = false;

function startOnce(): void {
  if (isStarted) return;
  isStarted = true;
  startPage();
  addEventListener("hashchange", () => readAddress());
}

/** The page: transport bar, status, and the five panels of the causal chain. */
export function App() {
  useEffect(startOnce, []);
  useFollow();
  useKeyboard();
  return (
    <div className={styles.app}>
      <TransportBar />
      <section className={styles.status} aria-label="Status">
        <StatusStrip />
      </section>
      <main className={styles.panels}>
        <WorldPanel />
        <MemoryPanel />
        <PolicyPanel />
        <UpdatePanel />
        <ResultPanel />
      </main>
      <nav className={styles.tabs} aria-label="Panels">
        {TABS.map((title) => (
          <a
            key={title}
            href={`#${title.toLowerCase()}`}
            onClick={(event) => {
              event.preventDefault();
              document.getElementById(title.toLowerCase())?.scrollIntoView({ behavior: "smooth" });
            }}
          >
            {title}
          </a>
        ))}
      </nav>
      <Lab />
      <Notes />
      <HelpDialog />
    </div>
  );
}
