/** @file ScienceWorld's action templates: the words of each action and what its objects can be. */

/** What may stand in a template's slot. */
export type Slot =
  /** Any visible thing. */
  | "thing"
  /** A visible thing, or a door of this room. */
  | "thing or door"
  /** The room behind a door, or the door. */
  | "exit"
  | "room"
  /** A visible thing, the inventory, or the room the agent is in. */
  | "place"
  /** A contact point, or a visible thing. */
  | "terminal";

/** One way to say an action. */
export interface Template {
  readonly verb: Verb;
  /** Words it begins with. */
  readonly words: readonly string[];
  readonly slots: readonly Slot[];
  /** Words that may stand between two objects. */
  readonly between: readonly string[];
}

const INTO = ["to", "in", "into", "on"] as const;
const TO = ["to", "with"] as const;

/** Templates by verb: phrases that mean the same, slots, words between. The numbers are ScienceWorld's ids. */
const VERBS = {
  open: { id: 0, phrases: ["open"], slots: ["thing or door"], between: [] },
  close: { id: 1, phrases: ["close"], slots: ["thing or door"], between: [] },
  go: { id: 2, phrases: ["go to", "go"], slots: ["exit"], between: [] },
  "look around": { id: 3, phrases: ["look around"], slots: [], between: [] },
  "look at": { id: 4, phrases: ["look at", "examine"], slots: ["thing or door"], between: [] },
  "look in": { id: 5, phrases: ["look in"], slots: ["thing"], between: [] },
  activate: { id: 6, phrases: ["activate", "turn on"], slots: ["thing"], between: [] },
  deactivate: { id: 7, phrases: ["deactivate", "turn off"], slots: ["thing"], between: [] },
  eat: { id: 8, phrases: ["eat"], slots: ["thing"], between: [] },
  move: { id: 9, phrases: ["move", "put"], slots: ["thing", "place"], between: INTO },
  pour: { id: 10, phrases: ["pour"], slots: ["thing", "thing"], between: INTO },
  focus: { id: 11, phrases: ["focus on", "focus"], slots: ["thing or door"], between: [] },
  "reset task": { id: 12, phrases: ["reset task", "reset"], slots: [], between: [] },
  use: { id: 13, phrases: ["use"], slots: ["thing", "thing"], between: ["on", "with"] },
  read: { id: 14, phrases: ["read"], slots: ["thing"], between: [] },
  flush: { id: 15, phrases: ["flush"], slots: ["thing"], between: [] },
  connect: { id: 16, phrases: ["connect"], slots: ["terminal", "terminal"], between: TO },
  disconnect: { id: 17, phrases: ["disconnect"], slots: ["terminal"], between: [] },
  wait1: { id: 18, phrases: ["wait1"], slots: [], between: [] },
  wait: { id: 19, phrases: ["wait"], slots: [], between: [] },
  inventory: { id: 20, phrases: ["inventory"], slots: [], between: [] },
  "pick up": { id: 21, phrases: ["pick up", "get", "take"], slots: ["thing"], between: [] },
  "put down": { id: 22, phrases: ["put down", "drop"], slots: ["thing"], between: [] },
  mix: { id: 23, phrases: ["mix", "stir"], slots: ["thing"], between: [] },
  task: { id: 24, phrases: ["task"], slots: [], between: [] },
  teleport: { id: 25, phrases: ["teleport to", "teleport"], slots: ["room"], between: [] },
  dunk: { id: 26, phrases: ["dunk"], slots: ["thing", "thing"], between: INTO },
} as const satisfies Record<
  string,
  { id: number; phrases: readonly string[]; slots: readonly Slot[]; between: readonly string[] }
>;

/** Name of an action. */
export type Verb = keyof typeof VERBS;

const BY_FIRST_WORD = new Map<string, Template[]>();
for (const [verb, { phrases, slots, between }] of Object.entries(VERBS)) {
  for (const phrase of phrases) {
    const words = phrase.split(" ");
    const others = BY_FIRST_WORD.get(words[0]!) ?? [];
    BY_FIRST_WORD.set(words[0]!, [...others, { verb: verb as Verb, words, slots, between }]);
  }
}
// Longer phrases first: `put down cup` is no `put`.
for (const templates of BY_FIRST_WORD.values()) templates.sort((a, b) => b.words.length - a.words.length);

/** Templates that begin with a word, those with the longest beginning first. */
export function templatesFor(firstWord: string): readonly Template[] {
  return BY_FIRST_WORD.get(firstWord) ?? [];
}
