/** @file The page's colours for canvases, which cannot read custom properties. */

/** A colour by its custom property, with an opacity from 0 to 1. */
export type ColorReader = (property: string, opacity?: number) => string;

/** Colours as they were read; another theme has others. */
const known = new Map<string, string>();
/** Told when there is another theme. */
const watchers = new Set<() => void>();
let isWatching = false;

/** Reads colours from an element; each once for a theme, because asking makes the browser compute styles anew. */
export function colorReader(probe: HTMLElement): ColorReader {
  return (property, opacity = 1) => {
    const key = `${property} ${opacity}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    probe.style.color = `color-mix(in srgb, var(${property}) ${opacity * 100}%, transparent)`;
    const { color } = getComputedStyle(probe);
    if (color !== "") known.set(key, color); // an element that was just taken off the page has none
    return color;
  };
}

/** Calls back whenever the theme has changed; returns how to stop that. */
export function onThemeChange(redraw: () => void): () => void {
  if (!isWatching) watchTheme();
  isWatching = true;
  watchers.add(redraw);
  return () => watchers.delete(redraw);
}

function watchTheme(): void {
  const change = (): void => {
    known.clear();
    for (const redraw of watchers) redraw();
  };
  new MutationObserver(change).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change);
}
