/** @file Composition root of the training worker: the host with the browser's devices, locks, files and event loop. */
import { createEnv, taskSpec } from "../core/envs/registry.ts";
import { TrainingSession } from "../core/training/session.ts";
import { WASM_URLS } from "../model/wasm-urls.ts";
import type { BackendChoice, Progress } from "../protocol/messages.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { RunStore } from "../storage/run-store.ts";
import { activeClock } from "./active-clock.ts";
import { graphicsDeviceName, selfTestMs, startBackend, type BackendName, type SelectedBackend } from "./backend.ts";
import { startFastest } from "./backend-choice.ts";
import { loadBaseFile, pretrainHere } from "./browser-base.ts";
import { lockRun, oneAtATime } from "./browser-lock.ts";
import { breathing, messageTasks } from "./browser-tasks.ts";
import { basePolicyState, createPolicy } from "./create-session.ts";
import { ExclusivePolicy, type CallWatcher } from "./exclusive-policy.ts";
import type { OpenedRun } from "./hosted-run.ts";
import type { OutboxPorts } from "./outbox.ts";
import { IterationProfiler } from "./iteration-profile.ts";
import { tryPolicies } from "./policy-trials.ts";
import { rehearsalRows } from "./rehearsal.ts";
import type { OpenRequest, TrialsRequest } from "./run-host-ports.ts";
import { RunHost } from "./run-host.ts";
import { tipKeys } from "./tip-keys.ts";

const CLOCK = activeClock({ now: () => performance.now() });
const COMPILE_TEXTS = {
  generate: "Compiling the GPU programs for rollouts",
  logProbs: "Compiling the GPU programs for learning",
  update: "Compiling the GPU programs for learning",
};

/** The host of the training worker. */
export function createBrowserHost(store: RunStore, post: OutboxPorts["post"]): RunHost {
  const { nextTask } = messageTasks();
  const breath = breathing(nextTask);
  const breathe = (): Promise<void> => {
    CLOCK.now(); // read after every call of the policy, so that only a sleep is a long step
    return breath();
  };
  const surroundings = { store, breathe, loadBase: keepingBase(store) };
  return new RunHost({
    store,
    post,
    nextTask,
    clock: CLOCK,
    lock: lockRun,
    openRun: (request) => openRun(request, surroundings),
    pretrain: async (request) => {
      await startWanted(request.backend, store);
      await pretrainHere(request, store, nextTask);
    },
    tryPolicies: (request) => tryHere(request, store, breathing(nextTask)),
  });
}

async function tryHere(request: TrialsRequest, store: RunStore, breathe: () => Promise<void>): Promise<void> {
  const { onProgress } = request;
  onProgress({ stage: "backend", fraction: null, remainingMs: null, text: "Starting the compute backend" });
  const { name, deviceLost } = await startWanted(request.backend, store);
  const watch = name === "webgpu" ? await compilationWatcher(store, onProgress, () => undefined) : () => null;
  await tryPolicies(request, {
    clock: CLOCK,
    loadBase: (base) => loadBaseFile(base, store, onProgress),
    openPolicy: async (state) => new ExclusivePolicy(await createPolicy(state), { breathe, watch, deviceLost }),
  });
}

type BaseLoader = (name: string, onProgress: (progress: Progress) => void) => Promise<Uint8Array>;

/** Loads a base policy once: a run that goes on after a fault needs no network. */
function keepingBase(store: RunStore): BaseLoader {
  let kept: { readonly name: string; readonly file: Uint8Array } | null = null;
  return async (name, onProgress) => {
    if (kept?.name !== name) kept = { name, file: await loadBaseFile(name, store, onProgress) };
    return kept.file;
  };
}

interface Surroundings {
  readonly store: RunStore;
  readonly breathe: () => Promise<void>;
  readonly loadBase: BaseLoader;
}

