/** @file What page and worker call the base policies that were pretrained in this browser. */

/** How a base policy was made. */
export interface PretrainedBase {
  readonly seed: number;
  /** Corpus tokens it was trained on. */
  readonly tokens: number;
}

const NAME = /^here-(\d{1,10})-(\d{1,10})$/;
const SETTING_PREFIX = "base:";

/** Its name, as in `RunConfig.base`. */
export function pretrainedName({ seed, tokens }: PretrainedBase): string {
  return `here-${seed}-${tokens}`;
}

/** What the name says; null if it is no such name. */
export function parsePretrainedName(name: string): PretrainedBase | null {
  const match = NAME.exec(name);
  return match === null ? null : { seed: Number(match[1]), tokens: Number(match[2]) };
}

/** Name of the stored setting that holds the base policy's file. */
export function settingOfBase(name: string): string {
  return SETTING_PREFIX + name;
}

/** The names of the base policies among the stored settings, in order. */
export function basesAmongSettings(settings: readonly string[]): string[] {
  return settings
    .filter((setting) => setting.startsWith(SETTING_PREFIX))
    .map((setting) => setting.slice(SETTING_PREFIX.length))
    .filter((name) => parsePretrainedName(name) !== null)
    .sort();
}
