/** @file Trials on a new task on the page: which policies, which task, and the worker that tries them. */
import { create } from "zustand";
import { taskSpec } from "../../core/envs/registry.ts";
import type { Progress, TriedPolicy, WorkerMessage } from "../../protocol/messages.ts";
import { exportRun } from "../actions/run-requests.ts";
import { asSentence } from "../format.ts";
import { usePage } from "../store/store.ts";
import { messageOf, WorkerClient } from "../worker-client.ts";
import type { DoneTrial, TriedTitle } from "./trial-results.ts";

/** A policy that can be tried. */
export interface Candidate extends TriedTitle {
  readonly id: string;
  /** Where its weights are: the base policy of the form, a live run by its key, or the bytes of a file. */
  readonly source: "base" | { readonly key: string } | ArrayBuffer;
}

/** What is asked of all policies. */
export interface TrialsPlan {
  readonly task: string;
  readonly preset: string;
  readonly house: number;
  readonly trials: number;
  /** Per variation and trial. */
  readonly episodes: number;
}

export interface TrialsState {
  readonly plan: TrialsPlan;
  readonly files: readonly Candidate[];
  /** Ids of candidates that are not to be tried. */
  readonly left: readonly string[];
  readonly state: "none" | "gathering" | "running" | "over" | "stopped" | "failed";
  readonly progress: Progress | null;
  readonly error: string | null;
  /** What was tried, and where. */
  readonly tried: { readonly plan: TrialsPlan; readonly policies: readonly TriedTitle[] } | null;
  readonly done: readonly DoneTrial[];
}

/** The paper's pairs of figure 8: trained on the one, tried on the other. */
export const PAPER_PAIRS: Readonly<Partial<Record<string, string>>> = {
  "identify-life-stages-2": "lifespan-shortest-lived",
  "lifespan-longest-lived": "test-conductivity",
  "power-component": "chemistry-mix-paint-secondary-color",
};

const KEY = "trials";

export const useTrials = create<TrialsState>(() => ({
  plan: firstPlan(),
  files: [],
  left: [],
  state: "none",
  progress: null,
  error: null,
  tried: null,
  done: [],
}));

const client = new WorkerClient((_key, message) => receive(message));

/** The same task in a house that the run has not seen; at ten trials, as the paper. */
function firstPlan(): TrialsPlan {
  const { task, preset, house } = usePage.getState().settings.draft;
  return { task, preset, house: house + 1, trials: 10, episodes: 4 };
}

export function changeTrials(changes: Partial<TrialsPlan>): void {
  useTrials.setState(({ plan }) => ({ plan: { ...plan, ...changes } }));
}

/** Another task, with its first preset. */
export function chooseTask(task: string): void {
  const { presets } = taskSpec(task);
  changeTrials({ task, preset: presets[0]! });
}

/** Takes a policy in or leaves it out. */
export function takeIn(id: string, isIn: boolean): void {
  useTrials.setState(({ left }) => ({ left: isIn ? left.filter((one) => one !== id) : [...left, id] }));
}

export function addFile(name: string, bytes: ArrayBuffer): void {
  const id = `file ${useTrials.getState().files.length + 1}`;
  const file: Candidate = { id, title: name, method: id, source: bytes };
  useTrials.setState(({ files }) => ({ files: [...files, file] }));
}

/** Freezes the policies as they are now and tries them. */
export async function startTrials(candidates: readonly Candidate[]): Promise<void> {
  const { plan } = useTrials.getState();
  const policies = candidates.map(({ title, method }) => ({ title, method }));
  const cleared = { progress: null, error: null, done: [] };
  useTrials.setState({ ...cleared, state: "gathering", tried: { plan, policies } });
  try {
    const frozen = await Promise.all(candidates.map(freeze));
    if (useTrials.getState().state !== "gathering") return; // stopped meanwhile
    const { backendChoice: backend, settings } = usePage.getState();
    client.open(KEY, KEY);
    client.send(KEY, { type: "tryPolicies", backend, policies: frozen, seed: settings.draft.seed, ...plan });
    useTrials.setState({ state: "running" });
  } catch (error) {
    fail(messageOf(error));
  }
}

async function freeze({ source }: Candidate): Promise<TriedPolicy> {
  if (source === "base") return { type: "base", config: usePage.getState().settings.draft };
  if (source instanceof ArrayBuffer) return { type: "checkpoint", bytes: source };
  const { bytes } = await exportRun(source.key);
  return { type: "checkpoint", bytes };
}

/** Ends the trials at once; those that are done stay. */
export function stopTrials(): void {
  client.close(KEY);
  useTrials.setState({ state: "stopped", progress: null });
}

function fail(message: string): void {
  client.close(KEY);
  useTrials.setState({ state: "failed", progress: null, error: asSentence(message) });
}

function receive(message: WorkerMessage): void {
  if (message.type === "progress") useTrials.setState({ progress: message.progress });
  if (message.type === "trial") {
    const { policy, record } = message;
    useTrials.setState(({ done }) => ({ done: [...done, { policy, record }] }));
  }
  if (message.type === "failed") fail(message.error.message);
  if (message.type !== "state") return;
  client.close(KEY);
  useTrials.setState({ state: "over", progress: null });
}
