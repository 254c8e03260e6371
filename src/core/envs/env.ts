/**
 * @file A text world: observations and actions are texts of vocabulary words. Same task and same actions give the
 * same transcript. A bad action is never an error: the world answers in words.
 */

/** Names one world instance completely. Plain data. */
export interface TaskRef {
  readonly world: "scienceworld" | "webshop";
  /** Task name as in the real system, e.g. `power-component`. */
  readonly task: string;
  readonly variation: number;
  /** How the world is told and eased: `easy`, `none`, or the world's own words for it, joined by commas. */
  readonly preset: string;
  /** Which world of its kind: a floor plan (0 is the real ten-room house), or a shop's catalogue. */
  readonly house: number;
}

/** What the agent is told after an action. */
export interface Observation {
  /** Vocabulary words, separated by spaces. The first one of an episode begins with the task. */
  readonly text: string;
  /** Points after this action, −100…100. */
  readonly score: number;
  /** Score minus the score before. */
  readonly reward: number;
  readonly done: boolean;
  /** Simulator ticks so far; in a world without a clock, actions. */
  readonly moves: number;
}

/** How far a living thing has grown. */
export interface LivingView {
  readonly kind: "animal" | "plant";
  /** The present stage, one of `stages`. */
  readonly stage: string;
  /** The stages it goes through, the earliest first; only the present one if it does not grow. */
  readonly stages: readonly string[];
}

/** One thing in a room, for maps and hand play. Never shown to the policy. */
export interface ThingView {
  readonly name: string;
  /** State words, e.g. `on`, `closed`; connections as `wired to …`. */
  readonly states: readonly string[];
  /** °C; null where nothing is warmed or cooled. */
  readonly temperature: number | null;
  readonly living: LivingView | null;
  readonly contents: readonly ThingView[];
}

/** One thing in a circuit. */
export interface CircuitElementView {
  readonly name: string;
  readonly role: "source" | "part" | "switch" | "wire" | "object";
  /** A part: powered. Another thing that can be activated: activated. Null for all others. */
  readonly on: boolean | null;
  /** Its two terminals: the one towards the element before, and the one towards the element after. */
  readonly terminals: readonly [string, string];
}

/** Things that are connected. Every thing has two terminals, so that they form a chain or, if it is closed, a ring. */
export interface CircuitView {
  /** In order along the chain; a source is first where the order leaves a choice. */
  readonly elements: readonly CircuitElementView[];
  /** The last element is connected to the first. */
  readonly closed: boolean;
}

/** A world of rooms as a person may look at it. */
export interface RoomsView {
  readonly kind: "rooms";
  readonly agentRoom: string;
  readonly rooms: readonly { readonly name: string; readonly things: readonly ThingView[] }[];
  readonly doors: readonly { readonly between: readonly [string, string]; readonly open: boolean }[];
  readonly inventory: readonly ThingView[];
  readonly circuits: readonly CircuitView[];
  readonly goals: readonly {
    readonly text: string;
    readonly kind: "ordered" | "optional";
    readonly points: number;
    readonly passed: boolean;
  }[];
}

/** Something to click on a page, and the action that clicks it. */
export interface PageButton {
  /** As the real page has it, e.g. `Back to Search`. */
  readonly label: string;
  readonly action: string;
}

/** A product in a list of results. */
export interface ResultView extends PageButton {
  readonly title: string;
  /** The product's code. */
  readonly asin: string;
  /** Levels from general to special. */
  readonly category: readonly string[];
  /** Dollars. */
  readonly price: number;
  readonly visited: boolean;
}

/** A product on its own page. */
export interface ProductView {
  readonly title: string;
  readonly asin: string;
  /** Levels from general to special. */
  readonly category: readonly string[];
  /** Dollars. */
  readonly price: number;
  readonly rating: string;
  readonly options: readonly {
    readonly name: string;
    readonly values: readonly (PageButton & { readonly chosen: boolean })[];
  }[];
}

/** What a purchase earned, and why. */
export interface PurchaseView {
  /** 0…1. */
  readonly reward: number;
  /** Factor for the right type of product, 0…1. */
  readonly typeFactor: number;
  readonly attributesMet: number;
  readonly attributesWanted: number;
  readonly optionsMet: number;
  readonly optionsWanted: number;
  readonly priceOk: boolean;
}

/** A shop's page as a person may look at it: everything that is on it, with the actions that its buttons send. */
export interface ShopView {
  readonly kind: "shop";
  readonly page: "search" | "results" | "item" | "description" | "features" | "reviews" | "attributes" | "done";
  /** What the shopper wants, as a sentence. */
  readonly instruction: string;
  /** Words of the last search; empty before the first. */
  readonly searchTerms: string;
  /** Searches to offer; anything else may be typed after `search`. */
  readonly searches: readonly PageButton[];
  /** Buttons other than products and option values. */
  readonly buttons: readonly PageButton[];
  readonly results: {
    readonly page: number;
    /** Products found in all. */
    readonly total: number;
    readonly products: readonly ResultView[];
  } | null;
  /** On the product's page, on the pages about it, and when it was bought. */
  readonly product: ProductView | null;
  /** Paragraphs of a page about the product. */
  readonly text: readonly string[] | null;
  readonly purchase: PurchaseView | null;
}

/** The whole world as a person may look at it. Never shown to the policy. */
export type WorldView = RoomsView | ShopView;

/** A deterministic text world. */
export interface TextEnv {
  readonly task: TaskRef;
  /** Starts over. */
  reset(): Observation;
  /** Does one action, given as words. After `done` the world only repeats that it is over. */
  step(action: string): Observation;
  /** Actions that do something here, for hand play and statistics. Not shown to the policy. */
  validActions(): string[];
  view(): WorldView;
}

/** The blocks of variations (ScienceWorld: first half, next quarter, rest; WebShop: test, dev, train). */
export type Split = "train" | "dev" | "test";

/** A task type and its variations. */
export interface TaskSpec {
  readonly world: TaskRef["world"];
  readonly task: string;
  /** Id in ScienceWorld, e.g. `3-1`; `teaching` for worlds of our own; else the world's name. */
  readonly id: string;
  /** One sentence for people. */
  readonly description: string;
  readonly variationCount: number;
  readonly splits: Readonly<Record<Split, readonly number[]>>;
  /** Agent turns per episode. */
  readonly maxTurns: number;
  /** Presets to offer and to test with; a reference may combine others. */
  readonly presets: readonly string[];
}
