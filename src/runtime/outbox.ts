import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Clock } from "../core/base/clock.ts";
import type { WorkerMessage } from "../protocol/messages.ts";

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** A message of a run, before it is known of which. */
export type RunMessage = DistributiveOmit<WorkerMessage, "runId">;

/** How messages leave the worker. */
export interface OutboxPorts {
  post(message: WorkerMessage, transfer: readonly ArrayBuffer[]): void;
  /** Resolves in a later task of the event loop. */
  nextTask(): Promise<void>;
  readonly clock: Clock;
}

/** Longest time an event waits for others, if the loop does not come free before. */
const BATCH_MS = 40;

/** Sends a run's messages in order; events that come close together go in one message. */
export class Outbox {
  readonly #runId: string;
  readonly #ports: OutboxPorts;
  #events: TrainingEvent[] = [];
  #waitingSince = 0;

  constructor(runId: string, ports: OutboxPorts) {
    this.#runId = runId;
    this.#ports = ports;
  }

  /** Sends everything that waits, then the message. */
  post(message: RunMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.flush();
    this.#ports.post({ ...message, runId: this.#runId }, transfer);
  }

  /** Sends an event, soon. */
  emit(event: TrainingEvent): void {
    this.#events.push(event);
    const now = this.#ports.clock.now();
    if (this.#events.length === 1) {
      this.#waitingSince = now;
      void this.#ports.nextTask().then(() => this.flush());
    } else if (now - this.#waitingSince > BATCH_MS) this.flush();
  }

  flush(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#ports.post({ type: "events", runId: this.#runId, events, replay: false }, []);
  }
}
