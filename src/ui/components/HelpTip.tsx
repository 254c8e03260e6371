import { useId, useRef } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./HelpTip.module.css";

const MARGIN = 6;

/** One sentence about something, on hover, focus or tap; read out as the description of its button. */
export function HelpTip({ about, text }: { readonly about: string; readonly text: string }) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const show = () => {
    if (button.current === null || tip.current === null || tip.current.matches(":popover-open")) return;
    tip.current.showPopover();
    place(tip.current, button.current.getBoundingClientRect());
  };
  const hide = () => {
    if (tip.current?.matches(":popover-open") === true) tip.current.hidePopover();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.button}
        aria-label={`About ${about}`}
        aria-describedby={id}
        onPointerEnter={show}
        onPointerLeave={hide}
        onFocus={show}
        onBlur={hide}
        onClick={show}
        onKeyDown={(event) => {
          if (event.key === "Escape") hide();
        }}
      >
        <Icon name="help" />
      </button>
      <span ref={tip} id={id} role="tooltip" popover="manual" className={styles.tip}>
        {text}
      </span>
    </>
  );
}

/** Below the button if there is room, else above, inside the window. */
function place(tip: HTMLElement, anchor: DOMRect): void {
  const { width, height } = tip.getBoundingClientRect();
  const below = anchor.bottom + MARGIN;
  const top = below + height > innerHeight ? anchor.top - height - MARGIN : below;
  const left = Math.min(innerWidth - width - MARGIN, Math.max(MARGIN, anchor.left - width / 2));
  tip.style.top = `${Math.max(MARGIN, top)}px`;
  tip.style.left = `${left}px`;
}
