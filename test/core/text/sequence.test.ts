import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  positionsOf,
  SequenceBuilder,
  withoutTips,
  type SegmentKind,
  type TokenSequence,
} from "../../../src/core/text/sequence.ts";

const KINDS: readonly SegmentKind[] = ["observation", "tip", "prompt", "action", "writtenTip"];
const ANY_PARTS = fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.array(fc.nat(511), { maxLength: 6 })), {
  maxLength: 12,
});
type Parts = readonly (readonly [SegmentKind, readonly number[]])[];

function build(parts: Parts): TokenSequence {
  const builder = new SequenceBuilder();
  for (const [kind, tokens] of parts) builder.append(kind, tokens);
  return builder.build();
}

/** Kind of every token, one by one. */
function kindOfToken({ tokens, segments }: TokenSequence): SegmentKind[] {
  return tokens.map((_, i) => segments.find(({ start, end }) => i >= start && i < end)!.kind);
}

describe("a sequence", () => {
  it("consists of segments in order that cover all tokens", () => {
    fc.assert(
      fc.property(ANY_PARTS, (parts) => {
        const { tokens, segments } = build(parts);
        expect(tokens).toEqual(parts.flatMap(([, part]) => part));
        let end = 0;
        for (const segment of segments) {
          expect(segment.start).toBe(end);
          expect(segment.end).toBeGreaterThan(segment.start);
          ({ end } = segment);
        }
        expect(end).toBe(tokens.length);
      }),
    );
  });

  it("does not change when its builder goes on", () => {
    const builder = new SequenceBuilder();
    builder.append("observation", [1, 2]);
    const built = builder.build();
    builder.append("action", [3]);
    expect(built).toEqual({ tokens: [1, 2], segments: [{ kind: "observation", start: 0, end: 2 }] });
  });
});

describe("withoutTips", () => {
  it("cuts the tips out and nothing else", () => {
    const sequence = build([
      ["observation", [1, 10, 11]],
      ["tip", [2, 20, 3, 2, 21, 3]],
      ["prompt", [5]],
      ["action", [30, 6]],
      ["observation", [12]],
      ["tip", [2, 22, 3]],
      ["prompt", [5]],
      ["action", [31, 6]],
    ]);
    expect(withoutTips(sequence)).toEqual({
      tokens: [1, 10, 11, 5, 30, 6, 12, 5, 31, 6],
      segments: [
        { kind: "observation", start: 0, end: 3 },
        { kind: "prompt", start: 3, end: 4 },
        { kind: "action", start: 4, end: 6 },
        { kind: "observation", start: 6, end: 7 },
        { kind: "prompt", start: 7, end: 8 },
        { kind: "action", start: 8, end: 10 },
      ],
    });
  });

  it("gives what would have been built without tips in the first place", () => {
    fc.assert(
      fc.property(ANY_PARTS, (parts) => {
        expect(withoutTips(build(parts))).toEqual(build(parts.filter(([kind]) => kind !== "tip")));
      }),
    );
  });

  it("returns the very sequence when it holds no tips", () => {
    fc.assert(
      fc.property(ANY_PARTS, (parts) => {
        const plain = withoutTips(build(parts));
        expect(withoutTips(plain)).toBe(plain);
      }),
    );
  });

  it("leaves the given sequence as it was", () => {
    const sequence = build([
      ["tip", [2, 20, 3]],
      ["action", [30]],
    ]);
    const copy = structuredClone(sequence);
    withoutTips(sequence);
    expect(sequence).toEqual(copy);
  });
});

describe("positionsOf", () => {
  it("lists every position of the kinds, ascending", () => {
    fc.assert(
      fc.property(ANY_PARTS, fc.subarray([...KINDS]), (parts, kinds) => {
        const sequence = build(parts);
        const expected = kindOfToken(sequence).flatMap((kind, i) => (kinds.includes(kind) ? [i] : []));
        expect(positionsOf(sequence, ...kinds)).toEqual(expected);
      }),
    );
  });

  it("finds the same action tokens with and without tips", () => {
    fc.assert(
      fc.property(ANY_PARTS, (parts) => {
        const sequence = build(parts);
        const plain = withoutTips(sequence);
        const tokensAt = (from: TokenSequence) => positionsOf(from, "action").map((i) => from.tokens[i]);
        expect(tokensAt(plain)).toEqual(tokensAt(sequence));
      }),
    );
  });
});
