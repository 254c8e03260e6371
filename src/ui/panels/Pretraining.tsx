import { useState } from "react";
import type { Progress } from "../../protocol/messages.ts";
import { startPretraining, stopPretraining } from "../actions/pretraining.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatDuration, formatTokens } from "../format.ts";
import { usePage } from "../store/store.ts";
import styles from "./Lab.module.css";

const SIZES: readonly number[] = [100_000, 500_000, 2_000_000, 6_000_000];

/** Trains a base policy in the page, in place of the shipped one. One button, so that it keeps the focus. */
export function Pretraining() {
  const progress = usePage((state) => state.pretraining);
  const seed = usePage((state) => state.settings.draft.seed);
  const [tokens, setTokens] = useState(500_000);
  return (
    <div className={styles.pretraining}>
      {progress === null ? <SizeChoice tokens={tokens} onChange={setTokens} /> : <Ongoing progress={progress} />}
      <button
        type="button"
        className={classNames(controls.button, controls.small)}
        onClick={() => (progress === null ? startPretraining(seed, tokens) : stopPretraining())}
      >
        {progress === null ? "Pretrain" : "Stop"}
      </button>
    </div>
  );
}

interface SizeChoiceProps {
  readonly tokens: number;
  readonly onChange: (tokens: number) => void;
}

function SizeChoice({ tokens, onChange }: SizeChoiceProps) {
  return (
    <label className={controls.note}>
      Or train one here, on{" "}
      <select
        className={classNames(controls.input, controls.small)}
        value={tokens}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {SIZES.map((size) => (
          <option key={size} value={size}>
            {formatTokens(size)} tokens
          </option>
        ))}
      </select>
    </label>
  );
}

function Ongoing({ progress: { text, fraction, remainingMs } }: { readonly progress: Progress }) {
  return (
    <>
      <span className={controls.note} role="status">
        {text}
        {remainingMs !== null && `, about ${formatDuration(remainingMs)} left`}
      </span>
      <progress aria-label={text} {...(fraction === null ? {} : { value: fraction })} />
    </>
  );
}
