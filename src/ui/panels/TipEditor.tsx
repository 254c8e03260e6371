import { useId, useState, type FormEvent } from "react";
import { unknownWords, wordsIn } from "../../core/text/tokenizer.ts";
import controls from "../components/controls.module.css";
import { classNames } from "../components/class-names.ts";
import { bucketLabel, type ShownTip } from "../store/memory-slice.ts";
import { editTip } from "../actions/live-runs.ts";
import styles from "./MemoryPanel.module.css";

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
  const [bucket, setBucket] = useState(tip?.bucket ?? buckets[0] ?? "");
  const [score, setScore] = useState(tip?.score ?? 100);
  const errorId = useId();
  const unknown = unknownWords(text);
  const isEmpty = wordsIn(text).length === 0;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (unknown.length > 0 || isEmpty) return;
    const words = wordsIn(text).join(" ");
    if (tip === null) editTip({ type: "add", bucket, text: words, score });
    else editTip({ type: "rewrite", tipId: tip.id, text: words });
    onClose();
  };
  return (
    <form className={styles.editor} onSubmit={save} aria-label={tip === null ? "Write a tip" : `Edit tip ${tip.id}`}>
      <textarea
        className={controls.input}
        rows={3}
        autoFocus
        aria-label="Text of the tip"
        aria-invalid={unknown.length > 0}
        aria-describedby={errorId}
        placeholder="for example: hallway ; go kitchen ; connect red bulb to battery"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p id={errorId} role="status" className={classNames(controls.note, unknown.length > 0 && controls.error)}>
        {unknown.length === 0
          ? "Only words of the policy’s vocabulary, separated by spaces."
          : `The policy cannot read ${unknown.map((word) => `“${word}”`).join(", ")}. Use other words.`}
      </p>
      {tip === null && (
        <div className={styles.row}>
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
          <label>
            score{" "}
            <input
              className={controls.input}
              type="number"
              min={-100}
              max={100}
              value={score}
              onChange={(event) => setScore(Math.min(100, Math.max(-100, Math.round(event.target.valueAsNumber || 0))))}
            />
          </label>
        </div>
      )}
      <div className={styles.row}>
        <button type="submit" className={controls.primary} disabled={unknown.length > 0 || isEmpty}>
          Save
        </button>
        <button type="button" className={controls.quiet} onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
