import { expect, test } from "vitest";
import type { WorkerMessage } from "../../src/protocol/messages.ts";
import { Supervisor } from "../../src/ui/supervisor.ts";

const PONG: WorkerMessage = { type: "pong", runId: "a" };

/** Verdicts of so many beats in a row. */
function beats(supervisor: Supervisor, count: number, isVisible = true): string[] {
  return Array.from({ length: count }, () => supervisor.beat(isVisible));
}

function started(...messages: readonly WorkerMessage[]): Supervisor {
  const supervisor = new Supervisor();
  for (const message of [PONG, ...messages]) supervisor.heard(message);
  return supervisor;
}

function onStage(stage: "compiling" | "loading" | "pretraining"): WorkerMessage {
  return { type: "progress", runId: "a", progress: { stage, fraction: null, remainingMs: null, text: "" } };
}

test("a silent worker is asked, and lost after 45 s without an answer", () => {
  expect(beats(started(), 10)).toEqual(["alive", ...Array<string>(8).fill("ask"), "lost"]);
});

test("a worker that answers or tells something at times is never lost", () => {
  const supervisor = started();
  for (let i = 0; i < 30; i++) {
    expect(beats(supervisor, 9)).not.toContain("lost");
    supervisor.heard(i % 2 === 0 ? PONG : { type: "events", runId: "a", events: [], replay: false });
  }
});

test("beats of a hidden tab do not count, and start the count anew", () => {
  const supervisor = started();
  beats(supervisor, 9);
  expect(new Set(beats(supervisor, 1000, false))).toEqual(new Set(["alive"]));
  expect(beats(supervisor, 9)).not.toContain("lost");
  expect(supervisor.beat(true)).toBe("lost");
});

test("a worker gets five minutes while its program is loaded, while it compiles or pretrains, and in plain JavaScript", () => {
  const cpu: WorkerMessage = { type: "backend", runId: "a", backend: "cpu", reason: "", isEmulated: false };
  const patient = [new Supervisor(), started(onStage("compiling")), started(onStage("pretraining")), started(cpu)];
  for (const supervisor of patient) {
    expect(beats(supervisor, 60)).not.toContain("lost");
    expect(supervisor.beat(true)).toBe("lost");
  }
  expect(beats(started(onStage("loading")), 10)).toContain("lost");
  const compiled = started(onStage("compiling"), { type: "progress", runId: "a", progress: null });
  expect(beats(compiled, 10)).toContain("lost");
});
