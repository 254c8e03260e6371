/** @file Where an iteration's time goes: what the policy is asked for, how long that takes, and what it costs the device. */
import type { Clock } from "../core/base/clock.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { CallKind, CallProfile, DeviceCalls, IterationProfile } from "../protocol/messages.ts";
import type { CallWatcher } from "./exclusive-policy.ts";

/** What the profiler works with. */
export interface ProfilerPorts {
  readonly clock: Clock;
  /** What was asked of the device so far; null if there is none. */
  readonly deviceCalls: () => DeviceCalls | null;
  readonly tell: (profile: IterationProfile) => void;
}

/** Least time between two tellings of an iteration that is not done yet. */
const TELL_EVERY_MS = 500;

const KINDS: Readonly<Partial<Record<Parameters<CallWatcher>[0], CallKind>>> = {
  generate: "writing",
  logProbs: "scoring",
  update: "learning",
};

/** Adds up the policy's calls of an iteration and tells them while it runs and when it is done. */
export class IterationProfiler {
  readonly #ports: ProfilerPorts;
  #iteration: { readonly number: number; readonly start: number } | null = null;
  #calls = new Map<CallKind, CallProfile>();
  #toldAt = 0;

  constructor(ports: ProfilerPorts) {
    this.#ports = ports;
  }

  /** Watches one call of the policy. */
  readonly watch: CallWatcher = (call) => {
    if (this.#iteration === null) return null;
    const { clock, deviceCalls } = this.#ports;
    const [start, before] = [clock.now(), deviceCalls()];
    return () => {
      const kind = KINDS[call] ?? "other";
      const device = before === null ? null : difference(before, deviceCalls()!);
      this.#add({ kind, count: 1, ms: clock.now() - start, device });
      if (clock.now() - this.#toldAt >= TELL_EVERY_MS) this.#tell(false);
    };
  };

  /** Hears when an iteration begins and ends. */
  hear(event: TrainingEvent): void {
    if (event.type === "iterationStarted") {
      const start = this.#ports.clock.now();
      this.#iteration = { number: event.iteration, start };
      this.#calls = new Map();
      this.#toldAt = start;
    } else if (event.type === "iterationFinished") {
      this.#tell(true);
      this.#iteration = null;
    }
  }

  #add(call: CallProfile): void {
    const sum = this.#calls.get(call.kind);
    if (sum === undefined) {
      this.#calls.set(call.kind, call);
      return;
    }
    const device = sum.device === null || call.device === null ? null : total(sum.device, call.device);
    this.#calls.set(call.kind, { kind: call.kind, count: sum.count + 1, ms: sum.ms + call.ms, device });
  }

  #tell(isDone: boolean): void {
    if (this.#iteration === null) return;
    const now = this.#ports.clock.now();
    this.#toldAt = now;
    const { number: iteration, start } = this.#iteration;
    this.#ports.tell({ iteration, isDone, wallMs: now - start, calls: [...this.#calls.values()] });
  }
}

const combined =
  (combine: (a: number, b: number) => number) =>
  (a: DeviceCalls, b: DeviceCalls): DeviceCalls => ({
    dispatches: combine(a.dispatches, b.dispatches),
    submits: combine(a.submits, b.submits),
    readBacks: combine(a.readBacks, b.readBacks),
    pipelines: combine(a.pipelines, b.pipelines),
    bytes: combine(a.bytes, b.bytes),
  });

const total = combined((a, b) => a + b);
const difference = combined((before, after) => after - before);
