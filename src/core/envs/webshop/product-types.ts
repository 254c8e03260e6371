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
    "machine wash|long sleeve|short sleeve|slim fit|dry fit|easy fit|long fit|organic cotton|easy iron|heavy duty|plastic free|non toxic|dark wash|easy wash",
  ],
  [
    "jeans",
    "Clothing › Trousers › Jeans",
    [20, 70],
    CLOTHES,
    "machine wash|dark wash|easy wash|slim fit|easy fit|dry fit|long fit|short fit|heavy duty|organic cotton|easy iron|cotton cloth|plastic free|non toxic",
  ],
  [
    "jacket",
    "Clothing › Tops › Jackets",
    [30, 95],
    CLOTHES,
    "machine wash|easy wash|long sleeve|short sleeve|slim fit|easy fit|dry fit|long fit|heavy duty|waterproof|vegan leather|organic cotton|plastic free|portable",
  ],
  [
    "shoes",
    "Clothing › Footwear › Shoes",
    [25, 90],
    [COLOR, SHOE_SIZE],
    "memory foam|waterproof|vegan leather|slim fit|easy fit|dry fit|machine wash|easy wash|heavy duty|natural rubber|plastic free|organic cotton|non toxic|portable",
  ],
  [
    "hat",
    "Clothing › Headwear › Hats",
    [5, 35],
    CLOTHES,
    "machine wash|easy wash|waterproof|organic cotton|vegan leather|easy fit|dry fit|slim fit|heavy duty|portable|plastic free|non toxic|cotton cloth|long life",
  ],
];

const BEAUTY: readonly Row[] = [
  [
    "shampoo",
    "Beauty › Hair Care › Shampoo",
    [5, 30],
    [SIZE, PACK],
    "sulfate free|dry scalp|natural ingredients|non toxic|vegan|soap free|salt free|plant power|plastic free|easy open|organic fruit|sugar free|gluten free|easy wash",
  ],
  [
    "lotion",
    "Beauty › Skin Care › Lotion",
    [5, 35],
    [SIZE],
    "natural ingredients|non toxic|sulfate free|soap free|vegan|waterproof|plant power|easy open|plastic free|salt free|gluten free|organic fruit|dry scalp|mercury free",
  ],
  [
    "soap",
    "Beauty › Skin Care › Soap",
    [5, 20],
    [PACK],
    "natural ingredients|non toxic|sulfate free|salt free|vegan|plant power|plastic free|organic fruit|gluten free|easy wash|lead free|long life|dry scalp|sugar free",
  ],
];

const ELECTRONICS: readonly Row[] = [
  [
    "headphones",
    "Electronics › Audio › Headphones",
    [20, 95],
    [COLOR],
    "noise cancelling|wireless|memory foam|waterproof|portable|long life|heavy duty|easy connect|easy reset|energy efficient|vegan leather|plastic free|lead free|easy fit",
  ],
  [
    "battery",
    "Electronics › Power › Batteries",
    [5, 40],
    [SIZE, PACK],
    "long life|heavy duty|energy efficient|high power|waterproof|easy install|lead free|portable|mercury free|non toxic|easy connect|solar power|plastic free|easy open",
  ],
  [
    "thermometer",
    "Electronics › Instruments › Thermometers",
    [10, 45],
    [COLOR],
    "mercury free|waterproof|wireless|easy read|portable|long life|energy efficient|non toxic|easy reset|dishwasher safe|freezer safe|oven safe|lead free|solar power",
  ],
  [
    "stopwatch",
    "Electronics › Instruments › Stopwatches",
    [10, 50],
    [COLOR],
    "waterproof|portable|easy read|heavy duty|long life|wireless|energy efficient|easy reset|solar power|lead free|mercury free|plastic free|easy connect|non toxic",
  ],
];

const GARDEN: readonly Row[] = [
  [
    "mug",
    "Home & Garden › Kitchen › Mugs",
    [5, 30],
    [COLOR],
    "dishwasher safe|bpa free|heavy duty|lead free|portable|oven safe|freezer safe|steel|non toxic|plastic free|easy wash|easy open|waterproof|long life",
  ],
  [
    "lamp",
    "Home & Garden › Lighting › Lamps",
    [15, 80],
    [COLOR],
    "energy efficient|easy install|wireless|portable|heavy duty|solar power|solid wood|cordless|long life|easy connect|steel|waterproof|plastic free|mercury free",
  ],
  [
    "pillow",
    "Home & Garden › Bedding › Pillows",
    [10, 50],
    [COLOR, SIZE],
    "memory foam|machine wash|easy wash|queen size|non toxic|organic cotton|natural rubber|plastic free|cotton cloth|vegan|portable|waterproof|long life|heavy duty",
  ],
  [
    "rug",
    "Home & Garden › Floor › Rugs",
    [20, 95],
    [COLOR, SIZE],
    "machine wash|easy wash|non toxic|heavy duty|waterproof|organic cotton|natural rubber|plastic free|easy move|cotton cloth|queen size|long life|vegan|portable",
  ],
  [
    "chair",
    "Home & Garden › Furniture › Chairs",
    [30, 95],
    [COLOR],
    "heavy duty|easy install|solid wood|vegan leather|memory foam|steel|portable|waterproof|easy move|non toxic|plastic free|long life|natural rubber|easy wash",
  ],
  [
    "shelf",
    "Home & Garden › Furniture › Shelves",
    [20, 90],
    [COLOR, SIZE],
    "easy install|heavy duty|solid wood|steel|waterproof|non toxic|portable|plastic free|easy move|long life|lead free|bpa free|easy wash|freezer safe",
  ],
  [
    "candle",
    "Home & Garden › Lighting › Candles",
    [5, 25],
    [COLOR, PACK],
    "non toxic|natural ingredients|lead free|long life|vegan|organic cotton|plant power|plastic free|bpa free|portable|easy open|organic fruit|sulfate free|cordless",
  ],
];

const GROCERY: readonly Row[] = [
  [
    "coffee",
    "Grocery › Drinks › Coffee",
    [5, 40],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|easy open|plastic free|organic|bpa free|peanut free|salt free|non toxic|freezer safe|portable|lead free",
  ],
  [
    "cookies",
    "Grocery › Snacks › Cookies",
    [5, 25],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|peanut free|organic|easy open|salt free|plastic free|bpa free|portable|non toxic|freezer safe|oven safe",
  ],
  [
    "chocolate",
    "Grocery › Snacks › Chocolate",
    [5, 30],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|peanut free|organic|easy open|salt free|plastic free|bpa free|portable|non toxic|freezer safe|lead free",
  ],
  [
    "juice",
    "Grocery › Drinks › Juice",
    [5, 25],
    [SIZE, PACK],
    "gluten free|sugar free|vegan|natural ingredients|organic|easy open|bpa free|salt free|plastic free|portable|peanut free|non toxic|freezer safe|lead free",
  ],
  [
    "jam",
    "Grocery › Spreads › Jam",
    [5, 20],
    [PACK],
    "gluten free|sugar free|vegan|natural ingredients|organic|easy open|salt free|plastic free|bpa free|peanut free|portable|non toxic|freezer safe|dishwasher safe",
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
