import type { LearningMode } from "../../core/events/training-event.ts";
import { MODE_EXPLANATIONS, MODE_LABELS } from "../store/modes.ts";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./Icon.tsx";
import styles from "./ModeMark.module.css";

const ICONS: Readonly<Record<LearningMode, IconName>> = {
  "on-policy": "plain",
  "on-policy-with-tips": "withTips",
  "off-policy": "offPolicy",
};

/** A learning mode as drawing and word. */
export function ModeMark({ mode, iconOnly = false }: { readonly mode: LearningMode; readonly iconOnly?: boolean }) {
  return (
    <span className={classNames(styles.mark, mode !== "on-policy" && styles.tips)} title={MODE_EXPLANATIONS[mode]}>
      <Icon name={ICONS[mode]} />
      {!iconOnly && MODE_LABELS[mode]}
    </span>
  );
}
