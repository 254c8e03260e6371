import { useEffect, useId, useRef, type ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import controls from "./controls.module.css";
import styles from "./Dialog.module.css";

interface DialogProps {
  readonly title: string;
  /** What its button to close says to screen readers. */
  readonly closeLabel: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog with a heading and a button to close it; the Escape key closes it too. */
export function Dialog({ title, closeLabel, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} onClose={onClose}>
      <div className={styles.header}>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className={controls.icon} aria-label={closeLabel} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className={styles.content}>{children}</div>
    </dialog>
  );
}
