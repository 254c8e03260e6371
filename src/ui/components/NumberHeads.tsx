import controls from "./controls.module.css";

/** Heads of a table's columns of numbers. */
export function NumberHeads({ titles }: { readonly titles: readonly string[] }) {
  return titles.map((title) => (
    <th key={title} scope="col" className={controls.number}>
      {title}
    </th>
  ));
}
