import { useState } from "react";
import type { TurnRecord } from "../../core/events/training-event.ts";
import type { InspectedToken, TokenChoice } from "../../protocol/messages.ts";
import { Panel } from "../components/Panel.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatPercent } from "../format.ts";
import { useInspection, type InspectionTarget } from "../hooks/use-inspection.ts";
import type { ShownRollout } from "../store/episode-slice.ts";
import { shownRollout, shownView, usePage } from "../store/store.ts";
import styles from "./PolicyPanel.module.css";

/** What the policy was likely to write at the shown turn, with the tips and without. */
export function PolicyPanel() {
  const rollout = usePage(shownRollout);
  const turn = usePage((state) => state.selection.turn);
  return (
    <Panel id="policy" title="Policy" isActive={false} aside={<span>next-token probabilities</span>}>
      {rollout === null || rollout.turns.length === 0 ? (
        <p className={controls.empty}>
          No action yet. As soon as a rollout is on show, its words appear here with their probabilities.
        </p>
      ) : (
        <Action rollout={rollout} turn={Math.min(Math.max(1, turn), rollout.turns.length) - 1} />
      )}
    </Panel>
  );
}

function Action({ rollout, turn }: { readonly rollout: ShownRollout; readonly turn: number }) {
  const key = usePage((state) => (shownView(state)?.source === "live" ? state.shownKey : null));
  const isLatest = usePage((state) => shownView(state)?.run.iteration === rollout.finished?.iteration);
  const action = rollout.turns[turn]!;
  return (
    <>
      <p>
        Turn {turn + 1}: <span className={styles.action}>{action.action === "" ? "(no word)" : action.action}</span>
      </p>
      {key !== null && rollout.finished !== null && isLatest ? (
        <Inspected target={{ key, rolloutId: rollout.rolloutId, turn }} action={action} />
      ) : (
        <Sampled action={action} reason={sampledReason(key !== null, rollout)} />
      )}
    </>
  );
}

function sampledReason(isLive: boolean, rollout: ShownRollout): string {
  if (!isLive)
    return "A recorded run keeps only the probabilities of the words it wrote. Press Train to compare with and without tips live.";
  if (rollout.finished === null)
    return "While the rollout is running, only the probabilities it was sampled with are known.";
  return "The policy has changed since. Choose a rollout of the newest iteration to compare with and without tips.";
}

function Inspected({ target, action }: { readonly target: InspectionTarget; readonly action: TurnRecord }) {
  const inspection = useInspection(target);
  const [opened, setOpened] = useState<number | null>(null);
  switch (inspection.state) {
    case "waiting":
      return <Sampled action={action} reason="Asking the policy: it answers between two steps of the run." />;
    case "failed":
      return <Sampled action={action} reason={inspection.message} />;
    case "done":
      return (
        <div className={styles.tokens}>
          <div className={styles.head} aria-hidden="true">
            <span>word</span>
            <span>with tips</span>
            <span>without</span>
          </div>
          {inspection.tokens.map((token, i) => (
            <ComparedToken
              key={i}
              token={token}
              isOpen={(opened ?? mostChanged(inspection.tokens)) === i}
              onToggle={() => setOpened(opened === i ? -1 : i)}
            />
          ))}
          <p className={controls.note}>Current weights. Choose a word to see what else was likely.</p>
        </div>
      );
  }
}

/** The word whose probability the tips change most. */
function mostChanged(tokens: readonly InspectedToken[]): number {
  const changes = tokens.map(({ withTips, withoutTips }) => Math.abs(withTips.probability - withoutTips.probability));
  return changes.indexOf(Math.max(...changes));
}

interface ComparedTokenProps {
  readonly token: InspectedToken;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function ComparedToken({ token: { word, withTips, withoutTips }, isOpen, onToggle }: ComparedTokenProps) {
  const label = `${word}: ${formatPercent(withTips.probability)} with tips, ${formatPercent(withoutTips.probability)} without`;
  return (
    <>
      <button type="button" className={styles.token} aria-expanded={isOpen} aria-label={label} onClick={onToggle}>
        <span className={styles.word}>{word}</span>
        <Bar probability={withTips.probability} isTip />
        <Bar probability={withoutTips.probability} />
      </button>
      {isOpen && (
        <div className={styles.choices}>
          <Choices title="with tips" choices={withTips.top} chosen={word} />
          <Choices title="without tips" choices={withoutTips.top} chosen={word} />
        </div>
      )}
    </>
  );
}

interface ChoicesProps {
  readonly title: string;
  readonly choices: readonly TokenChoice[];
  readonly chosen: string;
}

function Choices({ title, choices, chosen }: ChoicesProps) {
  return (
    <div>
      <h4>{title}</h4>
      <ul>
        {choices.slice(0, 6).map(({ word, probability }) => (
          <li key={word} className={classNames(styles.choice, word === chosen && styles.chosen)}>
            <span>{word}</span>
            <span>{formatPercent(probability)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Bar({ probability, isTip = false }: { readonly probability: number; readonly isTip?: boolean }) {
  return (
    <span className={classNames(styles.bar, isTip && styles.tipBar)}>
      <i style={{ width: `${Math.min(1, Math.max(0, probability)) * 100}%` }} />
      <span>{formatPercent(probability)}</span>
    </span>
  );
}

/** The words of an action with the probabilities they were sampled with. */
function Sampled({ action, reason }: { readonly action: TurnRecord; readonly reason: string }) {
  const words = [...action.action.split(" ").filter((word) => word !== ""), "(end)"];
  return (
    <div className={styles.tokens}>
      {action.logProbs.map((logProb, i) => (
        <div key={i} className={classNames(styles.token, styles.single)}>
          <span className={styles.word}>{words[i] ?? "(cut)"}</span>
          <Bar probability={Math.exp(logProb)} />
        </div>
      ))}
      <p className={controls.note}>{reason}</p>
    </div>
  );
}
