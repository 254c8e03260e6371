import { Fragment, useEffect, useRef } from "react";
import type { RetrievalRecord } from "../../core/events/training-event.ts";
import { formatScore, formatSigned } from "../format.ts";
import { classNames } from "./class-names.ts";
import controls from "./controls.module.css";
import styles from "./Transcript.module.css";

/** One turn as it is read. */
export interface TranscriptTurn {
  readonly action: string;
  readonly observation: string;
  readonly reward: number;
}

interface TranscriptProps {
  readonly firstObservation: string;
  readonly turns: readonly TranscriptTurn[];
  readonly tips: readonly RetrievalRecord[];
  /** Turns done; later ones are shown faintly. */
  readonly current: number;
  /** Null if the turns cannot be chosen. */
  readonly onChoose: ((turn: number) => void) | null;
  /** What the policy wrote when it was over. */
  readonly writtenTip: string | null;
  readonly testId?: string;
}

/** The running text of an episode, with the tips where the policy read them. */
export function Transcript(props: TranscriptProps) {
  const { firstObservation, turns, tips, current, onChoose, writtenTip, testId } = props;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = root.current;
    const line = box?.querySelector<HTMLElement>("[aria-current]");
    if (box === null || line == null) return;
    box.scrollTop = line.offsetTop + line.offsetHeight - box.clientHeight * 0.7;
  }, [current, turns.length, firstObservation]);
  return (
    <div
      ref={root}
      className={styles.transcript}
      data-testid={testId}
      role="region"
      aria-label="Transcript"
      tabIndex={0}
    >
      <p
        className={classNames(styles.turn, current === 0 && styles.current)}
        aria-current={current === 0 ? "step" : undefined}
      >
        <span className={styles.observation}>{firstObservation}</span>
      </p>
      {turns.map((turn, i) => (
        <Fragment key={i}>
          <Tips tips={tips.filter((tip) => tip.turn === i)} />
          <Turn turn={turn} index={i} current={current} onChoose={onChoose} />
        </Fragment>
      ))}
      <Tips tips={tips.filter((tip) => tip.turn >= turns.length)} />
      {writtenTip !== null && current >= turns.length && (
        <p className={styles.tip}>
          <small>The policy then wrote this tip:</small> {writtenTip === "" ? "(nothing)" : writtenTip}
        </p>
      )}
    </div>
  );
}

function Tips({ tips }: { readonly tips: readonly RetrievalRecord[] }) {
  return tips.map(({ tipId, similarity, text }) => (
    <p key={tipId} className={styles.tip}>
      <small>
        Tip {tipId}, similarity {similarity.toFixed(2)}:
      </small>{" "}
      {text}
    </p>
  ));
}

interface TurnProps {
  readonly turn: TranscriptTurn;
  readonly index: number;
  readonly current: number;
  readonly onChoose: ((turn: number) => void) | null;
}

function Turn({ turn: { action, observation, reward }, index, current, onChoose }: TurnProps) {
  const isCurrent = index + 1 === current;
  const className = classNames(styles.turn, isCurrent && styles.current, index >= current && styles.future);
  const content = (
    <>
      <span className={styles.action}>{action === "" ? "(no word)" : action}</span>
      {reward !== 0 && (
        <span className={reward > 0 ? controls.gain : controls.loss} title={`${formatScore(reward)} points`}>
          {formatSigned(reward, Number.isInteger(reward) ? 0 : 1)}
        </span>
      )}
      <span className={styles.observation}>{observation}</span>
    </>
  );
  if (onChoose === null) {
    return (
      <div className={className} aria-current={isCurrent ? "step" : undefined}>
        {content}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={className}
      aria-current={isCurrent ? "step" : undefined}
      onClick={() => onChoose(index + 1)}
    >
      {content}
    </button>
  );
}
