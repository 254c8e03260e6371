import type { LivingView, ThingView } from "../../core/envs/env.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { StageGlyph } from "./StageGlyph.tsx";
import styles from "./ThingList.module.css";

/** °C of a house in which nothing has warmed anything. */
const ROOM_TEMPERATURE = 10;
const HOT = 40;
const COLD = 5;

interface ThingListProps {
  readonly things: readonly ThingView[];
  readonly taskWords: string;
  /** Null if things cannot be chosen. */
  readonly onChoose: ((name: string) => void) | null;
}

/** Things as chips with their states; what is in a thing stands inside it. */
export function ThingList({ things, taskWords, onChoose }: ThingListProps) {
  const words = new Set(taskWords.split(/\s+/));
  return (
    <ul className={styles.things}>
      {things.map((thing, i) => {
        const { name, contents, living } = thing;
        const isKey = name.split(" ").every((word) => words.has(word));
        const content = (
          <>
            {living !== null && <StageGlyph living={living} />}
            {name}
          </>
        );
        return (
          <li key={i} className={classNames(styles.thing, isKey && styles.key)}>
            {onChoose === null ? (
              <span className={styles.name}>{content}</span>
            ) : (
              <button
                type="button"
                className={styles.name}
                title={`Actions with the ${name}`}
                onClick={() => onChoose(name)}
              >
                {content}
              </button>
            )}
            <States thing={thing} />
            {living !== null && living.stages.length > 1 && <Course living={living} />}
            {contents.length > 0 && <ThingList things={contents} taskWords={taskWords} onChoose={onChoose} />}
          </li>
        );
      })}
    </ul>
  );
}

const STATE_STYLES: Readonly<Partial<Record<string, string | undefined>>> = {
  on: styles.on,
  focused: styles.focused,
  burning: styles.hot,
};

function States({ thing: { states, temperature } }: { readonly thing: ThingView }) {
  const wires = states.filter((state) => state.includes(" wired to "));
  const plain = states.filter((state) => !wires.includes(state));
  return (
    <>
      {plain.map((state) => (
        <span key={state} className={classNames(styles.state, STATE_STYLES[state])}>
          {state}
        </span>
      ))}
      {wires.length > 0 && (
        <span className={styles.state} title={wires.join(", ")}>
          wired<span className={controls.visuallyHidden}>: {wires.join(", ")}</span>
        </span>
      )}
      {temperature !== null && Math.round(temperature) !== ROOM_TEMPERATURE && <Temperature degrees={temperature} />}
    </>
  );
}

function Temperature({ degrees }: { readonly degrees: number }) {
  const rounded = Math.round(degrees);
  return (
    <span className={classNames(styles.state, degrees >= HOT && styles.hot, degrees <= COLD && styles.cold)}>
      {String(rounded).replace("-", "−")} °C
    </span>
  );
}

/** How far something alive has grown: one mark a stage. */
function Course({ living: { stage, stages } }: { readonly living: LivingView }) {
  const at = stages.indexOf(stage);
  return (
    <span className={styles.course} title={stages.join(" → ")}>
      <span aria-hidden="true">
        {stages.map((name, i) => (
          <span key={name} className={classNames(styles.stage, i <= at && styles.reached)} />
        ))}
      </span>
      {stage}
      <span className={controls.visuallyHidden}>
        , stage {at + 1} of {stages.length}
      </span>
    </span>
  );
}
