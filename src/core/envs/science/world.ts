/**
 * @file A science world as data. `WorldSpec` is everything that is true at the start and which rules hold;
 * `WorldState` is everything that can change. The engine knows no task: a task is a function that builds a spec.
 */

import type { PhiloxKey } from "../../base/random.ts";
import type { Verb } from "./templates.ts";

/** The ten rooms, the same in every house. */
export const ROOM_NAMES = [
  "kitchen",
  "hallway",
  "bathroom",
  "bedroom",
  "living",
  "workshop",
  "greenhouse",
  "studio",
  "outside",
  "foundry",
] as const;

/** Name of a room, as written in observations and actions. */
export type RoomName = (typeof ROOM_NAMES)[number];

/** Where things are that the agent carries. */
export const INVENTORY = "inventory";
/** Where the air is: visible in every room, never listed. */
export const EVERYWHERE = "everywhere";
/** Where things are that are no more. */
export const GONE = "gone";
/** Of everything that has no temperature of its own, in °C. */
export const ROOM_TEMPERATURE = 10;

/** Rooms and the doors between them. The order of doors is the order in which exits are listed. */
export interface FloorPlan {
  readonly doors: readonly (readonly [RoomName, RoomName])[];
}

/** Contact points: polar things have `anode` and `cathode`, the others `1` and `2`. */
export type TerminalName = "anode" | "cathode" | "1" | "2";

/** One contact point of one thing. */
export interface Terminal {
  /** Thing id. */
  readonly thing: string;
  readonly name: TerminalName;
}

/** What a thing does in a circuit. */
export type ElectricSpec =
  /** A power source. `needs` says when it delivers (a room: while it stands there); one that does not work never does. */
  | {
      readonly role: "source";
      readonly needs: "nothing" | "activation" | { readonly room: RoomName };
      readonly works: boolean;
    }
  /** Lights, turns or buzzes when powered; polar. */
  | { readonly role: "part" }
  /** Joins its terminals; a broken one does not. */
  | { readonly role: "wire"; readonly conducts: boolean }
  /** Anything else with two terminals, which it joins if its material conducts. */
  | { readonly role: "object"; readonly conducts: boolean }
  /** Joins its terminals while it is on. */
  | { readonly role: "switch" };

/** A stage of a life. */
export interface LifeStage {
  readonly stage: string;
  /** What the living thing is called then. */
  readonly name: string;
  /** After so many ticks the next stage begins; a plant's count only while it has soil and water. Left out: never. */
  readonly ticks?: number;
}

/** Something alive. */
export interface LivingSpec {
  readonly kind: "animal" | "plant";
  readonly species: string;
  /** At the start. */
  readonly stage: string;
  /** Its stages, the earliest first; left out: it does not change. */
  readonly course?: readonly LifeStage[];
  /** What a pollinated flower of a plant becomes. */
  readonly fruit?: FruitSpec;
}

/** A fruit. One that is itself a seed inherits its parents' genes. */
export interface FruitSpec {
  readonly name: string;
  readonly matter: string;
  readonly isSeed: boolean;
}

/** One heritable trait of a species. */
export interface TraitSpec {
  /** Where it shows: on a seed, on the plant, on its flowers. */
  readonly part: "seed" | "plant" | "flower";
  /** What one sees of a thing that has at least one dominant allele, and of one that has none. */
  readonly dominant: string;
  readonly recessive: string;
}

/** A trait, and which alleles were inherited: true is dominant. */
export interface Gene extends TraitSpec {
  readonly alleles: readonly [boolean, boolean];
}

/** State of matter. */
export type Phase = "solid" | "liquid" | "gas";

/** Something that heat melts and boils, and what it is called then. Temperatures are in °C. */
export interface SubstanceSpec {
  readonly names: Readonly<Record<Phase, string>>;
  /** Solid below; without it, solid at any temperature. */
  readonly melts?: number;
  /** Gas above; without it, never a gas. */
  readonly boils?: number;
}

/** Gives out a liquid: to itself and to the open containers in it that have none. */
export interface FaucetSpec {
  readonly gives: ThingTemplate;
  /** `on`: while it is activated, and it drains while it is not. `flush`: when flushed. */
  readonly runs: "on" | "always" | "flush";
}

/** What `use` does with a thing. */
export type Tool = "thermometer" | "lighter" | "shovel";

