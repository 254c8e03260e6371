/** @file The colours that WebShop knows, in its order. The order matters: the first one found in a text is its colour. */

const COLOURS = `
alabaster apricot aqua ash asphalt azure banana beige black blue blush bordeaux bronze brown burgundy camel
camo caramel champagne charcoal cheetah chestnut chocolate christmas coffee cognac copper coral cranberry
cream crystal dark denim eggplant elephant espresso fuchsia gold granite grape graphite grass gray green
grey heather indigo ivory ivy khaki lavender lemon leopard light lilac lime magenta maroon mauve merlot
midnight mint mocha multicolor mushroom mustard natural navy nude olive orange peach pewter pink plum
purple rainbow red rose royal rust sand sapphire seashell silver skull slate steel stone stonewash
sunflower tan taupe teal tiger turquoise violet walnut wheat white wine yellow
`
  .trim()
  .split(/\s+/);

/**
 * A text's colour: the first of the list that is a *substring* of it, else the text itself. So `navy blue` is blue,
 * `titanium` is tan and `layered` is red, as in WebShop.
 */
export function normaliseColour(text: string): string {
  return COLOURS.find((colour) => text.includes(colour)) ?? text;
}

/**
 * What WebShop makes of a `(name, value)` pair, as which it compares options that were given by name: membership in a
 * pair means one of its two texts *is* the colour, so substrings do not count; then the pair is read as one text.
 */
export function normaliseColourPair(name: string, value: string): string {
  return COLOURS.find((colour) => colour === name || colour === value) ?? `${name} ${value}`;
}
