/**
 * @file Whether a training worker lives: it died or hangs when it says nothing and answers no question for a number of
 * beats. Beats are counted, not time, as there are none while a laptop sleeps, and those of a hidden tab do not count.
 */
import type { WorkerMessage } from "../protocol/messages.ts";

/** Milliseconds between two beats. */
export const BEAT_MS = 5000;

/** Beats of silence after which a worker is lost: 45 s. A whole update is computed without a pause. */
const SILENT_BEATS = 9;

/** The same while it is loaded, compiles or pretrains, and in plain JavaScript, which is a hundred times as slow: 5 min. */
const PATIENT_BEATS = 60;

/** What to do at a beat: nothing, send `ping`, or give the worker up. */
type Verdict = "alive" | "ask" | "lost";

/** Watches one worker. */
export class Supervisor {
  #silentBeats = 0;
  /** Loading its program, until it says something. */
  #isLoading = true;
  /** In a stage that may take long without a pause. */
  #isInLongStage = false;
  #isSlow = false;

  /** Takes any message as a sign of life. */
  heard(message: WorkerMessage): void {
    this.#silentBeats = 0;
    this.#isLoading = false;
    if (message.type === "backend") this.#isSlow = message.backend === "cpu";
    if (message.type === "progress") {
      this.#isInLongStage = message.progress?.stage === "compiling" || message.progress?.stage === "pretraining";
    }
  }

  /** Called at every beat. */
  beat(isVisible: boolean): Verdict {
    if (!isVisible) {
      this.#silentBeats = 0;
      return "alive";
    }
    this.#silentBeats++;
    const isPatient = this.#isLoading || this.#isInLongStage || this.#isSlow;
    if (this.#silentBeats > (isPatient ? PATIENT_BEATS : SILENT_BEATS)) return "lost";
    return this.#silentBeats > 1 ? "ask" : "alive";
  }
}
