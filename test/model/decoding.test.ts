import { beforeAll, describe, expect, it } from "vitest";
import { ConfigError, ShapeError } from "../../src/core/base/errors.ts";
import type { GenerateRequest, ModelConfig } from "../../src/core/policy/policy.ts";
import "../support/to-be-all-close.ts";
import { BACKENDS, flatWeights, lively, ODD, startBackend, TINY } from "./backends.ts";
import { referenceLogProbs } from "./reference-transformer.ts";

const LONG: ModelConfig = { ...TINY, contextLength: 200 };

function request(episode: number, append: readonly number[], partial: Partial<GenerateRequest> = {}): GenerateRequest {
  return { episode, append, maxTokens: 3, stopTokens: [], temperature: 0.7, key: [11, episode], turn: 0, ...partial };
}

describe.each(BACKENDS)("on %s", (backend) => {
  beforeAll(() => startBackend(backend));

  it.each([
    ["sizes that suit the kernels", TINY],
    ["odd sizes", ODD],
  ])("decoding with the cache says what a pass over the whole sequence says, %s", async (_, config) => {
    const policy = await lively(config);
    const weights = flatWeights(await policy.save());
    const batch = policy.open(4);
    const tokens: number[][] = [[], [], [], []];
    const written: { episode: number; position: number; logProb: number; entropy: number }[] = [];
    const turn = async (requests: GenerateRequest[]): Promise<void> => {
      const completions = await batch.generate(requests);
      completions.forEach((completion, i) => {
        const { episode, append } = requests[i]!;
        tokens[episode]!.push(...append);
        completion.tokens.forEach((token, k) => {
          const [logProb, entropy] = [completion.logProbs[k]!, completion.entropies[k]!];
          written.push({ episode, position: tokens[episode]!.length, logProb, entropy });
          tokens[episode]!.push(token);
        });
      });
    };
    // Ragged appends, another order of slots every turn, episodes that sit out, read only, or write again at once.
    await turn([request(2, [1, 2, 3, 4, 5]), request(0, [6], { maxTokens: 1 })]);
    await turn([
      request(0, [7, 8], { turn: 1 }),
      request(3, [1, 1, 1], { maxTokens: 0 }),
      request(2, [9], { turn: 1 }),
    ]);
    await turn([request(3, [], { turn: 2 }), request(2, [10, 10], { turn: 2, maxTokens: 2 }), request(1, [3])]);
    await turn([request(1, [], { turn: 3 }), request(3, [4, 5, 6, 7], { turn: 3, maxTokens: 4 })]);
    batch.close();

    expect(written).toHaveLength(3 + 1 + 3 + 3 + 3 + 2 + 3 + 3 + 4);
    for (const { episode, position, logProb, entropy } of written) {
      const distribution = referenceLogProbs(config, weights, tokens[episode]!.slice(0, position), 0.7).at(-1)!;
      expect(logProb).toBeCloseTo(distribution[tokens[episode]![position]!]!, 4);
      expect(entropy).toBeCloseTo(-distribution.reduce((sum, v) => sum + v * Math.exp(v), 0), 4);
    }
    const positions = written.filter(({ episode }) => episode === 2).map(({ position }) => position);
    const [scored] = await policy.logProbs([{ tokens: tokens[2]!, positions }], 0.7);
    const logProbs = written.filter(({ episode }) => episode === 2).map(({ logProb }) => logProb);
    expect(scored!).toBeAllClose(logProbs, { absolute: 2e-5 });
    policy.dispose();
  });

  it("a sample depends on its own episode only, not on the batch around it", async () => {
    const policy = await lively(TINY);
    const alone = async (episode: number, count: number) => {
      const batch = policy.open(count);
      const [first] = await batch.generate([request(episode, [1, 2, 3], { key: [5, 5], maxTokens: 4 })]);
      const [second] = await batch.generate([request(episode, [4], { key: [5, 5], turn: 1, maxTokens: 4 })]);
      batch.close();
      return [first, second];
    };
    const together = async () => {
      const batch = policy.open(5);
      const others = (turn: number) => [0, 4, 1].map((e) => request(e, [2 + e, 7, 1, 1], { turn, maxTokens: 1 + e }));
      const own = (turn: number, append: number[]) => request(3, append, { key: [5, 5], turn, maxTokens: 4 });
      const first = await batch.generate([...others(0), own(0, [1, 2, 3])]);
      const second = await batch.generate([own(1, [4]), ...others(1)]);
      batch.close();
      return [first[3], second[0]];
    };
    const expected = await alone(0, 1);
    expect(await alone(0, 1)).toEqual(expected);
    if (backend === "wasm") {
      expect(await alone(2, 3)).toEqual(expected);
      expect(await together()).toEqual(expected);
    } else {
      const tokensOf = (completions: typeof expected) => completions.map((completion) => completion!.tokens);
      expect(tokensOf(await together())).toEqual(tokensOf(expected));
    }
    policy.dispose();
  });

  it("what was taken back is as if it had never been read", async () => {
    const policy = await lively(TINY);
    const plain = policy.open(2);
    await plain.generate([request(1, [1, 2, 3], { maxTokens: 0 })]);
    const [expected] = await plain.generate([request(1, [6, 5], { turn: 2, maxTokens: 4 })]);
    const [again] = await plain.generate([request(1, [], { turn: 3, maxTokens: 4 })]);
    plain.close();
    const batch = policy.open(2);
    await batch.generate([request(1, [1, 2, 3], { maxTokens: 5 }), request(0, [4, 4])]);
    await batch.generate([request(1, [8], { forget: 5, turn: 1, maxTokens: 6 })]);
    const [first] = await batch.generate([request(1, [6, 5], { forget: 7, turn: 2, maxTokens: 4 })]);
    expect(first!.tokens).toEqual(expected!.tokens);
    expect(first!.logProbs).toBeAllClose(expected!.logProbs, { absolute: 1e-5 });
    // The same turn again, nothing appended: the last token left is read once more.
    const [second] = await batch.generate([request(1, [], { forget: 4, turn: 2, maxTokens: 4 })]);
    expect(second!.tokens).toEqual(expected!.tokens);
    expect(second!.logProbs).toBeAllClose(expected!.logProbs, { absolute: 1e-5 });
    const [third] = await batch.generate([request(1, [], { turn: 3, maxTokens: 4 })]);
    expect(third!.tokens).toEqual(again!.tokens);
    for (const forget of [18, -1, 0.5]) {
      await expect(batch.generate([request(1, [1], { forget, maxTokens: 0 })])).rejects.toThrow(ShapeError);
    }
    batch.close();
    policy.dispose();
  });

  it("writing ends with a stop token, which is part of the completion", async () => {
    const policy = await lively(TINY);
    const batch = policy.open(2);
    const free = await batch.generate([request(0, [1, 2], { maxTokens: 6 })]);
    const stop = free[0]!.tokens[2]!;
    const first = free[0]!.tokens.indexOf(stop);
    const stopped = await batch.generate([request(1, [1, 2], { maxTokens: 6, stopTokens: [stop], key: [11, 0] })]);
    expect(stopped[0]!.tokens).toEqual(free[0]!.tokens.slice(0, first + 1));
    batch.close();
    policy.dispose();
  });

  it("temperature 0 takes the likeliest token each time", async () => {
    const policy = await lively(TINY);
    const weights = flatWeights(await policy.save());
    const batch = policy.open(1);
    const [completion] = await batch.generate([request(0, [3, 1], { temperature: 0, maxTokens: 4 })]);
    let tokens = [3, 1];
    for (const [i, token] of completion!.tokens.entries()) {
      const distribution = referenceLogProbs(TINY, weights, tokens).at(-1)!;
      expect(distribution[token]).toBe(Math.max(...distribution));
      expect(completion!.logProbs[i]).toBeCloseTo(distribution[token]!, 4);
      tokens = [...tokens, token];
    }
    batch.close();
    policy.dispose();
  });

  it("the cache grows past its first capacity without forgetting", async () => {
    const policy = await lively(LONG);
    const append = Array.from({ length: 60 }, (_, i) => i % 12);
    const batch = policy.open(2);
    await batch.generate([request(0, append, { maxTokens: 0 }), request(1, [5], { maxTokens: 0 })]);
    const [later] = await batch.generate([request(0, append, { maxTokens: 10 })]);
    const [small] = await batch.generate([request(1, [6], { maxTokens: 2 })]);
    batch.close();
    const score = async (tokens: number[], from: number) => {
      const positions = Array.from({ length: tokens.length - from }, (_, i) => from + i);
      return (await policy.logProbs([{ tokens, positions }], 0.7))[0]!;
    };
    const relaxed = { relative: 1e-4, absolute: 5e-5 };
    expect(await score([...append, ...append, ...later!.tokens], 120)).toBeAllClose(later!.logProbs, relaxed);
    expect(await score([5, 6, ...small!.tokens], 2)).toBeAllClose(small!.logProbs, relaxed);
    policy.dispose();
  });

  it("refuses requests that do not fit before anything changed", async () => {
    const policy = await lively(TINY);
    const batch = policy.open(2);
    const refused: [GenerateRequest[], typeof ShapeError | typeof ConfigError][] = [
      [[request(2, [1])], ShapeError],
      [[request(-1, [1])], ShapeError],
      [[request(0, [1]), request(0, [1])], ShapeError],
      [[request(0, [])], ShapeError],
      [[request(0, [12])], ShapeError],
      [[request(0, new Array<number>(22).fill(1))], ShapeError],
      [[request(0, [1], { temperature: -1 })], ConfigError],
      [[request(0, [1], { temperature: NaN })], ConfigError],
      [[request(0, [1], { maxTokens: -1 })], ConfigError],
    ];
    for (const [requests, error] of refused) {
      await expect(batch.generate([request(1, [1, 2]), ...requests])).rejects.toThrow(error);
    }
    const [after] = await batch.generate([request(1, [1, 2])]);
    const fresh = policy.open(2);
    expect(await fresh.generate([request(1, [1, 2])])).toEqual([after]);
    fresh.close();
    batch.close();
    await expect(batch.generate([request(1, [1])])).rejects.toThrow(/closed/);
    policy.dispose();
  });
});
