import { useId, useState, type KeyboardEvent } from "react";
import controls from "./controls.module.css";

interface ComboboxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly options: readonly string[];
  /** Class of the frame and of the list. */
  readonly className: string | undefined;
  readonly listClassName: string | undefined;
  readonly onSubmit: (text: string) => void;
}

const SHOWN_OPTIONS = 60;

/** A text input that offers completions; any other text may be sent too. */
export function Combobox({ label, placeholder, options, className, listClassName, onSubmit }: ComboboxProps) {
  const combobox = useCombobox(options, onSubmit);
  const { id, text, active, isOpen, matches } = combobox;
  return (
    <div className={className}>
      <input
        className={controls.input}
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder={placeholder}
        value={text}
        onChange={(event) => combobox.type(event.target.value)}
        onFocus={() => combobox.setIsOpen(true)}
        onBlur={() => combobox.setIsOpen(false)}
        onKeyDown={combobox.onKeyDown}
      />
      <ul id={id} role="listbox" aria-label={label} className={listClassName} hidden={!isOpen || matches.length === 0}>
        {matches.map((option, i) => (
          <li
            key={option}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            onPointerDown={(event) => {
              event.preventDefault();
              combobox.submit(option);
            }}
          >
            {option}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Text, matches and keys: arrows choose, Tab completes, Enter sends. */
function useCombobox(options: readonly string[], onSubmit: (text: string) => void) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(-1);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const wanted = text.trim().toLowerCase();
  const found = [...new Set(options)].filter((option) => option.includes(wanted));
  const starting = found.filter((option) => option.startsWith(wanted));
  const matches = [...new Set([...starting, ...found])].slice(0, SHOWN_OPTIONS);
  const type = (value: string) => {
    setText(value);
    setActive(-1);
    setIsOpen(true);
  };
  const submit = (value: string) => {
    if (value.trim() === "") return;
    onSubmit(value.trim().toLowerCase());
    type("");
  };
  const move = (by: number) => {
    setIsOpen(true);
    setActive(Math.max(-1, (active + by + matches.length) % Math.max(1, matches.length)));
  };
  const completion = isOpen && text !== "" ? matches[Math.max(0, active)] : undefined;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => submit(matches[active] ?? text),
    Escape: () => setIsOpen(false),
    ...(completion === undefined || completion === text ? {} : { Tab: () => type(completion) }),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  return { id, text, active, isOpen, matches, type, submit, setIsOpen, onKeyDown };
}
