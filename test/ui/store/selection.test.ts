import { expect, test } from "vitest";
import { follow, INITIAL_SELECTION, moveTurn, selectRollout } from "../../../src/ui/store/selection.ts";
import { iterationEvents, runEvents, viewOf } from "../support/run-events.ts";

function followed(times: number, episodes: ReturnType<typeof viewOf>["episodes"], start = INITIAL_SELECTION) {
  return Array.from({ length: times }).reduce<typeof start>((selection) => follow(selection, episodes), start);
}

test("following takes the best rollout of the newest iteration, turn by turn", () => {
  const { episodes } = viewOf(runEvents({ iterations: 2, turns: 3 }));
  const best = Math.max(...episodes.iterations.at(-1)!.rollouts.map(({ score }) => score));
  const { rolloutId } = followed(1, episodes);
  expect(episodes.iterations.at(-1)!.rollouts.find((record) => record.rolloutId === rolloutId)?.score).toBe(best);
  expect([1, 2, 3, 4, 5].map((times) => followed(times, episodes).turn)).toEqual([0, 1, 2, 3, 3]);
});

test("following goes to the next rollout after a while at the end of one", () => {
  const { episodes } = viewOf(runEvents({ iterations: 1, turns: 1 }));
  const first = followed(1, episodes).rolloutId;
  expect(followed(5, episodes).rolloutId).toBe(first);
  expect(followed(12, episodes).rolloutId).not.toBe(first);
});

test("following keeps a running rollout until it is known as finished", () => {
  const events = iterationEvents(1, { turns: 2 });
  const running = viewOf(events.slice(0, 4)).episodes;
  const waiting = followed(30, running);
  expect(waiting).toMatchObject({ rolloutId: "1.group-0.0", turn: 2 });
  expect(follow(waiting, viewOf(events).episodes).rolloutId).toBe("1.group-0.0");
});

test("stepping stays within the rollout and stops following", () => {
  const { episodes } = viewOf(runEvents({ iterations: 1, turns: 2 }));
  const chosen = selectRollout(episodes, "1.group-0.1", null);
  expect(chosen).toMatchObject({ isFollowing: false, turn: 2 });
  expect(moveTurn(chosen, episodes, 1).turn).toBe(2);
  expect(moveTurn(chosen, episodes, -9).turn).toBe(0);
  expect(follow(chosen, episodes)).toBe(chosen);
});

test("nothing is followed where there is nothing", () => {
  expect(follow(INITIAL_SELECTION, viewOf([]).episodes)).toBe(INITIAL_SELECTION);
});
