import { usePage } from "../store/store.ts";
import { ViewShell } from "../views/ViewShell.tsx";
import { TrialResults } from "./TrialResults.tsx";
import { TrialsSetup } from "./TrialsSetup.tsx";
import { useTrials, type Candidate } from "./trials-store.ts";
import parts from "../views/view-parts.module.css";
import styles from "./NewTask.module.css";

/** A trained policy on a task it has not seen, weights frozen: does its memory help it from trial to trial? */
export function NewTaskView() {
  const candidates = useCandidates();
  const tried = useTrials((trials) => trials.tried);
  return (
    <ViewShell view="new-task" title="New task, no weight update">
      <div className={parts.scroller}>
        <p className={styles.about}>
          The weights are frozen as they are now. Each policy does trial after trial on the test variations of another
          task or house: with memory, so that the tips of one trial are read in the next (it begins empty), and without.
          Every policy meets the same chances. The paper’s figure 8 does this for EMPO² alone, over ten trials.
        </p>
        <TrialsSetup candidates={candidates} />
        {tried !== null && <TrialResults tried={tried} />}
      </div>
    </ViewShell>
  );
}

/** The base policy, the live runs that have learned something, and files. */
function useCandidates(): readonly Candidate[] {
  const base = usePage((page) => page.settings.draft.base);
  const liveKeys = usePage((page) => page.liveKeys);
  const views = usePage((page) => page.views);
  const files = useTrials((trials) => trials.files);
  const live = liveKeys.flatMap((key): Candidate[] => {
    const view = views[key];
    if (view === undefined || view.run.iteration === 0 || view.worker?.state === "elsewhere") return [];
    const { run, title } = view;
    return [{ id: key, title: `${title}, iteration ${run.iteration}`, method: run.method, source: { key } }];
  });
  return [{ id: "base", title: `Base policy “${base}”`, method: null, source: "base" }, ...live, ...files];
}
