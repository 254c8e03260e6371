import { useState } from "react";
import { startPretraining, stopPretraining } from "../actions/pretraining.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatDuration, formatTokens } from "../format.ts";
import { usePage } from "../store/store.ts";
import styles from "./Lab.module.css";

const SIZES: readonly number[] = [100_000, 500_000, 2_000_000, 6_000_000];

/** Trains a base policy in the page, in place of the shipped one. */
export function Pretraining() {
  const progress = usePage((state) => state.pretraining);
  const seed = usePage((state) => state.settings.draft.seed);
  const [tokens, setTokens] = useState(500_000);
  if (progress !== null) {
    const { text, fraction, remainingMs } = progress;
    return (
      <div className={styles.pretraining} role="status">
        <span className={controls.note}>
          {text}
          {remainingMs !== null && `, about ${formatDuration(remainingMs)} left`}
        </span>
        <progress aria-label={text} {...(fraction === null ? {} : { value: fraction })} />
        <button type="button" className={classNames(controls.button, controls.small)} onClick={stopPretraining}>
          Stop
        </button>
      </div>
    );
  }
  return (
    <div className={styles.pretraining}>
      <label className={controls.note}>
        Or train a base policy here, on{" "}
        <select
          className={classNames(controls.input, controls.small)}
          value={tokens}
          onChange={(event) => setTokens(Number(event.target.value))}
        >
          {SIZES.map((size) => (
            <option key={size} value={size}>
              {formatTokens(size)} tokens
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className={classNames(controls.button, controls.small)}
        onClick={() => startPretraining(seed, tokens)}
      >
        Pretrain
      </button>
    </div>
  );
}
