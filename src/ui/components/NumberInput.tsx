import { useState } from "react";
import { classNames } from "./class-names.ts";
import controls from "./controls.module.css";

interface NumberInputProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly isDisabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A whole number that is taken over while it is within its bounds; what is not goes back when the field is left. */
export function NumberInput({ label, value, min, max, isDisabled = false, onChange }: NumberInputProps) {
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? String(value);
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        className={classNames(controls.input, controls.small)}
        value={shown}
        min={min}
        max={max}
        disabled={isDisabled}
        aria-invalid={!isWithin(shown, min, max)}
        onChange={({ target }) => {
          setText(target.value);
          if (isWithin(target.value, min, max)) onChange(Number(target.value));
        }}
        onBlur={() => setText(null)}
      />
    </label>
  );
}

function isWithin(text: string, min: number, max: number): boolean {
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isInteger(value) && value >= min && value <= max;
}
