import { useId, useState } from "react";
import { unknownWords, wordsIn } from "../../core/text/tokenizer.ts";
import controls from "../components/controls.module.css";
import { classNames } from "../components/class-names.ts";
import { bucketLabel, type ShownTip } from "../store/memory-slice.ts";
import { editTip } from "../actions/run-requests.ts";
import styles from "./MemoryPanel.module.css";

/** Longer than any tip that fits into an episode. */
const MAX_TIP_LENGTH = 600;

interface TipEditorProps {
  /** The tip to rewrite; null writes a new one. */
  readonly tip: ShownTip | null;
  /** Memories of the task variations. */
  readonly buckets: readonly string[];
  readonly onClose: () => void;
}

/** Writes a tip by hand. Words that the policy cannot read are named and refused. */
export function TipEditor({ tip, buckets, onClose }: TipEditorProps) {
  const [text, setText] = useState(tip?.text ?? "");
  const [bucket, setBucket] = useState(buckets[0] ?? "");
  const [score, setScore] = useState(100);
  const words = wordsIn(text).join(" ");
  const canSave = words !== "" && unknownWords(text).length === 0;
  const save = () => {
    if (!canSave) return;
    if (tip === null) editTip({ type: "add", bucket, text: words, score });
    else editTip({ type: "rewrite", tipId: tip.id, text: words });
    onClose();
  };
  return (
    <form
      className={styles.editor}
      aria-label={tip === null ? "Write a tip" : `Edit tip ${tip.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TipText text={text} setText={setText} />
      {tip === null && (
        <div className={styles.row}>
          <BucketSelect buckets={buckets} bucket={bucket} setBucket={setBucket} />
          <ScoreInput score={score} setScore={setScore} />
        </div>
      )}
      <div className={styles.row}>
        <button type="submit" className={controls.primary} disabled={!canSave}>
          Save
        </button>
        <button type="button" className={controls.quiet} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function TipText({ text, setText }: { readonly text: string; readonly setText: (text: string) => void }) {
  const id = useId();
  const unknown = unknownWords(text);
  const names = unknown.map((word) => `“${word}”`).join(", ");
  return (
    <>
      <textarea
        className={controls.input}
        rows={3}
        maxLength={MAX_TIP_LENGTH}
        autoFocus
        aria-label="Text of the tip"
        aria-invalid={unknown.length > 0}
        aria-describedby={id}
        placeholder="for example: hallway focus take kitchen connect battery on"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={id} role="status" className={classNames(controls.note, unknown.length > 0 && controls.error)}>
        {unknown.length === 0
          ? "Words of the policy’s vocabulary, separated by spaces."
          : `The policy cannot read ${names}. Use other words.`}
      </p>
    </>
  );
}

interface BucketSelectProps {
  readonly buckets: readonly string[];
  readonly bucket: string;
  readonly setBucket: (bucket: string) => void;
}

function BucketSelect({ buckets, bucket, setBucket }: BucketSelectProps) {
  return (
    <label>
      for{" "}
      <select className={controls.input} value={bucket} onChange={(event) => setBucket(event.target.value)}>
        {buckets.map((name) => (
          <option key={name} value={name}>
            {bucketLabel(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function ScoreInput({ score, setScore }: { readonly score: number; readonly setScore: (score: number) => void }) {
  const read = (value: number) => Math.min(100, Math.max(-100, Math.round(value || 0)));
  return (
    <label>
      score{" "}
      <input
        className={controls.input}
        type="number"
        min={-100}
        max={100}
        value={score}
        onChange={(event) => setScore(read(event.target.valueAsNumber))}
      />
    </label>
  );
}
