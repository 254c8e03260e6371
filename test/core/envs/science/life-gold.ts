/** @file Scripted players of the tasks of electricity, life, forces and genetics. They do only what an agent could do. */
import { exitsOf } from "../../../../src/core/envs/science/state.ts";
import type { Condition, Thing } from "../../../../src/core/envs/science/world.ts";
import { Player } from "./matter-gold.ts";

/** Ids that a focus goal accepts. */
function idsOf(condition: Condition): readonly string[] {
  return condition.type === "focused" && "ids" in condition.on ? condition.on.ids : [];
}

/** A player who knows the worlds of these tasks. */
export class LifePlayer extends Player {
  /** Ids of the things for which something holds. */
  ids(test: (thing: Thing) => boolean): string[] {
    return this.env.state.things.filter(test).map(({ id }) => id);
  }

  /** Ids that the ordered goals accept, in turn. */
  get targets(): string[] {
    return this.env.spec.orderedGoals.flatMap(({ condition }) => idsOf(condition));
  }

  wait(ticks: number): void {
    let left = ticks;
    for (; left >= 11; left -= 11) this.say("wait");
    for (; left > 0; left -= 2) this.say("wait1");
  }

  /** What a look at a thing tells. */
  look(id: string): string {
    return this.act("look at", [id]);
  }
}

/** 3-3, 3-4: a circuit of battery, bulb and thing; then the box for what the bulb tells. */
function testConductivity(player: LifePlayer): void {
  const { env } = player;
  const { things } = env.state;
  const object = things.find(({ spec }) => spec.electric?.role === "object")!;
  const [a, b, c] = player.ids(({ spec }) => spec.electric?.role === "wire") as [string, string, string];
  const bulb = things.find(({ id }) => id.endsWith("bulb"))!;
  const [, conductive, nonconductive] = /conductive to (\w+ box) nonconductive to (\w+ box)/.exec(env.spec.taskText)!;
  const isCarried = object.phase === "solid";
  if (object.at !== "workshop") {
    player.go(isCarried ? object.at : "kitchen");
    const carried = isCarried ? object.id : object.at;
    player.go(isCarried ? object.at : player.thing(object.at).at);
    player.act("focus on", [object.id]);
    player.act("pick up", [carried]);
    player.go("workshop");
  } else {
    player.go("workshop");
    player.act("focus on", [object.id]);
  }
  for (const wiring of [
    `battery cathode to ${a} 1`,
    `battery anode to ${b} 1`,
    `${a} 2 to ${bulb.name} anode`,
    `${c} 1 to ${bulb.name} cathode`,
    `${b} 2 to ${object.name} 1`,
    `${c} 2 to ${object.name} 2`,
  ]) {
    player.say(`connect ${wiring}`);
  }
  player.say("wait1");
  const isLit = player.say("look around").includes(`${bulb.name} on`);
  player.act("move", [isCarried ? object.id : object.at, isLit ? conductive! : nonconductive!]);
}

/** 7-1 … 7-3: nothing tells; the player knows. */
function focusOnAnimals(player: LifePlayer): void {
  player.go("outside");
  player.say("look around");
  for (const id of player.targets) player.act("focus on", [id]);
}

/** 8-1: waits for each stage. */
function watchAnimal(player: LifePlayer): void {
  player.go("outside");
  player.say("wait1");
  const goals = player.env.spec.orderedGoals;
  goals.forEach(({ text }, i) => {
    player.say(text.replace("focus on the ", "focus on "));
    if (i + 1 < goals.length) for (const action of ["wait", "wait1", "wait1", "wait1", "wait1"]) player.say(action);
  });
}

/** 8-2: looks for each stage, and waits if there is none. */
function watchPlants(player: LifePlayer): void {
  player.go("outside");
  player.say("look around");
  for (const { text } of player.env.spec.orderedGoals) {
    const name = text.replace("focus on the ", "");
    const isThere = () => player.env.state.things.find((thing) => thing.name === name);
    for (let i = 0; i < 10 && isThere() === undefined; i++) player.say("wait1");
    player.act("focus on", [isThere()!.id]);
  }
}

/** How far the block is down a plane after looking at it so often. */
function slide(player: LifePlayer, block: string, plane: string, looks: number): number {
  player.act("move", [block, plane]);
  player.say("activate stopwatch");
  let text = "";
  for (let i = 0; i < looks; i++) text = player.look(plane);
  player.say("deactivate stopwatch");
  player.look("stopwatch");
  const percent = /((\d )+)of/.exec(text)![1]!.replaceAll(" ", "");
  return Number(percent);
}

/** 9-1 … 9-3: the block is further down a plane that is steeper, or has less friction. */
function comparePlanes(player: LifePlayer): void {
  const [first, second] = player.ids(({ spec }) => spec.slope !== undefined) as [string, string];
  const { text } = player.env.spec.optionalGoals.find(({ text: goal }) => goal.startsWith("move the"))!;
  const block = / the (.*) to the /.exec(text)![1]!;
  player.go("workshop");
  player.say("look around");
  const looks = 3;
  const fallsFirst = slide(player, block, first, looks);
  const fallsSecond = slide(player, block, second, looks);
  const wantsFaster = / (least friction|most steep) /.test(player.env.spec.taskText);
  player.act("focus on", [fallsFirst > fallsSecond === wantsFaster ? first : second]);
}

const POT_NAME = /^pot \d$/;

