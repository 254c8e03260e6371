import { Fragment, useDeferredValue, useEffect, useRef } from "react";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type ConfigField } from "../../core/training/run-config.ts";
import { setFields } from "../actions/settings-actions.ts";
import { Icon } from "../components/Icon.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { usePage } from "../store/store.ts";
import { BackendRow } from "./BackendRow.tsx";
import { FieldRow } from "./FieldRow.tsx";
import { Pretraining } from "./Pretraining.tsx";
import { RestartOffer } from "./StatusStrip.tsx";
import styles from "./Lab.module.css";

const GROUPS: readonly { readonly group: ConfigField["group"]; readonly title: string }[] = [
  { group: "task", title: "Method and task" },
  { group: "modes", title: "Learning modes" },
  { group: "memory", title: "Memory and tips" },
  { group: "rollout", title: "Rollouts" },
  { group: "update", title: "Update" },
  { group: "critic", title: "Critic (Retrospex)" },
  { group: "evaluation", title: "Evaluation" },
];

/** The press is answered with the empty lab; sixty controls come right after it, without holding anything up. */
const FIRST_GROUPS: typeof GROUPS = [];

/** All settings, beside the panels, so that their effect can be watched. */
export function Lab() {
  const groups = useDeferredValue(GROUPS, FIRST_GROUPS);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const close = () => usePage.setState({ isLabOpen: false });
  return (
    <aside
      className={styles.lab}
      aria-label="Lab: all settings"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div className={styles.header}>
        <h2 ref={heading} tabIndex={-1}>
          Lab
        </h2>
        <button
          type="button"
          className={classNames(controls.quiet, controls.small)}
          onClick={() => setFields(DEFAULT_CONFIG)}
        >
          All defaults
        </button>
        <button type="button" className={controls.icon} aria-label="Close the lab" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className={styles.body}>
        {groups.map(({ group, title }) => (
          <fieldset key={group} className={styles.group}>
            <legend>{title}</legend>
            {CONFIG_FIELDS.filter((field) => field.group === group).map((field) => (
              <Fragment key={field.key}>
                <FieldRow field={field} />
                {field.key === "base" && <Pretraining />}
              </Fragment>
            ))}
            {group === "task" && <BackendRow />}
          </fieldset>
        ))}
      </div>
      <div className={styles.footer}>
        <LabFooter />
      </div>
    </aside>
  );
}

function LabFooter() {
  const hasRun = usePage((state) => state.settings.running !== null);
  return (
    <>
      <p className={controls.note}>
        {hasRun
          ? "Changes take effect with the next iteration and leave a mark on the curve, unless a restart is needed."
          : "The next run starts with these settings."}
      </p>
      <RestartOffer />
    </>
  );
}
