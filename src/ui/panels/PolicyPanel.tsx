import { useState } from "react";
import type { InspectedToken, TokenChoice } from "../../protocol/messages.ts";
import { Panel } from "../components/Panel.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { asSentence, formatPercent } from "../format.ts";
import { useInspection } from "../hooks/use-inspection.ts";
import type { ShownRollout } from "../store/episode-slice.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import { shownRollout, shownView, usePage } from "../store/store.ts";
import { ActionList } from "./ActionList.tsx";
import styles from "./PolicyPanel.module.css";

/** What the policy was likely to write at the shown turn, with the tips and without. */
export function PolicyPanel() {
  const rollout = usePage(shownRollout);
  const turn = usePage((state) => state.selection.turn);
  return (
    <Panel id="policy" title="Policy" isActive={false}>
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
  const state = usePage((page) => shownView(page)?.worker?.state ?? null);
  const isAnswering = state !== "elsewhere" && state !== "failed";
  const canAsk = key !== null && rollout.finished !== null && isLatest && isAnswering;
  return (
    <>
      {canAsk ? (
        <Inspected key={rollout.rolloutId} runKey={key} rollout={rollout} turn={turn} />
      ) : (
        <Sampled rollout={rollout} turn={turn} reason={sampledReason(key !== null, rollout, state)} />
      )}
      <ActionList rollout={rollout} turn={turn} />
    </>
  );
}

function sampledReason(isLive: boolean, rollout: ShownRollout, state: WorkerState["state"] | null): string {
  if (state === "elsewhere")
    return "Another tab trains this run and has its policy. Take the run over to compare with and without tips here.";
  if (state === "failed") return "The run has stopped. Go on from its last save to compare with and without tips.";
  if (!isLive)
    return "A recorded run keeps only the probabilities of the words it wrote. Press Train to compare with and without tips live.";
  if (rollout.finished === null)
    return "While the rollout is running, only the probabilities it was sampled with are known.";
  return "The policy has changed since. Choose a rollout of the newest iteration to compare with and without tips.";
}

interface TurnProps {
  readonly rollout: ShownRollout;
  readonly turn: number;
}

function TurnTitle({ rollout, turn }: TurnProps) {
  const action = rollout.turns[turn]?.action ?? "";
  return (
    <p>
      Turn {turn + 1}: <span className={styles.action}>{action === "" ? "(no word)" : action}</span>
    </p>
  );
}

function Inspected({ runKey, rollout, turn }: TurnProps & { readonly runKey: string }) {
  const inspection = useInspection({ key: runKey, rolloutId: rollout.rolloutId, turn });
  if (inspection === null) {
    return (
      <Sampled rollout={rollout} turn={turn} reason="Asking the policy: it answers between two steps of the run." />
    );
  }
  const { target, tokens, problem } = inspection;
  if (problem !== null) return <Sampled rollout={rollout} turn={turn} reason={asSentence(problem)} />;
  const hasTips = rollout.retrieved.some((tip) => tip.turn <= target.turn);
  return (
    <div className={styles.tokens}>
      <TurnTitle rollout={rollout} turn={target.turn} />
      <Compared key={target.turn} tokens={tokens} hasTips={hasTips} />
      <p className={controls.note}>
        {hasTips
          ? "Current weights. Choose a word to see what else was likely."
          : "This rollout has read no tips so far, so there is nothing to compare. Current weights."}
      </p>
    </div>
  );
}

interface ComparedProps {
  readonly tokens: readonly InspectedToken[];
  readonly hasTips: boolean;
}

/** The words of an action as two aligned lists of bars; one list where no tips were read. */
function Compared({ tokens, hasTips }: ComparedProps) {
  const [opened, setOpened] = useState(() => mostTelling(tokens, hasTips));
  return (
    <>
      <div className={classNames(styles.head, !hasTips && styles.single)} aria-hidden="true">
        <span>word</span>
        {hasTips && <span>with tips</span>}
        <span>{hasTips ? "without" : "probability"}</span>
      </div>
      {tokens.map((token, i) => (
        <ComparedToken
          key={i}
          token={token}
          hasTips={hasTips}
          isOpen={opened === i}
          onToggle={() => setOpened(opened === i ? -1 : i)}
        />
      ))}
    </>
  );
}

/** The word whose probability the tips change most; without tips the least likely one. */
function mostTelling(tokens: readonly InspectedToken[], hasTips: boolean): number {
  const scores = tokens.map(({ withTips, withoutTips }) =>
    hasTips ? Math.abs(withTips.probability - withoutTips.probability) : 1 - withoutTips.probability,
  );
  return scores.indexOf(Math.max(...scores));
}

interface ComparedTokenProps {
  readonly token: InspectedToken;
  readonly hasTips: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function ComparedToken({ token: { word, withTips, withoutTips }, hasTips, isOpen, onToggle }: ComparedTokenProps) {
  const label = hasTips ? "probability with tips, and without" : "probability";
  return (
    <>
      <button
        type="button"
        className={classNames(styles.token, !hasTips && styles.single)}
        aria-expanded={isOpen}
        aria-description={label}
        onClick={onToggle}
      >
        <span className={styles.word}>{word}</span>
        {hasTips && <Bar probability={withTips.probability} isTip />}
        <Bar probability={withoutTips.probability} />
      </button>
      {isOpen && (
        <div className={classNames(styles.choices, !hasTips && styles.alone)}>
          {hasTips && <Choices title="with tips" choices={withTips.top} chosen={word} />}
          <Choices title={hasTips ? "without tips" : "what else was likely"} choices={withoutTips.top} chosen={word} />
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
      <h3>{title}</h3>
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
function Sampled({ rollout, turn, reason }: TurnProps & { readonly reason: string }) {
  const { action, logProbs } = rollout.turns[turn]!;
  const words = [...action.split(" ").filter((word) => word !== ""), "(end)"];
  return (
    <div className={styles.tokens}>
      <TurnTitle rollout={rollout} turn={turn} />
      {logProbs.map((logProb, i) => (
        <div key={i} className={classNames(styles.token, styles.single)}>
          <span className={styles.word}>{words[i] ?? "(cut)"}</span>
          <Bar probability={Math.exp(logProb)} />
        </div>
      ))}
      <p className={controls.note}>{reason}</p>
    </div>
  );
}
