/** @file Scripted players of the tasks of matter. They read the world's state, and do only what an agent could do. */
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { isVisible, thingById } from "../../../../src/core/envs/science/state.ts";
import type { Phase, Thing } from "../../../../src/core/envs/science/world.ts";

const SINK_ROOMS = ["kitchen", "bathroom"];

/** Speaks for an agent: names things, answers questions, and keeps the scores. */
export class Player {
  readonly env: ScienceWorldEnv;
  readonly scores: number[];
  /** All observations so far. */
  readonly texts: string[];

  constructor(env: ScienceWorldEnv) {
    this.env = env;
    const { score, text } = env.reset();
    this.scores = [score];
    this.texts = [text];
  }

  get score(): number {
    return this.scores.at(-1)!;
  }

  thing(id: string): Thing {
    return thingById(this.env.state, id);
  }

  /** Things made of something that exist now. */
  made(matter: string): Thing[] {
    return this.env.state.things.filter(({ spec, at }) => (spec.matter ?? spec.name) === matter && at !== "gone");
  }

  say(action: string): string {
    const { text, score } = this.env.step(action);
    this.scores.push(score);
    this.texts.push(text);
    return text;
  }

  /** `verb A between B`, with things by id; answers the question that ambiguous names raise. */
  act(verb: string, ids: readonly string[], between = "to"): string {
    const names = ids.map((id) => (this.env.state.indexOf.has(id) ? this.thing(id).name : id));
    const text = this.say(`${verb} ${names.join(` ${between} `)}`);
    const { question } = this.env.state;
    if (question === undefined) return text;
    const choice = question.choices.findIndex(({ objects }) =>
      objects.every((object, i) => !("thing" in object) || object.thing === ids[i]),
    );
    return this.say(String(choice));
  }

  go(room: string): void {
    if (this.env.state.agentRoom !== room) this.say(`teleport ${room}`);
  }

  /** Opens what something is in, from the outside. */
  uncover(id: string): void {
    const { state } = this.env;
    const { at } = this.thing(id);
    if (!state.indexOf.has(at)) return;
    this.uncover(at);
    if (!this.thing(at).open) this.act("open", [at]);
  }

  /** Brings a thing into the inventory. */
  fetch(id: string): void {
    this.go(this.roomOf(id));
    this.uncover(id);
    this.act("pick up", [id]);
  }

  roomOf(id: string): string {
    let place = this.thing(id).at;
    while (this.env.state.indexOf.has(place)) place = this.thing(place).at;
    return place;
  }

  /** Puts a thing, or the liquid that it is, into a container that is here or carried. */
  putInto(id: string, container: string): void {
    const room = this.roomOf(id);
    if (room !== "inventory") this.go(room);
    this.uncover(id);
    if (this.thing(id).phase === "liquid") this.act("pour", [id, container], "into");
    else this.act("move", [id, container]);
  }

  /** Has water in the pot; the pot is in a sink then. */
  fillPot(): Thing {
    this.fetch("pot");
    const room = SINK_ROOMS.find((name) => this.thing(`${name} sink`).spec.device!.works)!;
    this.go(room);
    this.act("move", ["pot", `${room} sink`]);
    this.act("activate", [`${room} sink`]);
    this.act("deactivate", [`${room} sink`]);
    return this.made("water").find(({ at }) => at === "pot")!;
  }

  /** Brings the pot into a heater or cooler, and turns that on. */
  bringPotTo(id: string): void {
    const room = this.roomOf(id);
    if (this.env.state.agentRoom !== room) {
      this.act("pick up", ["pot"]);
      this.go(room);
    }
    if (!this.thing(id).open) this.act("open", [id]);
    this.act("move", ["pot", id]);
    if (this.thing(id).spec.device !== undefined) this.act("activate", [id]);
  }

  /** Waits, in small steps where a moment too long spoils it. */
  waitUntil(isDone: () => boolean, step: "wait" | "wait1"): void {
    for (let i = 0; i < 20 && !isDone(); i++) this.say(step);
  }
}