/** Soil in so many pots, wherever it comes from; returns the pots. */
function preparePots(player: LifePlayer, count: number): string[] {
  const pots = player.ids(({ id }) => POT_NAME.test(id)).slice(0, count);
  const soilIn = (pot: string) => player.made("soil").some(({ at }) => at === pot);
  const loose = () => player.made("soil").filter(({ at }) => at === "greenhouse");
  for (const pot of pots) {
    if (soilIn(pot)) continue;
    if (loose().length === 0) {
      if (player.thing("shovel").at !== "inventory") player.act("pick up", ["shovel"]);
      player.go("outside");
      player.act("use", ["shovel", "ground"], "on");
      player.act("pick up", [player.made("soil").find(({ at }) => at === "outside")!.id]);
      player.go("greenhouse");
      player.act("move", [player.made("soil").find(({ at }) => at === "inventory")!.id, pot]);
    } else {
      player.act("move", [loose()[0]!.id, pot]);
    }
  }
  return pots;
}

/** Water in the pots, if they do not water themselves. */
function water(player: LifePlayer, pots: readonly string[]): void {
  if (player.env.spec.simplifications.selfWateringFlowerPots) return;
  player.act("activate", ["greenhouse sink"]);
  for (const pot of pots) {
    player.act("move", ["greenhouse jug", "greenhouse sink"]);
    player.say("wait1");
    player.act("pour", ["greenhouse jug", pot], "into");
  }
  player.act("deactivate", ["greenhouse sink"]);
}

function fetchSeeds(player: LifePlayer): string[] {
  player.go(player.thing("seed jar").at);
  player.act("pick up", ["seed jar"]);
  player.go("greenhouse");
  return player.ids(({ at }) => at === "seed jar");
}

/** 5-1: plants one seed and waits. */
function growPlant(player: LifePlayer): void {
  const [seed] = fetchSeeds(player) as [string];
  const [pot] = preparePots(player, 1) as [string];
  player.act("move", [seed, pot]);
  player.act("focus on", [seed]);
  for (let i = 0; i < 6 && player.score < 100; i++) {
    water(player, [pot]);
    player.say("wait");
  }
}

/** Waits until something has grown; false if it takes too long. */
function waitFor(player: LifePlayer, find: () => Thing | undefined): Thing | undefined {
  for (let i = 0; i < 40 && find() === undefined && player.env.validActions().length > 0; i++) player.say("wait1");
  return find();
}

/** Bees fly through open doors. */
function closeDoors(player: LifePlayer): void {
  const { state } = player.env;
  for (const { room, open } of exitsOf(state, state.agentRoom)) if (open) player.say(`close door ${room}`);
}

/** 5-2: plants the seeds, lets the bees out behind closed doors, and waits for fruit. */
function growFruit(player: LifePlayer): void {
  const seeds = fetchSeeds(player);
  const isReady = player.made("soil").length > 0;
  const pots = preparePots(player, isReady ? 3 : 2);
  pots.forEach((pot, i) => player.act("move", [seeds[i]!, pot]));
  closeDoors(player);
  player.say("wait");
  player.say("wait");
  player.say("look around");
  player.say("open hive");
  const species = player.env.spec.taskText.split(" ")[1]!;
  const fruit = waitFor(player, () => player.made(`grown ${species}`)[0]);
  if (fruit !== undefined) player.act("focus on", [fruit.id]);
}

/** What shows a trait; a leaf shows on the plant. */
type Bearer = "seed" | "plant" | "flower";

/** What a child of the two purebred plants looks like, found out by growing, crossing and looking. */
function crossAndLook(player: LifePlayer, species: string, bearer: Bearer): string {
  const seeds = fetchSeeds(player);
  const pots = player.ids(({ id }) => POT_NAME.test(id));
  seeds.forEach((seed, i) => player.act("move", [seed, pots[i]!]));
  closeDoors(player);
  player.say("open hive");
  player.say("wait");
  player.say("wait");
  const child = waitFor(player, () => player.made(`grown ${species}`)[0]);
  if (child === undefined) return "";
  if (bearer === "seed") return player.look(child.id);
  player.act("move", [child.id, pots[2]!]);
  player.say("wait");
  if (bearer === "plant") return player.look(child.id);
  const flower = waitFor(player, () => player.env.state.things.find(({ spec }) => spec.flowerOf === child.id));
  return flower === undefined ? "" : player.look(flower.id);
}

/** 10-1, 10-2: a child of two purebred parents shows what is dominant. */
function experiment(player: LifePlayer): void {
  const [, value, noun, species, dominant, recessive] =
    /^test (\w+) (\w+) of (.+) dominant to (\w+ box) recessive to (\w+ box)/.exec(player.env.spec.taskText)!;
  const seen = crossAndLook(player, species!, noun === "leaf" ? "plant" : (noun as Bearer));
  const shown = noun === "leaf" ? `${value} leaf` : value!;
  player.act("focus on", [` ${seen} `.includes(` ${shown} `) ? dominant! : recessive!]);
}

/** Scripted players by task. */
export const LIFE_PLAYERS: Readonly<Record<string, (player: LifePlayer) => void>> = {
  "test-conductivity": testConductivity,
  "test-conductivity-of-unknown-substances": testConductivity,
  "grow-plant": growPlant,
  "grow-fruit": growFruit,
  "lifespan-longest-lived": focusOnAnimals,
  "lifespan-shortest-lived": focusOnAnimals,
  "lifespan-longest-lived-then-shortest-lived": focusOnAnimals,
  "identify-life-stages-1": watchAnimal,
  "identify-life-stages-2": watchPlants,
  "inclined-plane-determine-angle": comparePlanes,
  "inclined-plane-friction-named-surfaces": comparePlanes,
  "inclined-plane-friction-unnamed-surfaces": comparePlanes,
  "mendelian-genetics-known-plant": experiment,
  "mendelian-genetics-unknown-plant": experiment,
};
