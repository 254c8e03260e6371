/**
 * @file The one vocabulary of both worlds. A token is a word; checkpoints store weights by token id, so the order
 * of `WORDS` never changes: new words go to the end of `EXTENSIONS`, up to `VOCABULARY_SIZE`.
 */

/** Rows of the embedding. Ids from `WORDS.length` up to here are reserved for words to come. */
export const VOCABULARY_SIZE = 512;

const GROUPS = {
  special: "<pad> <bos> <tip> </tip> <sum> > <end>",
  marks: ". : ; ,",
  rooms: "kitchen hallway bathroom bedroom living workshop greenhouse studio outside foundry",
  verbs:
    "open close go look around at activate deactivate eat move to pour into in focus on use read connect disconnect wait wait1 inventory pick up put down mix teleport dunk task reset flush examine take drop",
  glue: "you see here have nothing empty closed off lit dark now already not movable no known action matches input which first then find your of with is or and if above below box done ok exit door from a the easy score bad wrong connected moved happens visible edible full used broken dig",
  digits: "0 1 2 3 4 5 6 7 8 9 minus degrees",
  colours: "red green blue orange yellow purple violet black white brown gold",
  furniture:
    "stove oven fridge freezer sink cupboard counter table thermometer lighter stopwatch furnace fountain pot cup jug bowl jar recipe drawer hive shovel chair bed couch closet desk shelf toilet bathtub picture painting axe pit ground air",
  electric:
    "bulb motor buzzer wire battery anode cathode terminal switch solar wind gas nuclear renewable nonrenewable",
  conductivity: "foil fork clip book glass metal plastic rubber",
  matter: "water ice steam solid liquid substance boil melt freeze change melting point temperature burn ash",
  substances: "salt soap juice chocolate mercury gallium tin lead caesium sugar flour iron soda vinegar unknown",
  foods:
    "dough rust acetate smores sandwich nuts salad bread peanut jam banana marshmallow almond cashew apple potato apricot paper paint",
  letters: "b c d e f g h j k l m n o p q r s t u v w x y z",
  kinds: "living animal plant nonliving thing conductive nonconductive",
  animals:
    "butterfly moth frog toad tortoise turtle crocodile parrot dove jay elephant bear beaver wolf chipmunk rabbit hedgehog mouse chameleon dragonfly ant",
  stages: "egg caterpillar pupa adult tadpole hatchling juvenile baby seed seedling reproducing dead",
  plants: "cherry lemon peach avocado pea pear tree soil flower fruit bee",
  tasks: "power test grow life span stage longest shortest plane angle friction most least trait create",
  genetics: "tall short round wrinkly dominant recessive steep shallow block brick steel sandpaper cloth",
  shopPages:
    "search click back next prev buy description features reviews attributes page results price lower than dollars instruction want clicked rating got need high lack opt",
  nouns: "shirt jeans jacket shoes hat mug lamp pillow rug shampoo lotion candle coffee cookies headphones",
  brands: "acme nova zenith orbit vela lumo",
  sizes: "small medium large pack size color",
  attributes:
    "machine wash long sleeve slim fit heavy duty bpa free dishwasher safe energy efficient install natural ingredients gluten noise cancelling wireless memory foam non toxic queen dry scalp wood sulfate vegan organic cotton leather waterproof portable cordless",
  products: "b1 b2 b3 b4 b5 b6 b7 b8 b9 b10",
} as const;

/** Words added after the first release, in order of addition. */
const EXTENSIONS = [
  "working source outlet",
  // States of matter, chemistry.
  "cream",
  // Trees and leaves.
  "grapefruit leaf",
].join(" ");

/** All words in id order; a word that stands in two groups has the id of the first. */
export const WORDS: readonly string[] = [
  ...new Set([...Object.values(GROUPS), EXTENSIONS].flatMap((group) => group.split(" "))),
];

const ID_OF_WORD: ReadonlyMap<string, number> = new Map(WORDS.map((word, id) => [word, id]));

/** Id of a word, or undefined for a word the policy cannot read. */
export function wordId(word: string): number | undefined {
  return ID_OF_WORD.get(word);
}

/** The words of one group, for generators of worlds and corpora. */
export function wordsOf(group: keyof typeof GROUPS): readonly string[] {
  return GROUPS[group].split(" ");
}
