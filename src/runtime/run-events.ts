/** @file What a run tells: to the page at once, to the store with the next commit, and to the watch for alarms. */
import type { RolloutRecord, TrainingEvent } from "../core/events/training-event.ts";
import { AlarmWatch, type Alarm } from "../core/training/alarms.ts";
import type { Outbox } from "./outbox.ts";

/** The events of one run, through all of its sessions. */
export class RunEvents {
  readonly #outbox: Pick<Outbox, "emit">;
  readonly #watch = new AlarmWatch();
  #uncommitted: TrainingEvent[] = [];
  #alarm: Alarm | null = null;
  /** Those told before a reload, and those of the newest iteration. */
  readonly #replayed = new Map<string, RolloutRecord>();
  #newest: readonly RolloutRecord[] = [];

  constructor(outbox: Pick<Outbox, "emit">) {
    this.#outbox = outbox;
  }

  /** Tells an event, and the alarms that it raises. */
  emit(event: TrainingEvent): void {
    this.#uncommitted.push(event);
    this.#outbox.emit(event);
    if (event.type === "rolloutsFinished") this.#newest = event.rollouts;
    if (event.type !== "iterationFinished") return;
    for (const alarm of this.#watch.next(event.summary)) {
      this.#alarm = alarm;
      this.emit({ type: "incident", iteration: alarm.iteration, kind: "alarm", text: alarm.text });
    }
  }

  /** Takes an event of the stored history, which was told already. */
  replay(event: TrainingEvent): void {
    if (event.type === "iterationFinished") this.#watch.next(event.summary);
    if (event.type !== "rolloutsFinished") return;
    for (const rollout of event.rollouts) this.#replayed.set(rollout.rolloutId, rollout);
  }

  /** The events since the last call, for a commit. */
  take(): TrainingEvent[] {
    return this.#uncommitted.splice(0);
  }

  /** Forgets what was told of an iteration that is done again. */
  dropUncommitted(): void {
    this.#uncommitted = [];
  }

  /** The newest alarm since the last call. */
  takeAlarm(): Alarm | null {
    const alarm = this.#alarm;
    this.#alarm = null;
    return alarm;
  }

  rollout(rolloutId: string): RolloutRecord | undefined {
    return this.#newest.find((rollout) => rollout.rolloutId === rolloutId) ?? this.#replayed.get(rolloutId);
  }
}