/** One thing at the start. Optional members say what the thing also is. */
export interface ThingSpec {
  /** Unique in its world. */
  readonly id: string;
  /** One to three vocabulary words; several things may share a name. */
  readonly name: string;
  /** A room, the id of the thing it is in, `INVENTORY` or `EVERYWHERE`. */
  readonly at: string;
  /** Belongs to the task: always listed in room views. Others only while there is space. */
  readonly relevant: boolean;
  readonly movable: boolean;
  /** State of matter; a substance's follows its temperature. */
  readonly phase: Phase;
  /** Things can be in it. A lid can be opened and closed; without one the container is always open. */
  readonly container?: { readonly lid: boolean; readonly open: boolean };
  /** Can be activated; a broken one refuses. */
  readonly device?: { readonly on: boolean; readonly works: boolean };
  readonly electric?: ElectricSpec;
  readonly living?: LivingSpec;
  /** What reading it tells, in vocabulary words. */
  readonly text?: string;
  readonly edible?: boolean;
  /** What it is made of, for recipes and goals: the same for ice and water. Left out: its name. */
  readonly matter?: string;
  /** Things of a family blend with each other (`paint`). */
  readonly family?: string;
  readonly substance?: SubstanceSpec;
  /** At the start, in °C; left out: 10. */
  readonly temperature?: number;
  /** How well it passes heat on to what it holds, 0…1; left out: 1. */
  readonly conductivity?: number;
  /** Catches fire at this temperature and is ash after so many ticks. */
  readonly burns?: { readonly at: number; readonly ticks: number };
  /** Warms what is in it, up to this temperature: while it is on, or while something in it burns (`fuel`). */
  readonly heater?: { readonly max: number; readonly needs: "device" | "fuel" };
  /** Cools what is in it, down to this temperature. */
  readonly cooler?: { readonly min: number };
  readonly faucet?: FaucetSpec;
  /** What a shovel digs up here. */
  readonly digs?: ThingTemplate;
  readonly tool?: Tool;
  /** An inclined plane: solid things in it slide down. Angle in degrees; friction 0…1. */
  readonly slope?: { readonly angle: number; readonly friction: number };
  /** Counts ticks while it is on. */
  readonly stopwatch?: boolean;
  /** Plants grow in it; views list only what lives there. A self-watering one never lacks water. */
  readonly plot?: { readonly watersItself: boolean };
  readonly genes?: readonly Gene[];
  /** A flower of a plant, by the plant's id. */
  readonly flowerOf?: string;
  /** Flies about and carries pollen. */
  readonly pollinates?: boolean;
}

/** A thing that does not exist yet. */
export type ThingTemplate = Omit<ThingSpec, "id" | "at">;

/** Things by id, all that are made of something, or all that live. */
export type Selector =
  | { readonly ids: readonly string[] }
  | { readonly matter: string }
  /** Living things of a species in a stage. */
  | { readonly species: string; readonly stage: string };

/** What is in a container when `mix` makes something new of it: exactly these, in any order. */
export interface Recipe {
  readonly ingredients: readonly { readonly matter: string; readonly phase?: Phase }[];
  readonly product: ThingTemplate;
}

/** What mixing makes. */
export interface MixingSpec {
  readonly recipes: readonly Recipe[];
  /** What any two to four different things of a family make, where no recipe says otherwise. */
  readonly blends: readonly { readonly family: string; readonly product: ThingTemplate }[];
}

/** Which things a "focus on …" goal accepts. */
export type FocusTarget =
  | Selector
  /** `nonliving` accepts movable things only; an unmovable one neither passes nor fails. */
  | { readonly kind: "living" | "nonliving" | "plant" | "animal" };

