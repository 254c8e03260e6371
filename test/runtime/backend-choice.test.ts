import { describe, expect, it } from "vitest";
import type { BackendName, SelectedBackend } from "../../src/runtime/backend.ts";
import { startFastest, type BackendChoicePorts } from "../../src/runtime/backend-choice.ts";

interface Device {
  readonly name: string | null;
  /** Milliseconds of the self-test; absent kinds do not start. */
  readonly speeds: Partial<Record<BackendName, number>>;
}

/** A browser on a device, whose settings outlive a visit. */
function browser() {
  const settings = new Map<string, unknown>();
  const started: BackendName[] = [];
  const tests: BackendName[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const visit = (device: Device): Promise<SelectedBackend> => {
    started.length = 0;
    let current: BackendName = "cpu";
    const ladder: readonly BackendName[] = ["webgpu", "wasm", "cpu"];
    const ports: BackendChoicePorts = {
      store: {
        readSetting: async (name) => settings.get(name),
        writeSetting: async (name, value) => void settings.set(name, structuredClone(value)),
      },
      deviceName: async () => device.name,
      start: async (prefer) => {
        current = ladder.slice(ladder.indexOf(prefer)).find((name) => device.speeds[name] !== undefined) ?? "cpu";
        started.push(current);
        const deviceLost = new Promise<string>(() => undefined);
        return {
          name: current,
          reasons: [`Using ${current}.`],
          isEmulated: false,
          deviceLost,
          deviceCalls: () => null,
        };
      },
      selfTestMs: async () => {
        const kind = current;
        tests.push(kind);
        await new Promise((resolve) => setTimeout(resolve, 1));
        const ms = device.speeds[kind]!;
        if (Number.isNaN(ms)) throw new Error("wrong result");
        return ms;
      },
      oneAtATime: (work) => {
        const done = turn.then(work);
        turn = done.catch(() => undefined);
        return done;
      },
    };
    return startFastest(ports);
  };
  return { visit, started, tests, settings };
}

const GPU: Device = { name: "a card", speeds: { webgpu: 3, wasm: 12.4 } };
const SOFTWARE: Device = { name: "a processor", speeds: { webgpu: 250, wasm: 9.25 } };

describe("the automatic choice of a backend", () => {
  it.each([
    {
      device: GPU,
      name: "webgpu",
      sentence: "The self-test on this device took 3.0 ms on WebGPU and 12 ms on WebAssembly.",
    },
    {
      device: SOFTWARE,
      name: "wasm",
      sentence: "The self-test on this device took 250 ms on WebGPU and 9.3 ms on WebAssembly.",
    },
  ])("takes $name where it is faster, and says so", async ({ device, name, sentence }) => {
    const selected = await browser().visit(device);
    expect(selected.name).toBe(name);
    expect(selected.reasons).toEqual([`Using ${name}.`, sentence]);
  });

  it("measures a device once and starts only the faster kind from then on", async () => {
    const { visit, started } = browser();
    await visit(SOFTWARE);
    expect(started).toEqual(["wasm", "webgpu", "wasm"]);
    expect((await visit(SOFTWARE)).name).toBe("wasm");
    expect(started).toEqual(["wasm"]);
  });

  it("is measured by the first of four workers that begin together, for all of them", async () => {
    const { visit, tests } = browser();
    const lanes = await Promise.all(Array.from({ length: 4 }, () => visit(SOFTWARE)));
    expect(lanes.map(({ name }) => name)).toEqual(["wasm", "wasm", "wasm", "wasm"]);
    expect(new Set(lanes.map(({ reasons }) => reasons.join(" "))).size).toBe(1);
    expect(tests).toEqual(["wasm", "webgpu"]);
  });

  it("lets the next worker measure where the first one failed", async () => {
    const { visit, tests } = browser();
    const broken: Device = { name: "a card", speeds: { webgpu: NaN, wasm: 9 } };
    await Promise.all([visit(broken), visit(broken)]);
    expect(tests).toEqual(["wasm", "webgpu", "wasm", "webgpu"]);
  });

  it("measures again on another device, and if what was remembered cannot be read", async () => {
    const { visit, started, settings } = browser();
    await visit(SOFTWARE);
    expect((await visit(GPU)).name).toBe("webgpu");
    expect(started).toHaveLength(3);
    settings.set("backendSpeeds", { device: GPU.name, webgpuMs: "fast" });
    await visit(GPU);
    expect(started).toHaveLength(3);
  });

  it("measures nothing without a graphics device", async () => {
    const { visit, started, settings } = browser();
    const selected = await visit({ name: null, speeds: { wasm: 9 } });
    expect([selected.name, started, settings.size]).toEqual(["wasm", ["wasm"], 0]);
  });

  it.each([
    { what: "does not start", speeds: { wasm: 9 }, reason: "Not using webgpu: Using wasm." },
    { what: "computes wrongly", speeds: { webgpu: NaN, wasm: 9 }, reason: "Not using webgpu: wrong result." },
  ])("takes WebAssembly where WebGPU $what, says so, and remembers nothing", async ({ speeds, reason }) => {
    const { visit, settings } = browser();
    const selected = await visit({ name: "a card", speeds });
    expect([selected.name, settings.size]).toEqual(["wasm", 0]);
    expect(selected.reasons[0]).toBe(reason);
  });

  it("takes WebGPU where WebAssembly does not work", async () => {
    const { visit, settings } = browser();
    const selected = await visit({ name: "a card", speeds: { webgpu: 300 } });
    expect([selected.name, settings.size]).toEqual(["webgpu", 0]);
  });
});
