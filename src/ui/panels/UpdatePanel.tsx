import { memo, useMemo } from "react";
import { Histogram, SignedBars, Sparkline } from "../components/Figures.tsx";
import { HelpTip } from "../components/HelpTip.tsx";
import { Panel } from "../components/Panel.tsx";
import controls from "../components/controls.module.css";
import { formatNumber, formatPercent, formatSigned, plural } from "../format.ts";
import { groupOf } from "../store/episode-slice.ts";
import { usesMemory } from "../store/modes.ts";
import { binOf, commonRatio, countRatios, maskedWords } from "../store/ratios.ts";
import { shownEpisodes, shownRollout, shownView, usePage } from "../store/store.ts";
import { INITIAL_UPDATE, type UpdatePoint } from "../store/update-slice.ts";
import { ModeSection } from "./ModeSection.tsx";
import { ProfileSection } from "./ProfileSection.tsx";
import { chooseRollout } from "./WatchPanel.tsx";
import styles from "./UpdatePanel.module.css";

/** What is learned from the rollouts: modes, advantages, ratios, and the numbers of the step. */
export function UpdatePanel() {
  const isActive = usePage((state) => shownView(state)?.run.phase === "update");
  const history = usePage((state) => (shownView(state)?.update ?? INITIAL_UPDATE).history);
  return (
    <Panel id="update" title="Update" isActive={isActive} aside={<LastUpdate point={history.at(-1)} />}>
      <NewestAlarm />
      <ModeSection />
      <LuckySuccess />
      <Advantages />
      <Ratios />
      <Numbers history={history} />
      <ProfileSection />
    </Panel>
  );
}

function LastUpdate({ point }: { readonly point: UpdatePoint | undefined }) {
  if (point === undefined) return null;
  return <span>iteration {point.iteration}</span>;
}

/** What was odd about an update, and what helps. */
function NewestAlarm() {
  const alarm = usePage((state) => shownView(state)?.run.alarm ?? null);
  if (alarm === null) return null;
  return (
    <p className={controls.error} role="status">
      Iteration {alarm.iteration}. {alarm.text}
    </p>
  );
}

/** The first plain rollout that reached 100, and what that means for the method. */
function LuckySuccess() {
  const lucky = usePage((state) => shownView(state)?.run.luckySuccess ?? null);
  const readsTips = usePage((state) => usesMemory(shownView(state)?.run.method ?? ""));
  if (lucky === null) return null;
  return (
    <p className={styles.lucky}>
      Iteration {lucky.iteration}: the first rollout without tips reached 100.{" "}
      {readsTips
        ? "What the tips taught begins to work without them."
        : "One lucky success is enough for GRPO to learn from."}{" "}
      <button type="button" className={controls.link} onClick={() => chooseRollout(lucky.rolloutId, null)}>
        Show it
      </button>
    </p>
  );
}

function Advantages() {
  const rollout = usePage(shownRollout);
  const episodes = usePage(shownEpisodes);
  const group = rollout === null ? [] : groupOf(episodes, rollout);
  const known = group.flatMap(({ rolloutId, advantage }) => (advantage === null ? [] : [{ rolloutId, advantage }]));
  const values = known.map(({ advantage }) => formatSigned(advantage)).join(", ");
  const isFlat = known.length > 0 && known.every(({ advantage }) => advantage === 0);
  return (
    <div className={styles.section}>
      <h3 className={controls.heading}>
        Advantages of the group{" "}
        <HelpTip
          about="advantages"
          text="Return of each rollout minus the mean of its group, divided by the group’s standard deviation (§2). Above zero: made more likely."
        />
      </h3>
      {known.length === 0 ? (
        <p className={controls.note}>Shown for a finished rollout that was learned from.</p>
      ) : (
        <SignedBars
          summary={`Advantages of the ${known.length} rollouts: ${values}`}
          bars={known.map(({ rolloutId, advantage }) => ({
            id: rolloutId,
            value: advantage,
            isSelected: rolloutId === rollout?.rolloutId,
          }))}
        />
      )}
      {isFlat && (
        <p className={controls.note}>All returns of the group are equal, so there is nothing to learn from it.</p>
      )}
    </div>
  );
}

const RATIO_HELP =
  "New probability of each action token divided by the old one (Eq. 1). Dashed lines: the clip range, beyond which nothing more is gained. Heights are square roots of counts.";