/** Something a goal waits for. "Focus" is the focused object, if it is the one the first goal was met with. */
export type Condition =
  /** In another room than the start room. */
  | { readonly type: "newRoom" }
  | { readonly type: "inRoom"; readonly room: RoomName }
  /** In a room with an open door. */
  | { readonly type: "openDoor" }
  /** The thing is visible in the agent's room. */
  | { readonly type: "sees"; readonly thing: string }
  | { readonly type: "carries"; readonly thing: string }
  | { readonly type: "carriesFocus" }
  /** The terminal is connected to a wire. */
  | { readonly type: "wired"; readonly thing: string; readonly terminal: TerminalName }
  /** One wire connects the part and one of the sources directly. */
  | { readonly type: "wireJoins"; readonly part: string; readonly sources: readonly string[] }
  | { readonly type: "focused"; readonly on: FocusTarget }
  | { readonly type: "focusIn"; readonly container: string }
  | { readonly type: "focusLit" }
  /** The focus is connected to one of the sources, over any number of conductors. */
  | { readonly type: "focusConnected"; readonly sources: readonly string[] }
  /** One of the things is visible in the agent's room. */
  | { readonly type: "seesAny"; readonly things: Selector }
  /** One of the things lies directly in the inventory. */
  | { readonly type: "carriesAny"; readonly things: Selector }
  /** A container in view holds something of each of these, and nothing else. */
  | { readonly type: "alone"; readonly matters: readonly string[] }
  | { readonly type: "holds"; readonly container: string; readonly things: Selector }
  | { readonly type: "switchedOn"; readonly thing: string }
  | { readonly type: "burning"; readonly things: Selector }
  /** The last action was this one. */
  | { readonly type: "did"; readonly verb: Verb; readonly objects: readonly Selector[] }
  | { readonly type: "focusPhase"; readonly phase: Phase }
  | { readonly type: "focusBurning" }
  /** The focus is in another state of matter than when its goal passed. */
  | { readonly type: "focusChangedPhase" }
  /** Whatever is in focus lives, is of this species, and is in this stage. */
  | { readonly type: "focusStage"; readonly species: string; readonly stage: string }
  /** So many living things are in the agent's room or in the inventory, and visible. */
  | { readonly type: "seesMany"; readonly things: Selector; readonly least: number }
  /** One of the things is in the agent's room, even if in a closed container. */
  | { readonly type: "near"; readonly things: Selector }
  | { readonly type: "opened"; readonly container: string }
  /** The agent has been in this room for so many looks at the goals; see `WorldState.looks`. */
  | { readonly type: "stayed"; readonly room: RoomName; readonly looks: number }
  /** The focus is warmer than when its goal passed by so many degrees; colder, if negative. */
  | { readonly type: "focusWarmed"; readonly by: number }
  | { readonly type: "focusAbove"; readonly temperature: number }
  | { readonly type: "all"; readonly of: readonly Condition[] }
  | { readonly type: "any"; readonly of: readonly Condition[] }
  | { readonly type: "not"; readonly condition: Condition }
  /** Kept from the real task's list so that points stay exact, but out of reach here. */
  | { readonly type: "never" };

/** One goal of the ordered list. */
export interface OrderedGoal {
  readonly text: string;
  readonly condition: Condition;
  /** What ends the episode at −100 while this goal is next. `wrongFocus`: a focus that does not meet it; `unmet`: that it is not met. */
  readonly fails?: "wrongFocus" | "unmet";
  /** Ends the episode at −100 when it holds while this goal is next. */
  readonly failsIf?: Condition;
  /** Nothing is in focus any more once it has passed: the next goal wants a new focus. */
  readonly clearsFocus?: boolean;
}

/** One goal of the unordered list. */
export interface OptionalGoal {
  readonly text: string;
  readonly condition: Condition;
  /** Positions of optional goals that must have passed before. */
  readonly after?: readonly number[];
}

/** ScienceWorld's simplifications, by their real names. */
export interface Simplifications {
  readonly teleportAction: boolean;
  readonly openDoors: boolean;
  readonly openContainers: boolean;
  readonly selfWateringFlowerPots: boolean;
  readonly noElectricalAction: boolean;
}

/** Laws that may differ between worlds. */
export interface WorldRules {
  /** True as in ScienceWorld: the part's anode must lead to the source's cathode. False: like to like. */
  readonly crossedPolarity: boolean;
  /** Teaching worlds: `connect X to Y` without naming terminals joins both ends of both at once. */
  readonly directConnection: boolean;
  /** Ticks between closing a circuit and light. ScienceWorld: 1. */
  readonly lightDelayTicks: 0 | 1;
}

