/** @file A host over fake sessions, and what it told its page. */
import { vi } from "vitest";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { WorkerCommand, WorkerMessage } from "../../src/protocol/messages.ts";
import type { RunHostPorts } from "../../src/runtime/run-host-ports.ts";
import { RunHost } from "../../src/runtime/run-host.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { fakeOpener, type FakeRunHooks } from "./fake-run.ts";

export const CONFIG = { ...DEFAULT_CONFIG, iterations: 4 };
export const RUN = { runId: "run-1" };

type Start = Extract<WorkerCommand, { type: "start" }>;
export type MessageOf<Type extends WorkerMessage["type"]> = Extract<WorkerMessage, { type: Type }>;

/** A host with a store that outlives it, as a worker has after a reload. */
export class HostHarness {
  readonly messages: WorkerMessage[] = [];
  readonly host: RunHost;
  readonly opener: ReturnType<typeof fakeOpener>;

  constructor(store: RunStore, hooks: FakeRunHooks, changes: Partial<RunHostPorts> = {}) {
    this.opener = fakeOpener(hooks);
    this.host = new RunHost({
      store,
      post: (message) => this.messages.push(structuredClone(message)),
      nextTask: () => new Promise((resolve) => setImmediate(resolve)),
      clock: { now: () => performance.now() },
      lock: async () => () => {},
      openRun: this.opener.openRun,
      pretrain: async () => {},
      tryPolicies: async () => {},
      ...changes,
    });
  }

  start(changes: Partial<Start> = {}): Promise<void> {
    return this.host.handle({
      type: "start",
      ...RUN,
      config: CONFIG,
      fresh: false,
      backend: "auto",
      autoRun: true,
      isKept: true,
      takeOver: false,
      ...changes,
    });
  }

  of<Type extends WorkerMessage["type"]>(type: Type): MessageOf<Type>[] {
    return this.messages.filter((message): message is MessageOf<Type> => message.type === type);
  }

  /** Types of all events told, live or replayed. */
  events(replay: boolean): string[] {
    return this.of("events")
      .filter((message) => message.replay === replay)
      .flatMap(({ events }) => events.map(({ type }) => type));
  }

  async until(type: WorkerMessage["type"], condition: (message: never) => boolean = () => true): Promise<void> {
    await vi.waitFor(() => {
      if (!this.messages.some((message) => message.type === type && condition(message as never))) throw new Error(type);
    });
  }

  async untilState(state: MessageOf<"state">["state"]): Promise<void> {
    await this.until("state", (message: MessageOf<"state">) => message.state === state);
  }
}

/** Holds an iteration until released. */
export function gate(hooks: FakeRunHooks) {
  let release = (): void => {};
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  hooks.duringIteration = async () => {
    reach();
    await released;
  };
  return { reached, release };
}
