/**
 * @file The configuration as a link: `#v=1&key=value…` with only what differs from the defaults. Whatever a link
 * says is checked, clamped and listed; it never starts a run.
 */
import { readRunConfig } from "../core/training/config-parsing.ts";
import { changedFields } from "../core/training/config-defaults.ts";
import { CONFIG_VERSION, type RunConfig } from "../core/training/run-config.ts";

/** Longer links are ignored. All fields changed fit into less than half of it. */
const MAX_HASH_LENGTH = 4000;

/** What a link asks for. */
export interface LinkedConfig {
  readonly config: RunConfig;
  /** Whether GRPO (or EMPO²) shall run beside it. */
  readonly race: boolean;
  readonly corrections: readonly string[];
}

/** The hash of a link to this configuration. */
export function hashOfConfig(config: RunConfig, race: boolean): string {
  const parameters = new URLSearchParams({ v: String(CONFIG_VERSION) });
  for (const [key, value] of Object.entries(changedFields(config))) parameters.set(key, String(value));
  if (!race) parameters.set("race", "0");
  return `#${parameters.toString()}`;
}

/** The configuration of a hash; null if the hash names none. */
export function configOfHash(hash: string): LinkedConfig | null {
  const text = hash.replace(/^#/, "");
  if (text === "") return null;
  if (text.length > MAX_HASH_LENGTH) return defaults(["The link is too long and was ignored."]);
  const parameters = new URLSearchParams(text);
  const version = parameters.get("v");
  if (version === null) return null;
  if (version !== String(CONFIG_VERSION)) {
    return defaults([
      `The link has version “${version.slice(0, 20)}”, this page reads ${CONFIG_VERSION}; it was ignored.`,
    ]);
  }
  const settings = [...parameters].filter(([key]) => key !== "v" && key !== "race");
  return { ...readRunConfig(settings), race: parameters.get("race") !== "0" };
}

function defaults(corrections: readonly string[]): LinkedConfig {
  return { ...readRunConfig([]), race: true, corrections };
}
