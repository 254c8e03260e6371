import { describe, expect, it } from "vitest";
import { createScienceEnv, scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import { wordId } from "../../../../src/core/text/vocabulary.ts";
import { Player, PLAYERS } from "./matter-gold.ts";
import { ref } from "./play.ts";

const TASKS = scienceTaskSpecs().filter(({ task }) => task in PLAYERS);

describe.each(TASKS.map(({ task, variationCount, maxTurns }) => ({ task, variationCount, maxTurns })))(
  "the gold path of $task",
  ({ task, variationCount, maxTurns }) => {
    it("reaches 100 in every variation, in every preset house, with words of the vocabulary", () => {
      const failed: string[] = [];
      const unknown = new Set<string>();
      for (let variation = 0; variation < variationCount; variation++) {
        const env = createScienceEnv(ref(task, { variation, house: variation % 3 }));
        const player = new Player(env);
        PLAYERS[task]!(player);
        for (const word of player.texts.join(" ").split(" ")) if (wordId(word) === undefined) unknown.add(word);
        if (player.score !== 100 || env.state.turns > maxTurns) {
          failed.push(`${variation} ${env.spec.taskText}: ${player.scores.join(" ")}`);
        }
      }
      expect(failed).toEqual([]);
      expect([...unknown]).toEqual([]);
    });
  },
);