function Ratios() {
  const tokens = usePage((state) => (shownView(state)?.update ?? INITIAL_UPDATE).tokens);
  const iteration = usePage((state) => shownView(state)?.update.tokensIteration ?? null);
  const rollouts = usePage(
    (state) => shownEpisodes(state).iterations.find((entry) => entry.iteration === iteration)?.rollouts,
  );
  const low = usePage((state) => state.settings.draft.clipLow);
  const high = usePage((state) => state.settings.draft.clipHigh);
  const counts = useMemo(() => countRatios(tokens), [tokens]);
  const masked = useMemo(() => maskedWords(tokens, rollouts ?? []), [tokens, rollouts]);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const maskedCount = tokens.reduce((sum, record) => sum + record.masked.filter(Boolean).length, 0);
  return (
    <div className={styles.section}>
      <h3 className={controls.heading}>
        Importance ratios <HelpTip about="importance ratios" text={RATIO_HELP} />
      </h3>
      {total === 0 ? (
        <p className={controls.note}>Shown after the first update.</p>
      ) : (
        <>
          <Histogram
            counts={counts}
            labels={["½", "1", "2"]}
            bounds={[binOf(1 - low), binOf(1 + high)]}
            summary={`Importance ratios of ${plural(total, "token")}, most of them near ${formatNumber(commonRatio(counts))}`}
          />
          <p className={controls.note}>
            {maskedCount === 0
              ? `None of ${plural(total, "token")} masked for low probability.`
              : `${plural(maskedCount, "token")} of ${plural(total, "token")} masked for low probability${masked.length === 0 ? "." : ":"}`}
          </p>
          <p className={styles.words}>
            {masked.slice(0, 12).map(({ word, count }) => (
              <span key={word}>
                {word} ×{count}
              </span>
            ))}
          </p>
        </>
      )}
    </div>
  );
}

interface NumberRow {
  readonly label: string;
  readonly help: string;
  readonly read: (point: UpdatePoint) => number | null;
  readonly format: (value: number | null) => string;
}

const ROWS: readonly NumberRow[] = [
  {
    label: "loss",
    help: "The clipped surrogate, mean per token (Eq. 1).",
    read: ({ stats }) => stats.loss,
    format: formatNumber,
  },
  {
    label: "entropy, nats",
    help: "Mean entropy per action token: how undecided the policy is (figure 7).",
    read: ({ stats }) => stats.entropy,
    format: formatNumber,
  },
  {
    label: "KL to base, nats",
    help: "How far the policy has moved from the base policy, per token; measured every few iterations.",
    read: ({ stats }) => stats.klToBase,
    format: formatNumber,
  },
  {
    label: "gradient norm",
    help: "Length of the gradient before it is scaled down (App. F.1: to 1).",
    read: ({ stats }) => stats.gradNorm,
    format: formatNumber,
  },
  {
    label: "mean ratio",
    help: "Mean importance ratio of all tokens; 1 is on-policy.",
    read: ({ stats }) => stats.meanRatio,
    format: formatNumber,
  },
  {
    label: "clipped",
    help: "Share of tokens outside the clip range (Eq. 1).",
    read: ({ stats }) => stats.clipFraction,
    format: formatPercent,
  },
  {
    label: "masked",
    help: "Share of tokens that do not learn because they are too unlikely (Eq. 2).",
    read: ({ stats }) => stats.maskedFraction,
    format: formatPercent,
  },
];

/** Drawn anew with another update only: there may be thousands in it. */
const Numbers = memo(function Numbers({ history }: { readonly history: readonly UpdatePoint[] }) {
  if (history.length === 0) return null;
  return (
    <div className={styles.section}>
      <h3 className={controls.heading}>Numbers of the update</h3>
      <div className={styles.numbers}>
        {ROWS.map(({ label, help, read, format }) => {
          const values = history.map(read).filter((value) => value !== null);
          const last = format(values.at(-1) ?? null);
          return (
            <div key={label} role="group" aria-label={label} style={{ display: "contents" }}>
              <span className={styles.term}>
                {label} <HelpTip about={label} text={help} />
              </span>
              <Sparkline values={values} summary={`${label}: ${last} after ${plural(values.length, "update")}`} />
              <span className={styles.value}>{last}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
});
