import { describe, expect, it } from "vitest";
import { createScienceEnv, scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { wordId } from "../../../../src/core/text/vocabulary.ts";
import { LIFE_PLAYERS, LifePlayer } from "./life-gold.ts";
import { ref } from "./play.ts";

/** Tasks with more variations than this are sampled, every so many. */
const ALL_UP_TO = 200;
const SAMPLE_STEP = 7;
const TASKS = scienceTaskSpecs().filter(({ task }) => task in LIFE_PLAYERS);

/** A player who notes the words that nobody can read. */
class ReadingPlayer extends LifePlayer {
  readonly #unknown: Set<string>;

  constructor(env: ScienceWorldEnv, unknown: Set<string>) {
    super(env);
    this.#unknown = unknown;
  }

  override say(action: string): string {
    const text = super.say(action);
    for (const word of text.split(" ")) if (wordId(word) === undefined) this.#unknown.add(word);
    return text;
  }
}

describe("the gold path of", () => {
  it.each(TASKS)(
    "$task reaches 100 within its turns, in words of the vocabulary",
    ({ task, variationCount, maxTurns }) => {
      const failed: string[] = [];
      const unknown = new Set<string>();
      for (let variation = 0; variation < variationCount; variation += variationCount > ALL_UP_TO ? SAMPLE_STEP : 1) {
        const env = createScienceEnv(ref(task, { variation, house: variation % 3 === 0 ? variation : 0 }));
        const player = new ReadingPlayer(env, unknown);
        LIFE_PLAYERS[task]!(player);
        if (player.score !== 100 || env.state.turns > maxTurns) {
          failed.push(`${variation} ${env.spec.taskText}: ${player.scores.join(" ")}`);
        }
      }
      expect(failed).toEqual([]);
      expect([...unknown]).toEqual([]);
    },
    20_000,
  );

  it("grow-plant also waters pots that do not water themselves", () => {
    for (let variation = 0; variation < 126; variation += 5) {
      const env = createScienceEnv(ref("grow-plant", { variation, preset: "teleportAction,openDoors" }));
      const player = new LifePlayer(env);
      LIFE_PLAYERS["grow-plant"]!(player);
      expect(player.score).toBe(100);
    }
  });
});
