import styles from "./ProductPicture.module.css";

/** Strokes of a 24 × 24 drawing, by a level of the product's category. */
const PATHS: Readonly<Partial<Record<string, string>>> = {
  Tops: "M8 4 3 7l2 4 2-1v10h10V10l2 1 2-4-5-3a4 4 0 0 1-8 0z",
  Trousers: "M7 3h10l1 18h-4l-2-11-2 11H6z",
  Footwear: "M3 8c2 2 4 2 5 0l6 5c3 1 7 1 7 4H3z",
  Headwear: "M3 16c6-3 12-3 18 0M6 15c0-6 2-9 6-9s6 3 6 9",
  "Hair Care": "M10 3h4v3h-4zM8 6h8l1 4v11H7V10zM7 13h10",
  "Skin Care": "M9 3h6v4H9zM7 7h10v14H7zM10 12h4M10 15h4",
  Audio: "M4 15v-3a8 8 0 0 1 16 0v3M4 14h3v6H4zM17 14h3v6h-3z",
  Power: "M8 5h8v16H8zM10 3h4v2h-4zM12 9l-2 4h4l-2 4",
  Instruments: "M12 6a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM12 9v4l3 2M10 3h4",
  Kitchen: "M5 8h11v9a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM16 10h2a2 2 0 0 1 0 5h-2",
  Drinks: "M5 9h11v8a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM16 11h2a2 2 0 0 1 0 5h-2M8 6c0-2 2-1 2-3M12 6c0-2 2-1 2-3",
  Lighting: "M8 4h8l3 9H5zM12 13v6M8 21h8",
  Bedding: "M4 8c5-2 11-2 16 0 1 3 1 6 0 9-5 2-11 2-16 0-1-3-1-6 0-9z",
  Floor: "M4 7h16v10H4zM7 10h10v4H7zM4 7v10M2 8v8M22 8v8",
  Furniture: "M7 3v10h10V3M7 13v8M17 13v8M7 8h10",
  Snacks: "M12 4a8 8 0 1 0 8 8 3 3 0 0 1-4-4 3 3 0 0 1-4-4zM9 11v.1M12 15v.1M15 13v.1M9 16v.1",
  Spreads: "M7 4h10v3H7zM6 7h12v12a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2zM6 11h12M6 17h12",
};

const PARCEL = "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9";
const TINTS = [styles.tint1, styles.tint2, styles.tint3, styles.tint4, styles.tint5];

/** A drawing of a kind of product on a tint of its brand; silent for screen readers, which read the title. */
export function ProductPicture({ title, category }: { readonly title: string; readonly category: readonly string[] }) {
  const path = category.map((level) => PATHS[level]).find((drawing) => drawing !== undefined) ?? PARCEL;
  const tint = hashOf(title.split(" ")[0]!) % TINTS.length;
  return (
    <svg viewBox="0 0 24 24" className={TINTS[tint]} aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (31 * hash + text.charCodeAt(i)) % 65_521;
  return hash;
}
