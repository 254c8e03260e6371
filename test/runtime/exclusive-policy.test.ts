import { expect, test } from "vitest";
import type { Policy } from "../../src/core/policy/policy.ts";
import { ExclusivePolicy } from "../../src/runtime/exclusive-policy.ts";

/** A policy of which each call is held until released, and that notes what it was asked. */
function heldPolicy() {
  const calls: string[] = [];
  const releases: (() => void)[] = [];
  const hold = (name: string) => () =>
    new Promise<never[]>((resolve) => {
      calls.push(name);
      releases.push(() => resolve([]));
    });
  const batch = { generate: hold("generate"), close: () => calls.push("close") };
  const policy = {
    config: { vocabularySize: 512, width: 8, layers: 1, heads: 1, contextLength: 16 },
    open: () => batch,
    logProbs: hold("logProbs"),
    distributions: hold("distributions"),
    dispose: () => calls.push("dispose"),
  };
  return { policy: policy as unknown as Policy, calls, release: () => releases.shift()!() };
}

/** All promises that can settle have settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const QUIET = { breathe: async () => {}, watch: () => null, deviceLost: new Promise<string>(() => undefined) };

test("a question asked during a call waits for that call only", async () => {
  const { policy, calls, release } = heldPolicy();
  const exclusive = new ExclusivePolicy(policy, QUIET);
  const batch = exclusive.open(1);
  const first = batch.generate([]);
  const question = exclusive.distributions([1], [0], 5);
  const second = batch.generate([]);
  await settled();
  expect(calls).toEqual(["generate"]);
  release();
  await first;
  await settled();
  expect(calls).toEqual(["generate", "distributions"]);
  release();
  await question;
  await settled();
  release();
  await second;
  expect(calls).toEqual(["generate", "distributions", "generate"]);
});

test("a call that fails does not keep the next one", async () => {
  const { policy, release } = heldPolicy();
  const failing = { ...policy, config: policy.config, logProbs: () => Promise.reject(new Error("no")) } as Policy;
  const exclusive = new ExclusivePolicy(failing, QUIET);
  await expect(exclusive.logProbs([], 1)).rejects.toThrow("no");
  const next = exclusive.distributions([1], [0], 5);
  await settled();
  release();
  expect(await next).toEqual([]);
});

test("when the device is lost, the call in flight and all later ones end", async () => {
  const { policy, calls } = heldPolicy();
  let lose = (): void => {};
  const deviceLost = new Promise<string>((resolve) => (lose = () => resolve("The GPU was lost.")));
  const exclusive = new ExclusivePolicy(policy, { ...QUIET, deviceLost });
  const inFlight = exclusive.logProbs([], 1);
  await settled();
  lose();
  await expect(inFlight).rejects.toThrow("The GPU was lost.");
  await expect(exclusive.distributions([1], [0], 5)).rejects.toThrow("The GPU was lost.");
  expect(calls).toEqual(["logProbs"]);
});

test("the host is told of each call and breathes after it", async () => {
  const { policy, release } = heldPolicy();
  const told: string[] = [];
  const exclusive = new ExclusivePolicy(policy, {
    ...QUIET,
    watch: (call) => {
      told.push(`${call} begins`);
      return () => told.push(`${call} ends`);
    },
    breathe: async () => {
      told.push("breath");
    },
  });
  const call = exclusive.open(1).generate([]);
  await settled();
  release();
  await call;
  expect(told).toEqual(["generate begins", "generate ends", "breath"]);
});