/** The mildest heater that works and gets hotter than needed. */
function heaterFor(player: Player, temperature: number): string {
  const margin = 25;
  const heaters = ["stove", "oven", "furnace"].map((id) => player.thing(id));
  return heaters.find(({ spec }) => spec.device!.works && spec.heater!.max > temperature + margin)!.id;
}

function heat(player: Player, portion: Thing, until: () => boolean, temperature: number): void {
  const heater = heaterFor(player, temperature);
  player.bringPotTo(heater);
  // What may burn here is watched closely.
  const mayBurn = (portion.spec.burns?.at ?? Infinity) < player.thing(heater).spec.heater!.max;
  player.waitUntil(until, mayBurn ? "wait1" : "wait");
}

function cool(player: Player, portion: Thing, until: () => boolean): void {
  player.bringPotTo(portion.spec.substance!.melts! > -15 ? "freezer" : "cold freezer");
  player.waitUntil(until, "wait");
}

function boilOrBurn(player: Player, portion: Thing): void {
  const { substance, burns } = portion.spec;
  const isOver = () => portion.phase === "gas" || portion.burning > 0;
  player.bringPotTo(heaterFor(player, substance!.boils ?? burns!.at));
  player.waitUntil(isOver, "wait");
}

function bring(player: Player, portion: Thing, phase: Phase): void {
  const until = () => portion.phase === phase;
  if (until()) return;
  if (phase === "solid") cool(player, portion, until);
  else heat(player, portion, until, portion.spec.substance!.melts!);
}

/** Focus on the substance; have it in the pot. */
function prepare(player: Player): Thing {
  const goal = player.env.spec.orderedGoals[0]!.condition;
  const matter = goal.type === "focused" && "matter" in goal.on ? goal.on.matter : "";
  // Tap water comes when the tap runs; a fountain's does not count.
  const portion = player.made(matter).find(({ id }) => id !== "fountain water" && id !== "toilet water");
  if (portion === undefined) {
    const water = player.fillPot();
    player.act("focus on", [water.id]);
    return water;
  }
  player.fetch("pot");
  player.go(player.roomOf(portion.id));
  player.uncover(portion.id);
  player.act("focus on", [portion.id]);
  player.putInto(portion.id, "pot");
  return portion;
}

/** Topic 1. */
export function playMatter(player: Player): void {
  const { task } = player.env.task;
  const portion = prepare(player);
  if (task === "boil") {
    // It is liquid on the way.
    boilOrBurn(player, portion);
  } else if (task === "melt") {
    bring(player, portion, "solid");
    bring(player, portion, "liquid");
  } else if (task === "freeze") {
    bring(player, portion, "liquid");
    bring(player, portion, "solid");
  } else if (portion.phase === "solid") {
    bring(player, portion, "liquid");
  } else if (portion.spec.substance!.melts! < -15) {
    boilOrBurn(player, portion);
  } else {
    bring(player, portion, "solid");
  }
}

/** The number of a reading: `thermometer minus 1 2 degrees`. */
function degreesIn(text: string): number {
  const digits = Number(text.replaceAll(/\D/g, ""));
  return text.includes("minus") ? -digits : digits;
}

/** 2-1. */
export function playThermometer(player: Player): void {
  const { taskText } = player.env.spec;
  const [, threshold, above, below, room] =
    /above ((?:minus )?[\d ]+) degrees (\w+ box) ; below (\w+ box) in (\w+)$/.exec(taskText)!;
  player.fetch("thermometer");
  player.act("focus on", ["thermometer"]);
  player.fetch("object");
  player.act("focus on", ["object"]);
  player.go(room!);
  const reading = degreesIn(player.act("use", ["thermometer", "object"], "on"));
  player.act("move", ["object", reading > degreesIn(threshold!) ? above! : below!]);
}

