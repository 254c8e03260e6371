/** @file From an action's words to what it means here: one action, several to choose from, or none. */
import { exitsOf, isRoomName, isVisible, terminalsOf, thingById } from "./state.ts";
import { templatesFor, type Slot, type Template } from "./templates.ts";
import {
  INVENTORY,
  type ParsedAction,
  type Referent,
  type TerminalName,
  type Thing,
  type WorldState,
} from "./world.ts";

/** What an input means. An ambiguous one has several actions, an unknown one has none. */
export type Parse = readonly ParsedAction[];

/** Questions have at most as many numbers as there are digits. */
const MAX_CHOICES = 10;
const IGNORED_WORDS: ReadonlySet<string> = new Set(["a", "an", "the"]);
/** Names people use for things that are shorter here. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/\b(light bulb)\b/g, "bulb"],
  [/\belectric (motor|buzzer)\b/g, "$1"],
  [/\b(solar|wind|gas|nuclear) (panel|generator)\b/g, "$1"],
  [/\bart studio\b/g, "studio"],
  [/\bliving room\b/g, "living"],
  [/\bflower pot\b/g, "pot"],
  [/\bmetal (pot|fork)\b/g, "$1"],
  [/\baluminum foil\b/g, "foil"],
  [/\bpaper clip\b/g, "clip"],
  [/\binclined plane\b/g, "plane"],
  [/\bbee hive\b/g, "hive"],
  [/\bblast furnace\b/g, "furnace"],
  [/\bfire pit\b/g, "pit"],
  [/\bunknown substance\b/g, "unknown"],
  [/\bgaseous\b/g, "gas"],
  [/\bsodium chloride\b/g, "salt"],
  [/\bsodium bicarbonate\b/g, "soda"],
  [/\bacetic acid\b/g, "vinegar"],
  [/\bsodium acetate\b/g, "acetate"],
  [/\bsoapy water\b/g, "soap water"],
  [/\biron block\b/g, "iron"],
  [/\bmixed nuts\b/g, "nuts"],
  [/\bpeanut butter\b/g, "peanut"],
  [/\b(\w+)-(\w+) paint\b/g, "$1 $2 paint"],
];

function withoutSynonyms(text: string): string {
  return SYNONYMS.reduce((result, [pattern, name]) => result.replace(pattern, name), text);
}

function wordsOf(input: string): string[] {
  return input
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && !IGNORED_WORDS.has(word));
}

/** The word a thing is called when its colour, species or number is left out. */
function headOf(name: string): string {
  const words = name.split(" ");
  const last = words[words.length - 1]!;
  return words.length > 1 && /^[\db-z]$/.test(last) ? words[words.length - 2]! : last;
}

function isAt(state: WorldState, thing: Thing, place: string): boolean {
  if (place === INVENTORY || isRoomName(place)) return thing.at === place;
  return state.indexOf.has(thing.at) && thingById(state, thing.at).name === place;
}

/** Whether a phrase names a portion by what it is made of, whatever it is called as a solid, liquid or gas. */
function isCalledByMatter({ spec }: Thing, phrase: string): boolean {
  return spec.substance !== undefined && (spec.matter === phrase || phrase === "substance");
}

/** Visible things that a phrase names: by name, else by matter, last word, or name and place (`cup in sink`). */
function findThings(state: WorldState, words: readonly string[]): Thing[] {
  if (words.length === 0) return [];
  const phrase = words.join(" ");
  const named = state.things.filter((thing) => thing.name === phrase && isVisible(state, thing));
  if (named.length > 0) return named;
  const made = state.things.filter((thing) => isCalledByMatter(thing, phrase) && isVisible(state, thing));
  if (made.length > 0) return made;
  if (words.length === 1) {
    return state.things.filter(
      (thing) => thing.name.length > phrase.length && headOf(thing.name) === phrase && isVisible(state, thing),
    );
  }
  const split = words.lastIndexOf("in");
  if (split <= 0) return [];
  const place = words.slice(split + 1).join(" ");
  return findThings(state, words.slice(0, split)).filter((thing) => isAt(state, thing, place));
}

function asThings(things: readonly Thing[]): Referent[] {
  return things.map((thing) => ({ type: "thing", thing: thing.id }));
}

