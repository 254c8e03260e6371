/**
 * @file Remarks as the page gets them: their Markdown taken apart when the page is built, so that the page has no parser of
 * it and writes no HTML.
 */
import { lexer, type Token, type Tokens } from "marked";
import { ConfigError } from "../core/base/errors.ts";
import { PAPER_ITEMS } from "./paper-items.ts";
import { EXPERIMENTS } from "./plans.ts";
import type { SiteRemarks } from "./site-schema.ts";

type Span = SiteRemarks[number]["lines"][number][number];

/**
 * Paragraphs and lists of text, emphasis, code and links.
 *
 * @throws {ConfigError} at anything else
 */
export function siteRemarks(markdown: string | null): SiteRemarks {
  return lexer(markdown ?? "").flatMap((token): SiteRemarks => {
    switch (token.type) {
      case "space":
        return [];
      case "paragraph":
        return [{ isList: false, lines: [within((token as Tokens.Paragraph).tokens, PLAIN)] }];
      case "list":
        return [{ isList: true, lines: (token as Tokens.List).items.map(({ tokens }) => within(tokens, PLAIN)) }];
      default:
        throw refused(token);
    }
  });
}

const PLAIN: Omit<Span, "text"> = { style: "plain", place: null };

function spans(token: Token, look: Omit<Span, "text">): Span[] {
  switch (token.type) {
    case "text": {
      const { tokens, text } = token as Tokens.Text;
      return tokens === undefined ? [{ text: text.replaceAll("\n", " "), ...look }] : within(tokens, look);
    }
    case "codespan":
      return [{ text: (token as Tokens.Codespan).text, ...look, style: "code" }];
    case "strong":
      return within((token as Tokens.Strong).tokens, { ...look, style: "strong" });
    case "em":
      return within((token as Tokens.Em).tokens, { ...look, style: "emphasis" });
    case "link": {
      const { tokens, href } = token as Tokens.Link;
      return within(tokens, { ...look, place: placeOf(href) });
    }
    default:
      throw refused(token);
  }
}

function within(tokens: readonly Token[], look: Omit<Span, "text">): Span[] {
  return tokens.flatMap((token) => spans(token, look));
}

function refused({ type, raw }: Token): ConfigError {
  return new ConfigError(`remarks: paragraphs and lists of text, emphasis, code and links, got ${type} in "${raw}"`);
}

/** Where in the Results view a page of docs/results is; null if it is not in it. */
function placeOf(href: string): Span["place"] {
  const id = href.replace(/\.md$/, "");
  const item = PAPER_ITEMS.find((known) => known.id === id);
  if (item?.kind === "table") return [];
  return item !== undefined || EXPERIMENTS.some((experiment) => experiment.id === id) ? [id] : null;
}
