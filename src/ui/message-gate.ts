/**
 * @file What the page believes of a worker: messages of its run, in order, each once, with the fields that they should
 * have. Everything else is dropped and counted, and changes nothing.
 */
import type { WorkerEnvelope, WorkerMessage } from "../protocol/messages.ts";
import { isWorkerMessage } from "../protocol/worker-message-schema.ts";

/** Lets the messages of one worker through. */
export class MessageGate {
  readonly #runId: string;
  #lastSequence = -1;
  #dropped = 0;

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** Messages that were not let through. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The message; null if it is malformed, late, there already, or of another run. */
  admit(data: unknown): WorkerMessage | null {
    if (isEnvelope(data) && data.sequence > this.#lastSequence && isWorkerMessage(data.message)) {
      if (data.message.runId === this.#runId) {
        this.#lastSequence = data.sequence;
        return data.message;
      }
    }
    this.#dropped++;
    return null;
  }
}

function isEnvelope(data: unknown): data is WorkerEnvelope {
  if (typeof data !== "object" || data === null || !("message" in data) || !("sequence" in data)) return false;
  return Number.isSafeInteger(data.sequence);
}
