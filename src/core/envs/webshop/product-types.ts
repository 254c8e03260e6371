/**
 * @file What the shop sells: types of products with the phrases that can be true of them, in vocabulary words. Every
 * attribute is one that a person would ask for; none is so like another that the reward takes it for the same.
 */

/** WebShop's five departments. */
export type Category = "beauty" | "electronics" | "fashion" | "garden" | "grocery";

/** A choice that a product offers. */
export interface OptionType {
  readonly name: "color" | "size" | "pack";
  readonly values: readonly string[];
  /** Values that one product offers at most. */
  readonly shown: number;
}

/** A type of product. */
export interface ProductType {
  /** The noun, which is also the search phrase of all products of the type. */
  readonly noun: string;
  readonly category: Category;
  /** Three levels, for the reward and for people; the policy never sees it. */
  readonly path: string;
  /** Lowest and highest price, dollars. */
  readonly prices: readonly [number, number];
  readonly options: readonly OptionType[];
  readonly attributes: readonly string[];
}

const COLOR: OptionType = {
  name: "color",
  values: "red green blue orange yellow purple violet black white brown gold".split(" "),
  shown: 3,
};
const SIZE: OptionType = { name: "size", values: ["small", "medium", "large"], shown: 3 };
const SHOE_SIZE: OptionType = { name: "size", values: ["6", "7", "8", "9"], shown: 3 };
const PACK: OptionType = { name: "pack", values: ["1", "2", "4", "6"], shown: 3 };

/** Words that a product title starts with. */
export const BRANDS: readonly string[] = ["acme", "nova", "zenith", "orbit", "vela", "lumo"];

type Row = readonly [
  noun: string,
  path: string,
  prices: readonly [number, number],
  options: readonly OptionType[],
  attributes: string,
];

const CLOTHES = [COLOR, SIZE];
const FASHION: readonly Row[] = [
  [
    "shirt",
    "Clothing › Tops › Shirts",
    [10, 45],
    CLOTHES,
    "machine wash|long sleeve|short sleeve|slim fit|organic cotton|easy iron|dry fit|heavy duty",
  ],
  [
    "jeans",
    "Clothing › Trousers › Jeans",
    [20, 70],
    CLOTHES,
    "machine wash|dark wash|slim fit|easy fit|heavy duty|organic cotton|easy iron|cotton cloth",
  ],
  [
    "jacket",
    "Clothing › Tops › Jackets",
    [30, 95],
    CLOTHES,
    "machine wash|long sleeve|slim fit|heavy duty|waterproof|vegan leather|organic cotton|easy fit",
  ],
  [
    "shoes",
    "Clothing › Footwear › Shoes",
    [25, 90],
    [COLOR, SHOE_SIZE],
    "memory foam|waterproof|vegan leather|slim fit|machine wash|heavy duty|easy fit|natural rubber",
  ],
  [
    "hat",
    "Clothing › Headwear › Hats",
    [5, 35],
    CLOTHES,
    "machine wash|waterproof|organic cotton|vegan leather|easy fit|dry fit|heavy duty|portable",
  ],
];

const BEAUTY: readonly Row[] = [
  [
    "shampoo",
    "Beauty › Hair Care › Shampoo",
    [5, 30],
    [SIZE, PACK],
    "sulfate free|dry scalp|natural ingredients|non toxic|vegan|soap free|salt free|plant power",
  ],
  [
    "lotion",
    "Beauty › Skin Care › Lotion",
    [5, 35],
    [SIZE],
    "natural ingredients|non toxic|sulfate free|soap free|vegan|waterproof|plant power|easy open",
  ],
  [
    "soap",
    "Beauty › Skin Care › Soap",
    [5, 20],
    [PACK],
    "natural ingredients|non toxic|sulfate free|salt free|vegan|plant power|plastic free|organic fruit",
  ],
];

