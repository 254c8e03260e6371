import type { ReactNode } from "react";
import type { PageButton } from "../../core/envs/env.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import styles from "./Press.module.css";

/** Who presses buttons. */
export interface Act {
  /** Null while someone else acts. */
  readonly onAct: ((action: string) => void) | null;
  /** The action that comes next; null if none is known. */
  readonly next: string | null;
}

interface PressProps {
  readonly button: PageButton;
  readonly act: Act;
  readonly className: string | undefined;
  /** For a value of an option. */
  readonly chosen?: boolean;
  /** Left out: the button's label. */
  readonly children?: ReactNode;
}

/** A button of a page; while someone else acts it only looks like one, and the one pressed next is marked. */
export function Press({ button: { label, action }, act: { onAct, next }, className, chosen, children }: PressProps) {
  const isNext = next !== null && presses(next, label, action);
  const classes = classNames(styles.press, className, chosen === true && styles.chosen, isNext && styles.next);
  if (onAct === null) {
    return (
      <span className={classes}>
        {children ?? label}
        {chosen === true && <Silent text=", chosen" />}
        {isNext && <Silent text=", pressed next" />}
      </span>
    );
  }
  return (
    <button type="button" className={classes} aria-pressed={chosen} onClick={() => onAct(action)}>
      {children ?? label}
    </button>
  );
}

function Silent({ text }: { readonly text: string }) {
  return <span className={controls.visuallyHidden}>{text}</span>;
}

/** Whether an action, in either of the ways in which it can be written, presses this button. */
function presses(written: string, label: string, action: string): boolean {
  const argument = /^click\s*\[?\s*(.*?)\s*\]?$/.exec(written.trim().toLowerCase())?.[1];
  return argument !== undefined && (`click ${argument}` === action || argument === label.toLowerCase());
}
