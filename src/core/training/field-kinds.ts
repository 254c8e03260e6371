/** @file What a setting is, for forms, files, links and flags alike, and how tables of settings are written. */

/** What all kinds of settings have. */
interface FieldBase<Key extends string> {
  readonly key: Key;
  readonly label: string;
  /** One sentence for the tooltip, with the paper's section. */
  readonly help: string;
  readonly group: "task" | "modes" | "rollout" | "memory" | "update" | "critic" | "evaluation";
  /** May change while the run is on; otherwise it needs a restart. */
  readonly hot: boolean;
}

/** A number within a range. */
export interface NumberField<Key extends string> extends FieldBase<Key> {
  readonly kind: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** Step of a slider; `log` fields step by factors. */
  readonly step: number;
  readonly log?: boolean;
}

/** One of a few words. */
export interface ChoiceField<Key extends string> extends FieldBase<Key> {
  readonly kind: "choice";
  readonly default: string;
  readonly choices: readonly string[];
}

/** A short name, checked where it is used. */
export interface NameField<Key extends string> extends FieldBase<Key> {
  readonly kind: "name";
  readonly default: string;
}

/** A setting whose key is one of these. */
export type Field<Key extends string> = NumberField<Key> | ChoiceField<Key> | NameField<Key>;

/** Where a setting stands in forms, and whether it may change while a run is on. */
export type Where = Pick<FieldBase<string>, "group" | "hot">;

type About = Where & Pick<FieldBase<string>, "label" | "help">;
type Range = readonly [min: number, max: number, step: number];

/** A number that need not be whole. */
export function real<Key extends string>(
  key: Key,
  value: number,
  [min, max, step]: Range,
  about: About,
): NumberField<Key> {
  return { kind: "number", key, default: value, min, max, step, integer: false, ...about };
}

/** A whole number. */
export function count<Key extends string>(
  key: Key,
  value: number,
  [min, max]: readonly [min: number, max: number],
  about: About,
): NumberField<Key> {
  return { kind: "number", key, default: value, min, max, step: 1, integer: true, ...about };
}

/** One of a few words; the first is the default. */
export function choice<Key extends string>(key: Key, choices: readonly string[], about: About): ChoiceField<Key> {
  return { kind: "choice", key, default: choices[0]!, choices, ...about };
}