/** Doors of the agent's room: `door kitchen`, `door to kitchen`, or `door` for all. */
function findDoors(state: WorldState, words: readonly string[]): Referent[] {
  if (words[0] !== "door") return [];
  const room = words.slice(words[1] === "to" ? 2 : 1).join(" ");
  return exitsOf(state, state.agentRoom)
    .filter((exit) => room === "" || exit.room === room)
    .map((exit) => ({ type: "door", room: exit.room }));
}

function findExits(state: WorldState, words: readonly string[]): Referent[] {
  return words[0] === "door" ? findDoors(state, words) : findDoors(state, ["door", ...words]);
}

function findPlaces(state: WorldState, words: readonly string[]): Referent[] {
  if (words.length === 1 && words[0] === INVENTORY) return [{ type: "inventory" }];
  if (words.length === 1 && words[0] === state.agentRoom) return [{ type: "room", room: state.agentRoom }];
  return asThings(findThings(state, words));
}

function isTerminalName(word: string | undefined): word is TerminalName {
  return word === "anode" || word === "cathode" || word === "1" || word === "2";
}

/** Contact points: `battery anode`, `red wire 1`, `red wire terminal 1`; else things, for worlds that need no more. */
function findTerminals(state: WorldState, words: readonly string[]): Referent[] {
  const name = words[words.length - 1];
  if (isTerminalName(name) && words.length > 1) {
    const end = words[words.length - 2] === "terminal" ? -2 : -1;
    const terminals = findThings(state, words.slice(0, end))
      .filter((thing) => terminalsOf(thing.spec).includes(name))
      .map((thing): Referent => ({ type: "terminal", thing: thing.id, terminal: name }));
    if (terminals.length > 0) return terminals;
  }
  return asThings(findThings(state, words));
}

function resolve(state: WorldState, slot: Slot, words: readonly string[]): Referent[] {
  switch (slot) {
    case "thing":
      return asThings(findThings(state, words));
    case "thing or door":
      return words[0] === "door" ? findDoors(state, words) : asThings(findThings(state, words));
    case "exit":
      return findExits(state, words);
    case "room":
      return words.length === 1 && isRoomName(words[0]!) ? [{ type: "room", room: words[0] }] : [];
    case "place":
      return findPlaces(state, words);
    case "terminal":
      return findTerminals(state, words);
  }
}

/** Both objects for every place where the words can be cut: at a word like `to`, or anywhere if there is none. */
function resolvePair(state: WorldState, { slots, between }: Template, words: readonly string[]): Referent[][] {
  const cuts = words.flatMap((word, i) => (between.includes(word) ? [i] : []));
  const splits = cuts.length > 0 ? cuts.map((i) => [i, i + 1] as const) : words.map((_, i) => [i, i] as const);
  return splits.flatMap(([end, start]) => {
    const firsts = resolve(state, slots[0]!, words.slice(0, end));
    if (firsts.length === 0) return [];
    const seconds = resolve(state, slots[1]!, words.slice(start));
    return firsts.flatMap((first) => seconds.map((second) => [first, second]));
  });
}

function isAllowed({ spec: { simplifications } }: WorldState, { verb }: Template): boolean {
  if (verb === "teleport") return simplifications.teleportAction;
  return !(simplifications.noElectricalAction && (verb === "connect" || verb === "disconnect"));
}

function startsWith(words: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, i) => words[i] === word);
}

function parseWords(state: WorldState, words: readonly string[]): Parse {
  if (words.length === 0) return [];
  for (const template of templatesFor(words[0]!)) {
    if (!startsWith(words, template.words) || !isAllowed(state, template)) continue;
    const { verb, slots } = template;
    const rest = words.slice(template.words.length);
    if (slots.length === 0) {
      if (rest.length === 0) return [{ verb, objects: [] }];
      continue;
    }
    const objects =
      slots.length === 1
        ? resolve(state, slots[0]!, rest).map((referent) => [referent])
        : resolvePair(state, template, rest);
    if (objects.length > 0) return objects.slice(0, MAX_CHOICES).map((referents) => ({ verb, objects: referents }));
  }
  return [];
}

/** The actions an input can mean here. Objects must be visible. */
export function parseAction(state: WorldState, input: string): Parse {
  const parse = parseWords(state, wordsOf(input));
  if (parse.length > 0) return parse;
  const plain = withoutSynonyms(input.toLowerCase());
  return plain === input ? [] : parseWords(state, wordsOf(plain));
}