const ELECTRONICS: readonly Row[] = [
  [
    "headphones",
    "Electronics › Audio › Headphones",
    [20, 95],
    [COLOR],
    "noise cancelling|wireless|memory foam|waterproof|portable|long life|heavy duty|easy connect",
  ],
  [
    "battery",
    "Electronics › Power › Batteries",
    [5, 40],
    [SIZE, PACK],
    "long life|heavy duty|energy efficient|high power|waterproof|easy install|lead free|portable",
  ],
  [
    "thermometer",
    "Electronics › Instruments › Thermometers",
    [10, 45],
    [COLOR],
    "mercury free|waterproof|wireless|easy read|portable|long life|energy efficient|non toxic",
  ],
  [
    "stopwatch",
    "Electronics › Instruments › Stopwatches",
    [10, 50],
    [COLOR],
    "waterproof|portable|easy read|heavy duty|long life|wireless|energy efficient|easy reset",
  ],
];

const GARDEN: readonly Row[] = [
  [
    "mug",
    "Home & Garden › Kitchen › Mugs",
    [5, 30],
    [COLOR],
    "dishwasher safe|bpa free|heavy duty|lead free|portable|oven safe|freezer safe|steel",
  ],
  [
    "lamp",
    "Home & Garden › Lighting › Lamps",
    [15, 80],
    [COLOR],
    "energy efficient|easy install|wireless|portable|heavy duty|solar power|solid wood|cordless",
  ],
  [
    "pillow",
    "Home & Garden › Bedding › Pillows",
    [10, 50],
    [COLOR, SIZE],
    "memory foam|machine wash|queen size|non toxic|organic cotton|natural rubber|plastic free|easy wash",
  ],
  [
    "rug",
    "Home & Garden › Floor › Rugs",
    [20, 95],
    [COLOR, SIZE],
    "machine wash|non toxic|heavy duty|waterproof|organic cotton|natural rubber|plastic free|easy move",
  ],
  [
    "chair",
    "Home & Garden › Furniture › Chairs",
    [30, 95],
    [COLOR],
    "heavy duty|easy install|solid wood|vegan leather|memory foam|steel|portable|waterproof",
  ],
  [
    "shelf",
    "Home & Garden › Furniture › Shelves",
    [20, 90],
    [COLOR, SIZE],
    "easy install|heavy duty|solid wood|steel|waterproof|non toxic|portable|plastic free",
  ],
  [
    "candle",
    "Home & Garden › Lighting › Candles",
    [5, 25],
    [COLOR, PACK],
    "non toxic|natural ingredients|lead free|long life|vegan|organic cotton|plant power|plastic free",
  ],
];

const GROCERY: readonly Row[] = [
  [
    "coffee",
    "Grocery › Drinks › Coffee",
    [5, 40],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|easy open|plastic free|organic|bpa free",
  ],
  [
    "cookies",
    "Grocery › Snacks › Cookies",
    [5, 25],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|peanut free|organic|easy open|salt free",
  ],
  [
    "chocolate",
    "Grocery › Snacks › Chocolate",
    [5, 30],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|peanut free|organic|easy open|plastic free",
  ],
  [
    "juice",
    "Grocery › Drinks › Juice",
    [5, 25],
    [SIZE, PACK],
    "gluten free|sugar free|vegan|natural ingredients|organic|easy open|bpa free|salt free",
  ],
  [
    "jam",
    "Grocery › Spreads › Jam",
    [5, 20],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|organic|easy open|salt free|plastic free",
  ],
];

const DEPARTMENTS: Readonly<Record<Category, readonly Row[]>> = {
  fashion: FASHION,
  beauty: BEAUTY,
  electronics: ELECTRONICS,
  garden: GARDEN,
  grocery: GROCERY,
};

/** All types of products. The order decides which products a catalogue has. */
export const PRODUCT_TYPES: readonly ProductType[] = Object.entries(DEPARTMENTS).flatMap(([category, rows]) =>
  rows.map(([noun, path, prices, options, attributes]) => ({
    noun,
    category: category as Category,
    path,
    prices,
    options,
    attributes: attributes.split("|"),
  })),
);
