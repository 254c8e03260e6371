/** Strokes of a 16 × 16 drawing. */
const PATHS = {
  play: "M5 3.5v9l7-4.5z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  step: "M4 3.5v9l5.5-4.5zM12 3.5v9",
  reset: "M3.5 8a4.5 4.5 0 1 0 1.4-3.2M3.2 2.8v2.6h2.6",
  back: "M10 3.5 5.5 8l4.5 4.5",
  forward: "M6 3.5 10.5 8 6 12.5",
  share: "M6.5 9.5l3-3M7 4.8l1.4-1.4a2.6 2.6 0 0 1 3.7 3.7L10.7 8.5M9 11.2l-1.4 1.4a2.6 2.6 0 0 1-3.7-3.7L5.3 7.5",
  file: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  settings: "M2.5 4.5h6M12 4.5h1.5M2.5 11.5h1.5M7.5 11.5h6M10 2.8v3.4M5.7 9.8v3.4",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  help: "M6 6.2a2 2 0 1 1 2.8 1.8c-.5.3-.8.6-.8 1.3M8 11.6v.1",
  close: "M4 4l8 8M12 4l-8 8",
  pin: "M5.5 2.5h5l-.7 4 2 2.2H4.2l2-2.2zM8 8.7v4.8",
  edit: "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
  trash: "M3.5 4.5h9M6.5 4.5v-1.5h3v1.5M4.8 4.5l.6 8.5h5.2l.6-8.5",
  plus: "M8 3.5v9M3.5 8h9",
  info: "M8 7.2v4M8 4.6v.1",
  check: "M3.5 8.5l3 3 6-7",
  follow: "M2 8s2.2-3.8 6-3.8S14 8 14 8s-2.2 3.8-6 3.8S2 8 2 8zM8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  widen: "M3 6.5v-3.5h3.5M13 9.5v3.5h-3.5M3 3l4 4M13 13l-4-4",
  shrink: "M3.5 7h3.5v-3.5M12.5 9h-3.5v3.5M7 7l-4-4M9 9l4 4",
  tasks: "M3 4h1.5M6.5 4h6.5M3 8h1.5M6.5 8h6.5M3 12h1.5M6.5 12h6.5",
  plain: "M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  withTips: "M3 3.5h10v7H8l-3 2.5v-2.5H3zM5.5 6h5M5.5 8h3",
  offPolicy: "M3 3.5h10v7H8l-3 2.5v-2.5H3zM2 14L14 1.5",
} as const;

export type IconName = keyof typeof PATHS;

/** A small drawing beside or instead of a word; silent for screen readers. */
export function Icon({ name, isSolid = false }: { readonly name: IconName; readonly isSolid?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="1.15em" height="1.15em" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={isSolid ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
