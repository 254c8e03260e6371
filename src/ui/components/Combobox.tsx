import { useEffect, useId, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import controls from "./controls.module.css";
import styles from "./Combobox.module.css";

interface ComboboxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly options: readonly string[];
  /** What is typed; the owner may fill it in. */
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSubmit: (text: string) => void;
  readonly buttonLabel: string;
  /** To give it the focus. */
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

const SHOWN_OPTIONS = 80;

/** A text input that offers completions by the WAI-ARIA combobox pattern; any other text may be sent too. */
export function Combobox(props: ComboboxProps) {
  const { label, placeholder, text, buttonLabel, inputRef } = props;
  const combobox = useCombobox(props);
  const { id, active, isOpen, matches } = combobox;
  const isListed = isOpen && matches.length > 0;
  return (
    <div className={styles.combobox}>
      <input
        ref={inputRef}
        className={controls.input}
        role="combobox"
        aria-label={label}
        aria-expanded={isListed}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={isListed && active >= 0 ? `${id}-${active}` : undefined}
        aria-describedby={`${id}-keys`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="send"
        placeholder={placeholder}
        value={text}
        onChange={(event) => combobox.type(event.target.value)}
        onFocus={() => combobox.setIsOpen(text !== "")}
        onClick={() => combobox.setIsOpen(true)}
        onBlur={() => combobox.setIsOpen(false)}
        onKeyDown={combobox.onKeyDown}
      />
      <button type="button" className={controls.button} onClick={() => combobox.submit(text)}>
        {buttonLabel}
      </button>
      <Options id={id} label={label} {...{ isListed, matches, active }} onChoose={combobox.submit} />
      <span id={`${id}-keys`} hidden>
        Arrow keys choose a completion, Tab takes it over, Enter sends, Escape closes the list.
      </span>
      <span role="status" className={controls.visuallyHidden}>
        {isOpen ? `${matches.length} completions` : ""}
      </span>
    </div>
  );
}

interface OptionsProps {
  readonly id: string;
  readonly label: string;
  readonly isListed: boolean;
  readonly matches: readonly string[];
  readonly active: number;
  readonly onChoose: (option: string) => void;
}

function Options({ id, label, isListed, matches, active, onChoose }: OptionsProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label={`${label}: completions`}
      className={styles.options}
      hidden={!isListed}
    >
      {matches.map((option, i) => (
        <li
          key={option}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === active}
          // Before the input loses the focus, which would close the list.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
        >
          {option}
        </li>
      ))}
    </ul>
  );
}

/** Options that begin with what is typed, then those that contain it. */
function matchesOf(options: readonly string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  const found = [...new Set(options)].filter((option) => option.includes(wanted));
  const starting = found.filter((option) => option.startsWith(wanted));
  return [...new Set([...starting, ...found])].slice(0, SHOWN_OPTIONS);
}

/** Which option is active, whether the list is open, and the keys. */
function useCombobox({ options, text, onText, onSubmit }: ComboboxProps) {
  const [active, setActive] = useState(-1);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const matches = matchesOf(options, text);
  const type = (value: string) => {
    onText(value);
    setActive(-1);
    setIsOpen(true);
  };
  const submit = (value: string) => {
    if (value.trim() === "") return;
    type("");
    onSubmit(value.trim().toLowerCase());
  };
  const moveTo = (position: number) => {
    setIsOpen(true);
    setActive(matches.length === 0 ? -1 : (position + matches.length) % matches.length);
  };
  const completion = isOpen ? matches[text === "" ? active : Math.max(0, active)] : undefined;
  const close = () => {
    if (isOpen) setIsOpen(false);
    else type("");
    setActive(-1);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveTo(active + 1),
    ArrowUp: () => moveTo(active < 0 ? matches.length - 1 : active - 1),
    Enter: () => submit((isOpen ? matches[active] : undefined) ?? text),
    Escape: close,
    ...(completion === undefined || completion === text ? {} : { Tab: () => type(completion) }),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = Object.hasOwn(keys, event.key) && !event.shiftKey ? keys[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return { id, active, isOpen, matches, type, submit, setIsOpen, onKeyDown };
}
