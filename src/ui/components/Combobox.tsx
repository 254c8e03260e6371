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
  const [text, setText] = useState("");
  const [active, setActive] = useState(-1);
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const matches = options.filter((option) => option.includes(text.trim().toLowerCase())).slice(0, SHOWN_OPTIONS);
  const submit = (value: string) => {
    if (value.trim() === "") return;
    onSubmit(value.trim().toLowerCase());
    setText("");
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0 && matches.length > 0) {
      event.preventDefault();
      setIsOpen(true);
      setActive((active + by + matches.length) % matches.length);
    }
    if (event.key === "Enter") submit(matches[active] ?? text);
    if (event.key === "Escape") setIsOpen(false);
    if (event.key === "Tab" && isOpen && text !== "" && matches[0] !== undefined && matches[0] !== text) {
      event.preventDefault();
      setText(matches[Math.max(0, active)]!);
    }
  };
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
        onChange={(event) => {
          setText(event.target.value);
          setActive(-1);
          setIsOpen(true);
        }}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={onKeyDown}
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
              submit(option);
            }}
          >
            {option}
          </li>
        ))}
      </ul>
    </div>
  );
}