async function openRun(request: OpenRequest, { store, breathe, loadBase }: Surroundings): Promise<OpenedRun> {
  const { config, checkpoint, emit, onProgress, onHalved } = request;
  onProgress({ stage: "backend", fraction: null, remainingMs: null, text: "Starting the compute backend" });
  const selected = await startWanted(request.backend, store);
  const baseFile = await loadBase(config.base, onProgress);
  const plain = await createPolicy(basePolicyState(baseFile), onHalved);
  let tellWay: () => void = () => undefined;
  const workingWay = new Promise<void>((resolve) => (tellWay = resolve)).then(() => plain.describe()).catch(String);
  const compiling = selected.name === "webgpu" ? await compilationWatcher(store, onProgress, tellWay) : () => null;
  const profiler = new IterationProfiler({
    clock: CLOCK,
    deviceCalls: selected.deviceCalls,
    tell: request.onProfile,
  });
  const watch = both(compiling, profiler.watch);
  const policy = new ExclusivePolicy(plain, { breathe, watch, deviceLost: selected.deviceLost });
  const emitAndProfile = (event: TrainingEvent): void => {
    emit(event);
    profiler.hear(event);
  };
  const worlds = { createEnv, taskSpec, rehearsalRows };
  const parts = { policy, config, ...worlds, clock: CLOCK, backend: selected.name };
  const dependencies = { ...parts, emit: emitAndProfile };
  try {
    const session = await (checkpoint === null
      ? TrainingSession.create(dependencies)
      : TrainingSession.restore(dependencies, checkpoint));
    return {
      session,
      policy,
      backend: selected.name,
      reason: selected.reasons.join(" "),
      isEmulated: selected.isEmulated,
      deviceLost: selected.deviceLost,
      workingWay,
      tipKey: tipKeys(session.config, worlds),
      dispose: () => policy.dispose(),
    };
  } catch (error) {
    policy.dispose();
    throw error;
  }
}

/** Two watchers as one; the second sees the shorter time. */
function both(first: CallWatcher, second: CallWatcher): CallWatcher {
  return (call) => {
    const ends = [first(call), second(call)];
    return () => {
      for (const end of ends.reverse()) end?.();
    };
  };
}

function startWanted(choice: BackendChoice, store: RunStore): Promise<SelectedBackend> {
  const start = (prefer: BackendName): Promise<SelectedBackend> => startBackend({ wasmPaths: WASM_URLS, prefer });
  if (choice !== "auto") return start(choice);
  return startFastest({
    store,
    deviceName: graphicsDeviceName,
    start,
    selfTestMs: () => selfTestMs(() => CLOCK.now()),
    oneAtATime: (work) => oneAtATime("self-test", work),
  });
}

/**
 * Tells that the first rollout, the first scoring and the first update compile, and how long that took the last time. An
 * iteration ends with an update, so after the first one all is compiled.
 */
async function compilationWatcher(
  store: RunStore,
  onProgress: (progress: Progress | null) => void,
  onAllCompiled: () => void,
): Promise<CallWatcher> {
  const expected = await store.readSetting("compileMs").catch(() => undefined);
  const times = new Map(Object.entries(typeof expected === "object" && expected !== null ? expected : {}));
  const seen = new Set<string>();
  return (call) => {
    if (seen.has(call) || !isCompiled(call)) return null;
    seen.add(call);
    const start = performance.now();
    const before: unknown = times.get(call);
    const remainingMs = typeof before === "number" ? before : null;
    onProgress({ stage: "compiling", fraction: null, remainingMs, text: COMPILE_TEXTS[call] });
    return () => {
      onProgress(null);
      if (call === "update") onAllCompiled();
      times.set(call, performance.now() - start);
      store.writeSetting("compileMs", Object.fromEntries(times)).catch(() => undefined);
    };
  };
}

function isCompiled(call: string): call is keyof typeof COMPILE_TEXTS {
  return call in COMPILE_TEXTS;
}
