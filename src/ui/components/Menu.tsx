import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import controls from "./controls.module.css";
import styles from "./Menu.module.css";

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  readonly isDisabled?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly children: ReactNode;
  readonly align?: "left" | "right";
  readonly testId?: string;
}

/** A button that opens a short list of actions. */
export function Menu({ label, items, children, align = "left", testId }: MenuProps) {
  const { root, isOpen, setIsOpen, close, onKeyDown } = useMenu();
  const listId = useId();
  return (
    <div ref={root} className={styles.menu} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={controls.button}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-label={label}
        title={label}
        data-testid={testId}
        onClick={() => setIsOpen(!isOpen)}
      >
        {children}
      </button>
      <div
        id={listId}
        role="menu"
        hidden={!isOpen}
        className={classNames(styles.list, align === "right" && styles.right)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            className={styles.item}
            disabled={item.isDisabled === true}
            onClick={() => {
              close();
              item.run();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Opening, closing and keys: arrows move, Escape or a click elsewhere closes. */
function useMenu() {
  const [isOpen, setIsOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setIsOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [isOpen]);
  const close = () => {
    setIsOpen(false);
    root.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveFocus(root.current, event.key === "ArrowDown" ? 1 : -1);
    }
  };
  return { root, isOpen, setIsOpen, close, onKeyDown };
}

function moveFocus(root: HTMLElement | null, by: number): void {
  const items = [...(root?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + by + items.length) % items.length]?.focus();
}
