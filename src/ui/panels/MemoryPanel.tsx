import { memo, useDeferredValue, useMemo, useState } from "react";
import { clearTips, deleteTip, pinTip } from "../actions/tip-actions.ts";
import { Icon } from "../components/Icon.tsx";
import { Panel } from "../components/Panel.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { FilterInput } from "../components/FilterInput.tsx";
import { formatCount, formatScore, plural } from "../format.ts";
import { bucketLabel, INITIAL_MEMORY, type ShownTip } from "../store/memory-slice.ts";
import { usesMemory } from "../store/modes.ts";
import { shownView, usePage } from "../store/store.ts";
import { listTips, type TipOrder } from "../store/tip-list.ts";
import { RetrievedTips } from "./RetrievedTips.tsx";
import { TipEditor } from "./TipEditor.tsx";
import styles from "./MemoryPanel.module.css";

/** Every row is drawn anew after an iteration, as all tips grow older: more of them would hold up the page's thread. */
const PAGE_SIZE = 50;

/** The tips of the run: as they are written, which were read, and by hand. */
export function MemoryPanel() {
  const tips = usePage((state) => (shownView(state)?.memory ?? INITIAL_MEMORY).tips);
  const phase = usePage((state) => shownView(state)?.run.phase);
  const isLive = usePage((state) => shownView(state)?.source === "live");
  const method = usePage((state) => shownView(state)?.run.method ?? "");
  const [edited, setEdited] = useState<ShownTip | "new" | null>(null);
  const buckets = useMemo(() => [...new Set(tips.map(({ bucket }) => bucket))].sort(), [tips]);
  return (
    <Panel
      id="memory"
      title="Memory"
      isActive={phase === "tipWriting" || phase === "retrieval"}
      aside={
        <>
          <span>
            <span className={styles.count} data-testid="tip-count">
              {tips.length}
            </span>{" "}
            {tips.length === 1 ? "tip" : "tips"}
          </span>
          {isLive && (
            <MemoryMenu tipCount={tips.length} canWrite={buckets.length > 0} onWrite={() => setEdited("new")} />
          )}
        </>
      }
    >
      {edited !== null && (
        <TipEditor
          key={edited === "new" ? "new" : edited.id}
          tip={edited === "new" ? null : edited}
          buckets={buckets}
          onClose={() => setEdited(null)}
        />
      )}
      <RetrievedTips />
      {tips.length === 0 ? <EmptyMemory method={method} /> : <TipList tips={tips} isLive={isLive} onEdit={setEdited} />}
    </Panel>
  );
}

function EmptyMemory({ method }: { readonly method: string }) {
  if (method !== "" && !usesMemory(method)) {
    return <p className={controls.empty}>This method has no memory. Choose the EMPO² run to see tips.</p>;
  }
  return (
    <p className={controls.empty}>
      No tips yet. After each episode the policy writes one line about it; it appears here.
    </p>
  );
}

interface MemoryMenuProps {
  readonly tipCount: number;
  readonly canWrite: boolean;
  readonly onWrite: () => void;
}

function MemoryMenu({ tipCount, canWrite, onWrite }: MemoryMenuProps) {
  const [isAsking, setIsAsking] = useState(false);
  if (isAsking) {
    return (
      <>
        <button
          type="button"
          className={classNames(controls.danger, controls.small)}
          autoFocus
          onClick={() => {
            clearTips();
            setIsAsking(false);
          }}
        >
          Delete {formatCount(tipCount)}
        </button>
        <button type="button" className={classNames(controls.quiet, controls.small)} onClick={() => setIsAsking(false)}>
          Keep
        </button>
      </>
    );
  }
  return (
    <>
      <button
        type="button"
        className={controls.icon}
        aria-label="Write a tip"
        title={canWrite ? "Write a tip" : "Write a tip: possible after the first iteration"}
        disabled={!canWrite}
        onClick={onWrite}
      >
        <Icon name="plus" />
      </button>
      <button
        type="button"
        className={controls.icon}
        aria-label="Clear the memory"
        title="Clear the memory"
        disabled={tipCount === 0}
        onClick={() => setIsAsking(true)}
      >
        <Icon name="trash" />
      </button>
    </>
  );
}

