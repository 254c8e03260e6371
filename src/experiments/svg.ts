/** @file SVG as text: elements, escaped words, rounded numbers, and the two themes of the figures. */

/** Colours of a figure on one background. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  /** By method; others take `text`. Told apart without colour by their dashes. */
  readonly methods: Readonly<Record<string, string>>;
}

/** On a white page. What lines of a like lightness have apart is their dash, see {@link DASHES}. */
export const LIGHT: Theme = {
  background: "#ffffff",
  text: "#1c1b19",
  muted: "#625e57",
  line: "#dcd9d2",
  methods: {
    empo2: "#1764ab",
    grpo: "#c2500a",
    gigpo: "#a32a66",
    naive: "#77736b",
    reflexion: "#4d7a3a",
    retrospex: "#7a6000",
    "context-distillation": "#0f7272",
    "tip-credit": "#7a5ea8",
  },
};

/** On a dark page. */
export const DARK: Theme = {
  background: "#16171a",
  text: "#eceae6",
  muted: "#a8a69f",
  line: "#383c43",
  methods: {
    empo2: "#6fb5f7",
    grpo: "#f49b55",
    gigpo: "#f08fbb",
    naive: "#a8a69f",
    reflexion: "#9cc787",
    retrospex: "#d9b84a",
    "context-distillation": "#63c7c3",
    "tip-credit": "#b59be0",
  },
};

/** Dashes by method, so that a line is known without its colour. */
export const DASHES: Readonly<Record<string, string>> = {
  grpo: "7 4",
  gigpo: "7 4 2 4",
  naive: "2 3",
  reflexion: "9 3 2 3",
  retrospex: "2 6",
  "context-distillation": "12 4",
  "tip-credit": "12 3 3 3",
};

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; undefined attributes are left out. */
export function element(name: string, attributes: Attributes, content: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : escaped(value!)}"`)
    .join("");
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join("")}</${name}>`;
}

/** Words at a place. */
export function words(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, [escaped(text)]);
}

/** A line through points. */
export function polyline(points: readonly (readonly [number, number])[], attributes: Attributes): string {
  return element("polyline", { points: pointList(points), fill: "none", "stroke-linejoin": "round", ...attributes });
}

/** An area with corners. */
export function polygon(points: readonly (readonly [number, number])[], attributes: Attributes): string {
  return element("polygon", { points: pointList(points), ...attributes });
}

function pointList(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y]) => `${coordinate(x)},${coordinate(y)}`).join(" ");
}

function coordinate(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A whole figure. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The figure in words, for those who do not see it. */
  readonly summary: string;
  readonly content: readonly string[];
}

/** In every figure that a command wrote. */
export const FIGURE_MARK = "<metadata>Written by the command reproduce</metadata>";

/** The figure as a file, one element a line so that changes can be read. */
export function svgFile({ width, height, title, summary, content }: Figure, theme: Theme): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif" font-size="13" fill="${theme.text}">`;
  const about = [`<title>${escaped(title)}</title>`, `<desc>${escaped(summary)}</desc>`];
  const background = element("rect", { width, height, fill: theme.background });
  return `${[open, FIGURE_MARK, ...about, background, ...content, "</svg>"].join("\n")}\n`;
}
