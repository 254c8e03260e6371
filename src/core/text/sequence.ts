/**
 * @file One episode as one append-only token sequence. Whoever appends says what the tokens are, so that nothing is
 * ever found by searching text: action tokens carry the loss, tip spans can be cut out (§4.2, off-policy update).
 */

/** Half-open token range [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a stretch of tokens is. `prompt` is the single token after which the policy writes. */
export type SegmentKind = "observation" | "tip" | "prompt" | "action" | "writtenTip";

/** A stretch of tokens of one kind. */
export interface Segment extends Span {
  readonly kind: SegmentKind;
}

/** Token ids with what they are. Segments are in order and cover all tokens. */
export interface TokenSequence {
  readonly tokens: readonly number[];
  readonly segments: readonly Segment[];
}

/** Builds a {@link TokenSequence} by appending. */
export class SequenceBuilder implements TokenSequence {
  readonly tokens: number[] = [];
  readonly segments: Segment[] = [];

  /** Appends tokens of one kind; nothing if there are none. */
  append(kind: SegmentKind, tokens: readonly number[]): void {
    if (tokens.length === 0) return;
    const start = this.tokens.length;
    this.tokens.push(...tokens);
    this.segments.push({ kind, start, end: this.tokens.length });
  }

  /** An immutable copy. */
  build(): TokenSequence {
    return { tokens: [...this.tokens], segments: [...this.segments] };
  }
}

/**
 * The sequence without its tips (§4.2, off-policy update): every tip span cut out, order kept.
 *
 * @returns the sequence itself when it holds no tips
 */
export function withoutTips(sequence: TokenSequence): TokenSequence {
  if (!sequence.segments.some(({ kind }) => kind === "tip")) return sequence;
  const kept = new SequenceBuilder();
  for (const { kind, start, end } of sequence.segments) {
    if (kind !== "tip") kept.append(kind, sequence.tokens.slice(start, end));
  }
  return kept.build();
}

/** Positions of the tokens of the given kinds, in order. */
export function positionsOf(sequence: TokenSequence, ...kinds: SegmentKind[]): number[] {
  const positions: number[] = [];
  for (const { kind, start, end } of sequence.segments) {
    if (kinds.includes(kind)) for (let i = start; i < end; i++) positions.push(i);
  }
  return positions;
}
