import { Icon } from "../components/Icon.tsx";
import { ModeMark } from "../components/ModeMark.tsx";
import { Transcript } from "../components/Transcript.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import type { RolloutRecord } from "../../core/events/training-event.ts";
import { formatScore, formatSigned } from "../format.ts";
import { useReplay } from "../hooks/use-replay.ts";
import { groupOf, type ShownRollout } from "../store/episode-slice.ts";
import { MODE_LABELS } from "../store/modes.ts";
import { moveTurn, selectRollout } from "../store/selection.ts";
import { shownEpisodes, usePage } from "../store/store.ts";
import { WorldScene } from "../worlds/WorldScene.tsx";
import { GoalList } from "./GoalList.tsx";
import styles from "./WorldPanel.module.css";

/** The task's own words: the first observation up to its first full stop. */
export function taskWordsOf(firstObservation: string): string {
  return firstObservation.split(" . ")[0]!.replace(/^task /, "");
}

export function stepTurn(by: number): void {
  usePage.setState((state) => ({ selection: moveTurn(state.selection, shownEpisodes(state), by) }));
}

export function chooseRollout(rolloutId: string, turn: number | null): void {
  usePage.setState((state) => ({ selection: selectRollout(shownEpisodes(state), rolloutId, turn) }));
}

/** One rollout of the run: its map, its group and its text. */
export function WatchPanel({ rollout }: { readonly rollout: ShownRollout }) {
  const turn = usePage((state) => Math.min(state.selection.turn, rollout.turns.length));
  const isFollowing = usePage((state) => state.selection.isFollowing);
  const views = useReplay(rollout, turn);
  const taskWords = taskWordsOf(rollout.firstObservation);
  const known = isFollowing ? rollout.turns.slice(0, turn) : rollout.turns;
  return (
    <div className={styles.layout}>
      <div className={styles.scene}>
        {rollout.task.world === "scienceworld" && <p className={styles.task}>Task: {taskWords}</p>}
        {views === null ? (
          <p className={controls.empty}>This page does not have the world of this rollout.</p>
        ) : (
          <WorldScene views={views} taskWords={taskWords} player={null} next={known[turn]?.action ?? null} />
        )}
      </div>
      <div className={styles.side}>
        <Group rollout={rollout} />
        <TurnControls rollout={rollout} turn={turn} />
        {views !== null && <GoalList views={views} />}
        <Transcript
          testId="rollout"
          firstObservation={rollout.firstObservation}
          turns={known}
          tips={rollout.retrieved.filter((tip) => !isFollowing || tip.turn <= turn)}
          current={turn}
          onChoose={(chosen) => chooseRollout(rollout.rolloutId, chosen)}
          writtenTip={turn >= rollout.turns.length ? (rollout.finished?.tip ?? null) : null}
        />
      </div>
    </div>
  );
}

function TurnControls({ rollout, turn }: { readonly rollout: ShownRollout; readonly turn: number }) {
  const score = turn === 0 ? null : rollout.turns[turn - 1]!.score;
  return (
    <div className={classNames(styles.line, styles.spread)}>
      <span className={styles.turns}>
        <button
          type="button"
          className={controls.icon}
          aria-label="Turn back"
          title="Turn back (←)"
          onClick={() => stepTurn(-1)}
        >
          <Icon name="back" />
        </button>
        <span className={styles.turnCount}>
          turn {turn} / {rollout.turns.length}
        </span>
        <button
          type="button"
          className={controls.icon}
          aria-label="Next turn"
          title="Next turn (→)"
          onClick={() => stepTurn(1)}
        >
          <Icon name="forward" />
        </button>
      </span>
      <ModeMark mode={rollout.mode} />
      <span>
        score <b>{score === null ? "–" : formatScore(score)}</b>
      </span>
    </div>
  );
}

function FollowButton() {
  const isFollowing = usePage((state) => state.selection.isFollowing);
  return (
    <button
      type="button"
      className={classNames(controls.quiet, controls.small)}
      aria-pressed={isFollowing}
      title="Go from rollout to rollout as they happen"
      onClick={() => usePage.setState(({ selection }) => ({ selection: { ...selection, isFollowing: !isFollowing } }))}
    >
      <Icon name={isFollowing ? "pause" : "follow"} /> {isFollowing ? "hold" : "follow"}
    </button>
  );
}

