import controls from "./controls.module.css";

interface FilterInputProps {
  /** What is filtered, for those who do not see the list beside it. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The words that the entries of a list have to have. */
export function FilterInput({ label, value, onChange }: FilterInputProps) {
  return (
    <input
      type="search"
      className={controls.input}
      placeholder="Filter"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
