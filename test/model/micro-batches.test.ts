import { describe, expect, it } from "vitest";
import { DeviceError, OutOfMemoryError } from "../../src/core/base/errors.ts";
import { MicroBatches, type ErrorScopes } from "../../src/model/micro-batches.ts";

/** Work that fails so often for want of memory, and how much it was given each time. */
function hungryWork(batches: MicroBatches, failures: number) {
  const given: number[] = [];
  const work = async (): Promise<string> => {
    given.push(batches.positions(1000, 100));
    if (given.length <= failures) throw new OutOfMemoryError("no room");
    return "done";
  };
  return { work, given };
}

/** A device whose scopes tell these answers, one a scope. */
function device(answers: readonly (string | null)[]): ErrorScopes & { readonly open: string[] } {
  const open: string[] = [];
  let next = 0;
  return {
    open,
    pushErrorScope: (filter) => void open.push(filter),
    popErrorScope: () => {
      open.pop();
      const message = answers[next++] ?? null;
      return Promise.resolve(message === null ? null : { message });
    },
  };
}

describe("work on a device without memory", () => {
  it("is done again with half the batch, once, and that is told", async () => {
    const told: string[] = [];
    const batches = new MicroBatches(
      (sentence) => told.push(sentence),
      () => null,
    );
    const { work, given } = hungryWork(batches, 1);
    expect(await batches.run("update", work)).toBe("done");
    expect(given).toEqual([1000, 500]);
    expect(told).toEqual([expect.stringContaining("no room")]);
    expect(await batches.run("update", work)).toBe("done");
    expect(given).toEqual([1000, 500, 500]);
  });

  it("ends with advice when half is too much, too", async () => {
    const batches = new MicroBatches(undefined, () => null);
    const { work, given } = hungryWork(batches, 2);
    await expect(batches.run("update", work)).rejects.toThrow(OutOfMemoryError);
    await expect(batches.run("update", hungryWork(batches, 1).work)).rejects.toThrow(/WebAssembly/);
    expect(given).toEqual([1000, 500]);
  });

  it("never gets less than its longest row", () => {
    const batches = new MicroBatches(undefined, () => null);
    expect(batches.positions(1000, 800)).toBe(1000);
    return batches.run("score", hungryWork(batches, 1).work).then(() => expect(batches.positions(1000, 800)).toBe(800));
  });

  it("is recognised by the device's error scope, which is closed each time", async () => {
    const scopes = device(["buffer of 4 GB", null]);
    let calls = 0;
    const batches = new MicroBatches(undefined, () => scopes);
    const work = async (): Promise<number> => {
      expect(scopes.open).toEqual(["out-of-memory"]);
      return ++calls;
    };
    expect(await batches.run("update", work)).toBe(2);
    expect(scopes.open).toEqual([]);
  });

  it("is recognised when JavaScript or WebAssembly cannot allocate", async () => {
    const batches = new MicroBatches(undefined, () => null);
    let calls = 0;
    const work = async (): Promise<number> => {
      if (++calls === 1) throw new RangeError("Array buffer allocation failed");
      return calls;
    };
    expect(await batches.run("score", work)).toBe(2);
  });

  it("is not confused with any other failure", async () => {
    const batches = new MicroBatches(undefined, () => device([null]));
    const work = (): Promise<never> => Promise.reject(new DeviceError("lost"));
    await expect(batches.run("update", work)).rejects.toThrow(/^lost$/);
    expect(batches.positions(1000)).toBe(1000);
  });
});
