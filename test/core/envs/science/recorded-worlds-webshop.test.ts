import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";

/** Worlds that stored runs and the shipped base were made with. */
const RECORDED: Readonly<Record<string, string>> = {
  "power-component": "604c165478371567",
  "power-component-renewable-vs-nonrenewable-energy": "4ab94b16376daa5a",
  "find-living-thing": "bc1247eea8a4697a",
  "find-non-living-thing": "0fca2611c29bc05f",
  "find-plant": "be942d3b63cbaa14",
  "find-animal": "5b1621bf1fe610dc",
  "teaching-power-component": "88cda2e7423de068",
};

/** Everything that is told in random episodes, half valid actions and half a fixed script, over worlds of a task. */
function transcript(task: string): string {
  const script = ["look around", "inventory", "wait1", "go kitchen", "teleport workshop", "focus on air", "jump"];
  const lines: string[] = [];
  for (const preset of ["easy", "none", "openDoors"]) {
    for (const house of [0, 1, 3]) {
      for (const variation of [0, 3, 11]) {
        const random = Random.fromSeed(variation).fork(`${preset} ${house}`);
        const env = createScienceEnv({ world: "scienceworld", task, variation, preset, house });
        lines.push(JSON.stringify(env.reset()));
        for (let turn = 0; turn < 25; turn++) {
          const valid = env.validActions();
          lines.push(valid.join());
          const action = valid.length === 0 || random.chance(0.3) ? random.pick(script) : random.pick(valid);
          lines.push(action, JSON.stringify(env.step(action)));
        }
      }
    }
  }
  return lines.join("\n");
}

describe("recorded worlds do not change", () => {
  it.each(Object.entries(RECORDED))("%s tells what it told", (task, hash) => {
    expect(bytesToHex(sha256(utf8ToBytes(transcript(task)))).slice(0, 16)).toBe(hash);
  });
});