function Group({ rollout }: { readonly rollout: ShownRollout }) {
  const episodes = usePage(shownEpisodes);
  const group: readonly ShownInGroup[] =
    rollout.finished === null ? [...episodes.running.values()].map(shownInGroup) : groupOf(episodes, rollout);
  return (
    <div>
      <div className={classNames(styles.line, styles.spread)}>
        <span className={styles.line}>
          <IterationSelect rollout={rollout} />
          <VariationSelect rollout={rollout} />
        </span>
        <FollowButton />
      </div>
      <div
        className={styles.group}
        role="group"
        aria-label={`Scores of the group’s ${group.length} rollouts, in points`}
      >
        {group.map((shown) => (
          <RolloutButton key={shown.rolloutId} rollout={shown} isShown={shown.rolloutId === rollout.rolloutId} />
        ))}
      </div>
    </div>
  );
}

/** Which iteration's rollouts are on show; those under way come first. */
function IterationSelect({ rollout }: { readonly rollout: ShownRollout }) {
  const episodes = usePage(shownEpisodes);
  const { finished, task } = rollout;
  const running = [...episodes.running.values()][0];
  const choose = (value: string) => {
    const rollouts = episodes.iterations.find(({ iteration }) => String(iteration) === value)?.rollouts ?? [];
    const next = rollouts.find((other) => other.task.variation === task.variation) ?? rollouts[0] ?? running;
    if (next !== undefined) chooseRollout(next.rolloutId, null);
  };
  return (
    <select
      className={classNames(controls.input, controls.small)}
      aria-label="Iteration"
      value={finished?.iteration ?? "now"}
      onChange={(event) => choose(event.target.value)}
    >
      {running !== undefined && <option value="now">under way</option>}
      {episodes.iterations.map(({ iteration }) => (
        <option key={iteration} value={iteration}>
          iteration {iteration}
        </option>
      ))}
    </select>
  );
}

/** Which task variation's group of the iteration is on show. */
function VariationSelect({ rollout }: { readonly rollout: ShownRollout }) {
  const episodes = usePage(shownEpisodes);
  const { finished, task } = rollout;
  if (finished === null) return <span className={controls.note}>variation {task.variation}</span>;
  const rollouts = episodes.iterations.find(({ iteration }) => iteration === finished.iteration)?.rollouts ?? [];
  const firsts = rollouts.filter(({ groupId }, i) => rollouts.findIndex((other) => other.groupId === groupId) === i);
  return (
    <select
      className={classNames(controls.input, controls.small)}
      aria-label="Task variation"
      value={finished.groupId}
      onChange={(event) => {
        const next = firsts.find(({ groupId }) => groupId === event.target.value);
        if (next !== undefined) chooseRollout(next.rolloutId, null);
      }}
    >
      {firsts.map(({ groupId, task: { variation } }) => (
        <option key={groupId} value={groupId}>
          variation {variation}
        </option>
      ))}
    </select>
  );
}

function shownInGroup({ rolloutId, mode, turns }: ShownRollout): ShownInGroup {
  return { rolloutId, mode, score: turns.at(-1)?.score ?? 0, advantage: null };
}

type ShownInGroup = Pick<RolloutRecord, "rolloutId" | "mode" | "score" | "advantage">;

interface RolloutButtonProps {
  readonly rollout: ShownInGroup;
  readonly isShown: boolean;
}

function RolloutButton({ rollout: { rolloutId, mode, score, advantage }, isShown }: RolloutButtonProps) {
  const label = `${MODE_LABELS[mode]}, score ${formatScore(score)}`;
  return (
    <button
      type="button"
      aria-pressed={isShown}
      aria-label={label}
      title={advantage === null ? label : `${label}, advantage ${formatSigned(advantage)}`}
      className={classNames(styles.rollout, score === 100 && styles.success, score < 0 && styles.failed)}
      onClick={() => chooseRollout(rolloutId, null)}
    >
      <ModeMark mode={mode} iconOnly />
      {formatScore(score)}
    </button>
  );
}
