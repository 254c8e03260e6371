/** @file Tries frozen policies on a task they were not trained on, with memory and without (figure 8). */
import { ConfigError } from "../core/base/errors.ts";
import { Random } from "../core/base/random.ts";
import type { Clock } from "../core/base/clock.ts";
import { ActionCritic } from "../core/critic/action-critic.ts";
import { createEnv, taskSpec } from "../core/envs/registry.ts";
import type { Policy, PolicyState } from "../core/policy/policy.ts";
import { parseRunConfig } from "../core/training/config-parsing.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { runTrials } from "../core/training/trials.ts";
import type { TriedPolicy } from "../protocol/messages.ts";
import { basePolicyState } from "./create-session.ts";
import type { TrialsRequest } from "./run-host-ports.ts";
import { decodeSessionFile } from "./session-file.ts";

/** Trials of one policy at most, with memory and as many without. */
const MAX_TRIALS = 100;
const MEMORY = ["on", "off"] as const;

/** What is needed to put policies on a device. */
export interface TrialsPorts {
  readonly clock: Clock;
  /** The file of a base policy. */
  readonly loadBase: (name: string) => Promise<Uint8Array>;
  readonly openPolicy: (state: PolicyState) => Promise<Policy & { dispose(): void }>;
}

/** A policy with the settings it acts with. */
interface Opened {
  readonly state: PolicyState;
  readonly config: RunConfig;
  /** Null if nothing but the policy chooses its actions. */
  readonly critic: ActionCritic | null;
}

/**
 * Tries each policy from the same draws: first with memory, from an empty one, then without.
 *
 * @throws {ConfigError} if the task, the preset or a number is not possible
 * @throws {CheckpointError} if a file is damaged
 */
export async function tryPolicies(request: TrialsRequest, ports: TrialsPorts): Promise<void> {
  const { policies, trials, goesOn } = request;
  if (!Number.isInteger(trials) || trials < 1 || trials > MAX_TRIALS) {
    throw new ConfigError(`try policies: 1 to ${MAX_TRIALS} trials, got ${trials}`);
  }
  if (policies.length === 0) throw new ConfigError("try policies: at least one policy, got none");
  const tellProgress = progressTeller(request, ports.clock);
  for (const [place, tried] of policies.entries()) {
    if (!goesOn()) return;
    const opened = await openTried(tried, ports);
    const config = newTaskConfig(opened.config, request);
    const policy = await ports.openPolicy(opened.state);
    try {
      for (const memory of MEMORY) {
        if (!goesOn()) return;
        const { critic } = opened;
        const onTrial: Parameters<typeof runTrials>[0]["onTrial"] = (record) => {
          request.onTrial(place, record);
          tellProgress();
          return goesOn();
        };
        await runTrials({ policy, config, memory, trials, critic, createEnv, taskSpec, onTrial });
      }
    } finally {
      policy.dispose();
    }
  }
}

async function openTried(tried: TriedPolicy, { loadBase }: TrialsPorts): Promise<Opened> {
  if (tried.type === "base") {
    return { state: basePolicyState(await loadBase(tried.config.base)), config: tried.config, critic: null };
  }
  const { policy, config, critic } = decodeSessionFile(new Uint8Array(tried.bytes));
  return { state: policy, config, critic: new ActionCritic(critic, Random.fromSeed(config.seed).fork("critic")) };
}

/** A run's settings for acting and remembering, on another task. */
function newTaskConfig(config: RunConfig, { task, preset, house, seed, episodes }: TrialsRequest): RunConfig {
  return parseRunConfig({ ...config, task, preset, house, seed, evaluationEpisodes: episodes });
}

function progressTeller({ policies, trials, onProgress }: TrialsRequest, clock: Clock): () => void {
  const total = policies.length * MEMORY.length * trials;
  const start = clock.now();
  let done = 0;
  return () => {
    done++;
    const remainingMs = ((clock.now() - start) / done) * (total - done);
    const text = `${done} of ${total} trials`;
    onProgress(done < total ? { stage: "trying", fraction: done / total, remainingMs, text } : null);
  };
}