/** 2-2 and 2-3: heats the substance with the thermometer at hand, then names the box. */
export function playMeltingPoint(player: Player): void {
  const [, , answer] = player.env.spec.orderedGoals;
  const focusGoal = player.env.spec.orderedGoals[1]!.condition;
  const matter = focusGoal.type === "focused" && "matter" in focusGoal.on ? focusGoal.on.matter : "";
  player.fetch("thermometer");
  player.act("focus on", ["thermometer"]);
  let portion = player.made(matter).find(({ id }) => id !== "fountain water" && id !== "toilet water");
  if (portion === undefined) {
    portion = player.fillPot();
    player.act("focus on", [portion.id]);
  } else {
    player.go("kitchen");
    player.uncover(portion.id);
    player.act("focus on", [portion.id]);
    player.fetch("pot");
    player.putInto(portion.id, "pot");
  }
  player.bringPotTo("stove");
  player.say("wait");
  player.act("use", ["thermometer", portion.id], "on");
  const right = answer!.condition;
  if (right.type === "focused" && "ids" in right.on) player.act("focus on", [right.on.ids[0]!]);
}

/** 6-1. */
export function playMix(player: Player): void {
  const goal = player.env.spec.orderedGoals[0]!.condition;
  const product = goal.type === "focused" && "matter" in goal.on ? goal.on.matter : "";
  player.fetch("pot");
  player.go(player.roomOf("recipe"));
  const text = player.say("read recipe");
  const ingredients = /^mix (.*) to create/.exec(text)![1]!.split(" and ");
  for (const name of ingredients) {
    if (name === "water") continue;
    const things = player.made(name);
    const found = things.find(({ id }) => id.endsWith("to mix")) ?? things[0]!;
    player.putInto(found.id, "pot");
  }
  if (ingredients.includes("water")) {
    player.go("kitchen");
    player.act("move", ["pot", "kitchen sink"]);
    player.act("activate", ["kitchen sink"]);
  }
  player.act("mix", ["pot"]);
  player.act("focus on", [player.made(product)[0]!.id]);
}

/** Pours one of the paints that is not yet in the vessel. */
function pourPaint(player: Player, name: string, vessel: string): void {
  if (player.made(name).some(({ at }) => at === vessel)) return;
  const here = player.made(name).filter((paint) => isVisible(player.env.state, paint));
  const portion = (here[0] ?? player.made(name).find(({ id }) => id.startsWith("studio")))!;
  if (player.roomOf(portion.id) !== player.env.state.agentRoom) {
    player.act("pick up", [vessel]);
    player.go(player.roomOf(portion.id));
  }
  player.act("pour", [portion.id, vessel], "into");
}

/** 6-2 and 6-3. */
export function playPaint(player: Player): void {
  const { orderedGoals, mixing, things } = player.env.spec;
  const holder = things.find(({ id }) => id.startsWith("paint "))!;
  const vessel = holder.at === "studio" ? "studio jug" : "mixing vessel";
  player.go(holder.at);
  player.act("open", [holder.id]);
  for (const { condition } of orderedGoals) {
    const product = condition.type === "focused" && "matter" in condition.on ? condition.on.matter : "";
    const recipe = mixing!.recipes.find((candidate) => candidate.product.name === product)!;
    for (const { matter } of recipe.ingredients) pourPaint(player, matter, vessel);
    player.act("mix", [vessel]);
    player.act("focus on", [player.made(product)[0]!.id]);
  }
}

/** Players by task. */
export const PLAYERS: Readonly<Record<string, (player: Player) => void>> = {
  boil: playMatter,
  melt: playMatter,
  freeze: playMatter,
  "change-the-state-of-matter-of": playMatter,
  "use-thermometer": playThermometer,
  "measure-melting-point-known-substance": playMeltingPoint,
  "measure-melting-point-unknown-substance": playMeltingPoint,
  "chemistry-mix": playMix,
  "chemistry-mix-paint-secondary-color": playPaint,
  "chemistry-mix-paint-tertiary-color": playPaint,
};