/** A world as data: everything true at the start. */
export interface WorldSpec {
  /** The task as the agent is told it, in vocabulary words, e.g. `power red bulb`. */
  readonly taskText: string;
  readonly floorPlan: FloorPlan;
  readonly startRoom: RoomName;
  readonly things: readonly ThingSpec[];
  readonly orderedGoals: readonly OrderedGoal[];
  readonly optionalGoals: readonly OptionalGoal[];
  readonly rules: WorldRules;
  readonly simplifications: Simplifications;
  /** Left out: nothing mixes. */
  readonly mixing?: MixingSpec;
  /** Valid actions take up only what belongs to the task, and only where it makes sense. */
  readonly offersTaskOnly?: boolean;
  /** Key of the stream that chance during an episode comes from; left out: nothing happens by chance. */
  readonly chance?: PhiloxKey;
  /** Agent turns per episode. */
  readonly maxTurns: number;
  /** The episode ends when more ticks than this have passed. ScienceWorld: 100. */
  readonly maxMoves: number;
}

/** What can change about one thing. */
export interface Thing {
  readonly spec: ThingSpec;
  /** Id as in the spec. */
  readonly id: string;
  name: string;
  /** A room, the id of the thing it is in, `INVENTORY` or `EVERYWHERE`. */
  at: string;
  open: boolean;
  /** A device: activated. */
  on: boolean;
  /** A part: powered. */
  lit: boolean;
  /** A part: its circuit was closed at the end of the last tick. */
  charged: boolean;
  phase: Phase;
  /** In °C. */
  temperature: number;
  /** Ticks for which it will burn, once it has caught fire; 0 while it does not burn. */
  burning: number;
  /** How far down an inclined plane it has slid, 0…1. */
  slid: number;
  /** A stopwatch: ticks counted. A flower: ticks since it was pollinated. */
  count: number;
  life: Life | undefined;
  /** Ids of the plants whose pollen is in it: a flower or an insect. */
  pollen: readonly string[];
}

/** How a living thing is doing. Numbers are ticks. */
export interface Life {
  readonly stage: string;
  /** In this stage; a plant's with all it needs. */
  readonly age: number;
  /** In a row without water, without soil, too hot or cold. */
  readonly dry: number;
  readonly bare: number;
  readonly harsh: number;
}

/** What the agent did last. */
export interface Deed {
  readonly verb: Verb;
  /** Ids of the things it named, in order. */
  readonly things: readonly string[];
}

/** A numbered question the world waits to have answered. */
export interface Question {
  /** The actions to choose from, in the order of their numbers; each names its objects by thing id. */
  readonly choices: readonly ParsedAction[];
}

/** An object an action names. */
export type Referent =
  | { readonly type: "thing"; readonly thing: string }
  | { readonly type: "terminal"; readonly thing: string; readonly terminal: TerminalName }
  /** The door to a neighbouring room. */
  | { readonly type: "door"; readonly room: RoomName }
  | { readonly type: "room"; readonly room: RoomName }
  | { readonly type: "inventory" };

/** An action whose objects are known. */
export interface ParsedAction {
  readonly verb: Verb;
  readonly objects: readonly Referent[];
}

/** Everything that can change. Scripted experts read it; only the engine writes it. */
export interface WorldState {
  readonly spec: WorldSpec;
  /** In the order of `spec.things`, then those that appeared since. What has vanished is at `GONE`. */
  readonly things: Thing[];
  /** Position in `things` by id. */
  readonly indexOf: Map<string, number>;
  agentRoom: RoomName;
  /** In the order of `spec.floorPlan.doors`. */
  readonly doorsOpen: boolean[];
  /** Id of the focused thing. */
  focus: string | undefined;
  /** Other end of each used terminal, both ways, by `terminalKey`. */
  readonly connections: Map<string, Terminal>;
  question: Question | undefined;
  /** How many ordered goals have passed. */
  orderedPassed: number;
  /** In the order of `spec.optionalGoals`. */
  readonly optionalPassed: boolean[];
  /** Id of the thing the first focus goal was met with; later goals want the same one. */
  goalObject: string | undefined;
  /** How that thing was then. */
  goalBaseline: { readonly phase: Phase; readonly temperature: number } | undefined;
  deed: Deed | undefined;
  failed: boolean;
  /** Ticks so far. */
  moves: number;
  /** Agent actions so far. */
  turns: number;
  /** How often ScienceWorld would have looked at the goals since the agent came here: twice a tick or free action. */
  looks: number;
}
