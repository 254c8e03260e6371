import { useId, useMemo } from "react";
import { useShallow } from "zustand/shallow";
import type { RunConfig } from "../../core/training/run-config.ts";
import { setFields } from "../actions/settings-actions.ts";
import { HelpTip } from "../components/HelpTip.tsx";
import { ModeMark } from "../components/ModeMark.tsx";
import controls from "../components/controls.module.css";
import { formatCount } from "../format.ts";
import { expectedModeCounts, MODE_LABELS, MODES, sumModeCounts } from "../store/modes.ts";
import { fieldOf } from "../store/settings-slice.ts";
import { shownView, usePage } from "../store/store.ts";
import styles from "./UpdatePanel.module.css";

/** p and q, and how many rollouts of each learning mode they make. */
export function ModeSection() {
  return (
    <div>
      <div className={styles.slider}>
        <ProbabilitySlider settingKey="memoryRolloutProbability" symbol="p" />
        <ProbabilitySlider settingKey="offPolicyProbability" symbol="q" />
      </div>
      <ModeTable />
    </div>
  );
}

interface ProbabilitySliderProps {
  readonly settingKey: "memoryRolloutProbability" | "offPolicyProbability";
  readonly symbol: "p" | "q";
}

function ProbabilitySlider({ settingKey, symbol }: ProbabilitySliderProps) {
  const value = usePage((state) => state.settings.draft[settingKey]);
  const id = useId();
  const { label, help } = fieldOf(settingKey);
  const set = (text: string) => setFields({ [settingKey]: Number(text) } satisfies Partial<RunConfig>);
  return (
    <>
      <label htmlFor={id} className={styles.name}>
        <b>{symbol}</b> <HelpTip about={label} text={help} />
      </label>
      <input
        id={id}
        type="range"
        className={controls.range}
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-label={label}
        aria-valuetext={`${Math.round(value * 100)} percent`}
        data-testid={symbol}
        onChange={(event) => set(event.target.value)}
      />
      <output htmlFor={id}>{value.toFixed(2)}</output>
    </>
  );
}

/** Counts of the last iteration, as expected and as drawn, and of the run so far. */
function ModeTable() {
  const curve = usePage((state) => shownView(state)?.run.curve);
  const [p, q] = usePage(
    useShallow(({ settings: { draft } }) => [draft.memoryRolloutProbability, draft.offPolicyProbability] as const),
  );
  const rollouts = usePage(({ settings: { draft } }) => draft.tasksPerIteration * draft.groupSize);
  const last = curve?.at(-1);
  const total = useMemo(() => sumModeCounts((curve ?? []).map(({ modeCounts }) => modeCounts)), [curve]);
  const next = expectedModeCounts(p, q, last?.episodeCount ?? rollouts);
  const drawn = last?.modeCounts;
  return (
    <>
      <table className={controls.table}>
        <thead>
          <tr>
            <th scope="col">rollouts</th>
            <th scope="col" className={controls.number} title="Expected for these p and q">
              expected
            </th>
            <th scope="col" className={controls.number} title="Drawn in the last iteration">
              drawn
            </th>
            <th scope="col" className={controls.number} title="In the run so far">
              in all
            </th>
          </tr>
        </thead>
        <tbody>
          {MODES.map((mode) => (
            <tr key={mode}>
              <th scope="row">
                <ModeMark mode={mode} />
              </th>
              <td className={controls.number}>{next[mode].toFixed(1)}</td>
              <td className={controls.number}>{drawn === undefined ? "–" : drawn[mode]}</td>
              <td className={controls.number}>{formatCount(total[mode])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={controls.visuallyHidden} data-testid="mode">
        {MODES.map((mode) => `${drawn?.[mode] ?? 0} ${MODE_LABELS[mode]}`).join(", ")}
      </p>
    </>
  );
}