interface TipListProps {
  readonly tips: readonly ShownTip[];
  readonly isLive: boolean;
  readonly onEdit: (tip: ShownTip) => void;
}

function TipList({ tips, isLive, onEdit }: TipListProps) {
  const [filter, setFilter] = useState("");
  const [order, setOrder] = useState<TipOrder>("score");
  const [limit, setLimit] = useState(PAGE_SIZE);
  const iteration = usePage((state) => shownView(state)?.run.iteration ?? 0);
  // What was typed is shown before a long list is.
  const words = useDeferredValue(filter);
  const listed = useMemo(() => listTips(tips, words, order), [tips, words, order]);
  return (
    <>
      <div className={styles.toolbar}>
        <FilterInput label="Filter the tips by words" value={filter} onChange={setFilter} />
        <select
          className={controls.input}
          aria-label="Order of the tips"
          value={order}
          onChange={(event) => setOrder(event.target.value as TipOrder)}
        >
          <option value="score">best</option>
          <option value="newest">newest</option>
          <option value="read">most read</option>
        </select>
      </div>
      {listed.length === 0 && <p className={controls.empty}>No tip has these words. Change the filter.</p>}
      <ul className={styles.list} aria-label="Tips">
        {listed.slice(0, limit).map((tip) => (
          <TipRow key={tip.id} tip={tip} age={Math.max(0, iteration - tip.iteration)} isLive={isLive} onEdit={onEdit} />
        ))}
      </ul>
      {listed.length > limit && (
        <button type="button" className={controls.button} onClick={() => setLimit(limit + PAGE_SIZE)}>
          Show {Math.min(PAGE_SIZE, listed.length - limit)} more of {formatCount(listed.length)}
        </button>
      )}
    </>
  );
}

interface TipRowProps {
  readonly tip: ShownTip;
  /** Iterations since it was written. */
  readonly age: number;
  readonly isLive: boolean;
  readonly onEdit: (tip: ShownTip) => void;
}

const TipRow = memo(function TipRow({ tip, age, isLive, onEdit }: TipRowProps) {
  const { id, text, score, bucket, retrievedCount, pinned, author } = tip;
  return (
    <li className={styles.tip}>
      <span className={styles.score} title="Score of its episode, points">
        {formatScore(score)}
      </span>
      <span className={styles.text}>{text}</span>
      <span className={styles.meta}>
        <span>{bucketLabel(bucket)}</span>
        <span title={`Written ${plural(age, "iteration")} ago`}>{age === 0 ? "new" : `${age} it. old`}</span>
        <span>read {formatCount(retrievedCount)}×</span>
        {author === "person" && <span>by hand</span>}
        {pinned && <span>pinned</span>}
        {isLive && (
          <span className={styles.actions}>
            <button
              type="button"
              className={controls.icon}
              aria-pressed={pinned}
              aria-label={`Pin tip ${id}`}
              title={pinned ? "Unpin" : "Pin: never dropped"}
              onClick={() => pinTip(tip)}
            >
              <Icon name="pin" isSolid={pinned} />
            </button>
            <button
              type="button"
              className={controls.icon}
              aria-label={`Edit tip ${id}`}
              title="Edit"
              onClick={() => onEdit(tip)}
            >
              <Icon name="edit" />
            </button>
            <button
              type="button"
              className={controls.icon}
              aria-label={`Delete tip ${id}`}
              title="Delete"
              onClick={() => deleteTip(tip)}
            >
              <Icon name="close" />
            </button>
          </span>
        )}
      </span>
    </li>
  );
});
