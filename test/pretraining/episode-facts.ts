/**
 * @file What an episode showed, told without the code that writes tips: the actions are done again, and only what the
 * world answered and what a person could see on the map counts.
 */
import type { ThingView, RoomsView } from "../../src/core/envs/env.ts";
import { ScienceWorldEnv } from "../../src/core/envs/science/science-world-env.ts";
import type { MissionWorld } from "../../src/pretraining/mission.ts";

/** Facts of an episode. */
export interface EpisodeFacts {
  /** In the order in which they became true: rooms, `focus`, `take`, `connect`, `put`, `activate`, `on`, terminals, sources. */
  readonly words: readonly string[];
  /** Rooms in order, the start room first. */
  readonly rooms: readonly string[];
  /** What failed, as a tip would say it. */
  readonly troubles: ReadonlySet<string>;
  readonly score: number;
}

const TERMINALS = new Set(["anode", "cathode"]);

function thingsOf(view: RoomsView): ThingView[] {
  const withContents = (thing: ThingView): ThingView[] => [thing, ...thing.contents.flatMap(withContents)];
  return [...view.inventory, ...view.rooms.flatMap(({ things }) => things)].flatMap(withContents);
}

function namesHere(view: RoomsView): string[] {
  const here = view.rooms.find(({ name }) => name === view.agentRoom)!.things;
  return thingsOf({ ...view, rooms: [{ name: view.agentRoom, things: here }] }).map(({ name }) => name);
}

function isFullyWired(view: RoomsView, name: string): boolean {
  return thingsOf(view).some(
    (thing) => thing.name === name && thing.states.filter((state) => state.includes("wired to")).length === 2,
  );
}

function isOn(view: RoomsView, name: string): boolean {
  return thingsOf(view).some((thing) => thing.name === name && thing.states.includes("on"));
}

function carriesFocus(view: RoomsView): boolean {
  return passedGoals(view) > 0 && thingsOf({ ...view, rooms: [] }).some(({ states }) => states.includes("focused"));
}

function passedGoals(view: RoomsView): number {
  return view.goals.filter(({ kind, passed }) => kind === "ordered" && passed).length;
}

/** One action and what could be seen before and after it. */
interface Step {
  readonly action: string;
  readonly answer: string;
  readonly earlier: RoomsView;
  readonly later: RoomsView;
  readonly ticked: boolean;
}

class Witness {
  readonly words: string[] = [];
  readonly troubles = new Set<string>();
  readonly #world: MissionWorld;

  constructor(world: MissionWorld) {
    this.#world = world;
  }

  #nameOf(id: string): string {
    return this.#world.spec.things.find((thing) => thing.id === id)!.name;
  }

  see(step: Step): void {
    const { action, earlier, later } = step;
    if (later.agentRoom !== earlier.agentRoom) this.words.push(later.agentRoom);
    const verb = action.split(" ")[0];
    if (verb === "focus") this.#seeFocus(step);
    if (carriesFocus(later) && !carriesFocus(earlier)) this.words.push("take");
    if (verb === "move") this.#seeMove(step);
    if (verb === "connect") this.#seeConnection(step);
    if (this.#world.mission.family === "haul") this.#seeSource(step, this.#nameOf(this.#world.mission.source));
    this.#seeLight(step);
  }

  #seeFocus({ action, answer, earlier, later }: Step): void {
    const name = action.replace("focus on ", "");
    if (answer.endsWith("; bad")) this.troubles.add(`bad ${name}`);
    else if (passedGoals(later) > passedGoals(earlier)) this.words.push("focus");
    else this.troubles.add("no focus");
  }

  #seeMove({ earlier, later }: Step): void {
    if (passedGoals(later) > passedGoals(earlier)) this.words.push("put");
    else this.troubles.add("no put");
  }

  #seeSource({ earlier, later }: Step, source: string): void {
    if (passedGoals(earlier) === 0) return;
    const carries = (view: RoomsView): boolean => view.inventory.some(({ name }) => name === source);
    if (carries(earlier) && !carries(later)) this.words.push("put");
    if (isOn(later, source) && !isOn(earlier, source)) this.words.push("activate");
  }

  #seeConnection({ action, answer, later }: Step): void {
    const [, other] = action.split(" to ");
    const made = answer.startsWith("connected");
    if (made && this.#world.mission.family === "carry") this.words.push("connect", ...other!.split(" "));
    const { family } = this.#world.mission;
    if (made && (family === "wiring" || family === "haul")) {
      const sources = this.#world.spec.things.filter(({ electric }) => electric?.role === "source");
      const names = new Set(sources.map(({ name }) => name));
      this.words.push(...action.split(" ").filter((word) => TERMINALS.has(word) || names.has(word)));
    }
    if (!made) this.troubles.add(namesHere(later).includes(other!) ? `bad ${other!}` : "no connect");
  }

  #seeLight({ earlier, later, ticked }: Step): void {
    const { mission } = this.#world;
    if (mission.family === "find") return;
    const part = this.#nameOf(mission.part);
    const [wasLit, isLit] = [isOn(earlier, part), isOn(later, part)];
    if (isLit && !wasLit) this.words.push("on");
    if (mission.family === "carry" || !ticked || isLit) return;
    if (isFullyWired(earlier, part) && isFullyWired(earlier, this.#nameOf(mission.source))) this.troubles.add("dark");
  }
}

/** Does the actions again and notes what could be seen. */
export function factsOf(world: MissionWorld, actions: readonly string[]): EpisodeFacts {
  const task = { world: "scienceworld", task: "facts", variation: 0, preset: "none", house: 0 } as const;
  const env = new ScienceWorldEnv(task, world.spec);
  let observation = env.reset();
  const witness = new Witness(world);
  const rooms = [env.view().agentRoom];
  witness.words.push(...rooms);
  for (const action of actions) {
    const { moves } = observation;
    const earlier = env.view();
    observation = env.step(action);
    const later = env.view();
    if (later.agentRoom !== earlier.agentRoom) rooms.push(later.agentRoom);
    witness.see({ action, answer: observation.text, earlier, later, ticked: observation.moves > moves });
  }
  return { words: witness.words, rooms, troubles: witness.troubles, score: observation.score };
}

/** Whether the words occur in this order, others in between. */
export function isSubsequence(words: readonly string[], all: readonly string[]): boolean {
  let next = 0;
  for (const word of all) if (word === words[next]) next += 1;
  return next === words.length;
}
