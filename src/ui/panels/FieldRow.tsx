import { useEffect, useId, useState } from "react";
import { taskSpecs } from "../../core/envs/registry.ts";
import { readRunConfig } from "../../core/training/config-parsing.ts";
import type { NumberField } from "../../core/training/field-kinds.ts";
import type { ConfigField, RunConfig } from "../../core/training/run-config.ts";
import { findBases } from "../actions/bases.ts";
import { methodTitle } from "../actions/run-title.ts";
import { setFields } from "../actions/settings-actions.ts";
import { chooseTask } from "../actions/task-actions.ts";
import { HelpTip } from "../components/HelpTip.tsx";
import { Icon } from "../components/Icon.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { usePage } from "../store/store.ts";
import styles from "./Lab.module.css";

/** One setting: its control, what it means, and its default. */
export function FieldRow({ field }: { readonly field: ConfigField }) {
  const id = useId();
  const value = usePage((state) => state.settings.draft[field.key]);
  const waits = usePage(({ settings: { running } }) => running !== null && !field.hot && running[field.key] !== value);
  const isChanged = value !== field.default;
  return (
    <div className={classNames(styles.field, isChanged && styles.changed, field.key === "base" && styles.tall)}>
      <span className={styles.name}>
        <label htmlFor={id}>{field.label}</label>
        <HelpTip about={field.label} text={field.help} />
      </span>
      <span className={styles.control}>
        <Control field={field} id={id} value={value} />
      </span>
      {isChanged ? (
        <button
          type="button"
          className={controls.icon}
          aria-label={`Default of ${field.label}`}
          title={`Back to the default, ${shownDefault(field.default)}`}
          onClick={() => setField(field, String(field.default))}
        >
          <Icon name="reset" />
        </button>
      ) : (
        <span />
      )}
      {waits && <span className={classNames(styles.cold, controls.note, controls.error)}>Needs a restart.</span>}
    </div>
  );
}

function shownDefault(value: string | number): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
}

/** Reads a text as a link would, so that the same limits hold; what is no value changes nothing. */
function setField(field: ConfigField, text: string): void {
  const { config } = readRunConfig([[field.key, text]]);
  if (field.key === "task") void chooseTask({ task: config.task });
  else setFields({ [field.key]: config[field.key] });
}

interface ControlProps {
  readonly field: ConfigField;
  readonly id: string;
  readonly value: RunConfig[keyof RunConfig];
}

function Control({ field, id, value }: ControlProps) {
  const task = usePage((state) => state.settings.draft.task);
  if (field.key === "base") return <BaseControl field={field} id={id} value={String(value)} />;
  if (field.kind === "number") return <NumberControl field={field} id={id} value={value as number} />;
  const choices = field.kind === "choice" ? field.choices : choicesOf(field.key, task);
  if (choices === null) return <TextControl field={field} id={id} value={String(value)} />;
  return (
    <select id={id} className={controls.input} value={value} onChange={(event) => setField(field, event.target.value)}>
      {[...new Set([...choices, String(value)])].map((choice) => (
        <option key={choice} value={choice}>
          {field.key === "method" ? methodTitle(choice) : choice}
        </option>
      ))}
    </select>
  );
}

/** The base policies there are, and the one that was asked for. */
function BaseControl({ field, id, value }: ControlProps) {
  const bases = usePage((state) => state.bases);
  useEffect(() => void findBases(), []);
  const isKnown = bases.some(({ name }) => name === value);
  return (
    <select
      id={id}
      className={controls.input}
      title={bases.find(({ name }) => name === value)?.description}
      value={value}
      onChange={(event) => setField(field, event.target.value)}
    >
      {bases.map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
      {!isKnown && <option>{value}</option>}
    </select>
  );
}

function choicesOf(key: keyof RunConfig, task: string): readonly string[] | null {
  const specs = taskSpecs();
  if (key === "task") return specs.map((spec) => spec.task);
  if (key === "preset") return specs.find((spec) => spec.task === task)?.presets ?? null;
  return null;
}

/** A text that is being typed; a new value from elsewhere replaces it. The input stays, and with it the focus. */
function useTextOf(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  return [text, setText];
}

/** A slider where the range is small enough for one, and always a number to type. */
function NumberControl({
  field,
  id,
  value,
}: {
  readonly field: NumberField<keyof RunConfig>;
  readonly id: string;
  readonly value: number;
}) {
  const [text, setText] = useTextOf(shownDefault(value));
  const { min, max, step, integer, log } = field;
  const hasSlider = log === true || (max - min) / step <= 1000;
  const commit = () => {
    setText(shownDefault(value)); // unless the field takes on what was typed
    if (text.trim() !== "" && Number.isFinite(Number(text)) && text !== shownDefault(value)) setField(field, text);
  };
  const fromSlider = (position: number) => (log === true ? Number((10 ** position).toPrecision(2)) : position);
  return (
    <>
      {hasSlider && (
        <input
          type="range"
          className={controls.range}
          aria-label={`${field.label}, slider`}
          min={log === true ? Math.log10(min) : min}
          max={log === true ? Math.log10(max) : max}
          step={log === true ? 0.05 : step}
          value={log === true ? Math.log10(value) : value}
          onChange={(event) => setField(field, String(fromSlider(event.target.valueAsNumber)))}
        />
      )}
      <input
        id={id}
        className={classNames(controls.input, controls.number)}
        inputMode={integer ? "numeric" : "decimal"}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
    </>
  );
}

function TextControl({
  field,
  id,
  value,
}: {
  readonly field: ConfigField;
  readonly id: string;
  readonly value: string;
}) {
  const [text, setText] = useTextOf(value);
  const commit = () => setField(field, text);
  return (
    <input
      id={id}
      className={controls.input}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
