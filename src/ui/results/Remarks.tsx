import type { SiteRemarks } from "../../experiments/site-schema.ts";
import { hashOfView } from "../view-address.ts";
import styles from "./ResultsView.module.css";

interface RemarksProps {
  readonly remarks: SiteRemarks;
}

type Span = SiteRemarks[number]["lines"][number][number];

/** What was written by hand about runs, under a heading; nothing if nothing was. */
export function RemarksSection({ remarks }: RemarksProps) {
  if (remarks.length === 0) return null;
  return (
    <section className={styles.section} aria-label="Remarks">
      <h3>Remarks</h3>
      <Remarks remarks={remarks} />
    </section>
  );
}

/** Paragraphs and lists; links lead to other results. */
export function Remarks({ remarks }: RemarksProps) {
  return (
    <div className={styles.remarks}>
      {remarks.map(({ isList, lines }, i) =>
        isList ? (
          <ul key={i} className={styles.headlines}>
            {lines.map((line, k) => (
              <li key={k}>
                <Line spans={line} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={i}>
            <Line spans={lines.flat()} />
          </p>
        ),
      )}
    </div>
  );
}

function Line({ spans }: { readonly spans: readonly Span[] }) {
  return spans.map((span, i) =>
    span.place === null ? (
      <Look key={i} span={span} />
    ) : (
      <a key={i} href={hashOfView("results", span.place)}>
        <Look span={span} />
      </a>
    ),
  );
}

function Look({ span: { text, style } }: { readonly span: Span }) {
  switch (style) {
    case "plain":
      return text;
    case "strong":
      return <b>{text}</b>;
    case "emphasis":
      return <i>{text}</i>;
    case "code":
      return <code>{text}</code>;
  }
}
