/** @file What else the policy could have written: the tokens of one action, with and without the episode's tips. */
import { ConfigError } from "../core/base/errors.ts";
import type { RolloutRecord } from "../core/events/training-event.ts";
import type { Policy } from "../core/policy/policy.ts";
import { withoutTips, type Span, type TokenSequence } from "../core/text/sequence.ts";
import { decode } from "../core/text/tokenizer.ts";
import type { InspectedToken } from "../protocol/messages.ts";

/** Alternatives shown per token. */
const TOP = 5;

type View = InspectedToken["withTips"];

/**
 * The tokens of the action that a rollout took in a turn, under the current weights at temperature 1.
 *
 * @throws {ConfigError} if the rollout has no such turn
 */
export async function inspectTurn(
  policy: Pick<Policy, "distributions" | "logProbs">,
  rollout: RolloutRecord,
  turn: number,
): Promise<InspectedToken[]> {
  const actions = rollout.segments.filter(({ kind }) => kind === "action");
  const action = actions[turn];
  if (action === undefined) {
    throw new ConfigError(`inspect: a turn from 0 to ${actions.length - 1} of this rollout, got ${turn}`);
  }
  const sequence = upTo(rollout, action.end);
  const plain = withoutTips(sequence);
  const written = sequence.tokens.slice(action.start, action.end);
  const withTips = await viewsOf(policy, sequence, action);
  const views = plain === sequence ? withTips : await viewsOf(policy, plain, plain.segments.at(-1)!);
  return written.map((token, i) => ({ word: decode([token]), withTips: withTips[i]!, withoutTips: views[i]! }));
}

function upTo({ tokens, segments }: TokenSequence, end: number): TokenSequence {
  return { tokens: tokens.slice(0, end), segments: segments.filter((segment) => segment.end <= end) };
}

/** The view before each token of a span. */
async function viewsOf(
  policy: Pick<Policy, "distributions" | "logProbs">,
  { tokens }: TokenSequence,
  { start, end }: Span,
): Promise<View[]> {
  const positions = Array.from({ length: end - start }, (_, i) => start + i);
  const distributions = await policy.distributions(
    tokens,
    positions.map((position) => position - 1),
    TOP,
  );
  const [logProbs] = await policy.logProbs([{ tokens, positions }], 1);
  return distributions.map(({ tokens: choices, probabilities }, i) => ({
    probability: Math.exp(logProbs![i]!),
    top: choices.map((choice, k) => ({ word: decode([choice]), probability: probabilities[k]! })),
  }));
}
