import { expect, test } from "vitest";
import {
  basesAmongSettings,
  parsePretrainedName,
  pretrainedName,
  settingOfBase,
} from "../../src/protocol/pretrained-bases.ts";
import { loadBaseFile, pretrainHere } from "../../src/runtime/browser-base.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";

const MADE = { seed: 4294967295, tokens: 6_000_000 };

test("the name of a base policy trained here says how it was made, and no other name does", () => {
  expect(parsePretrainedName(pretrainedName(MADE))).toEqual(MADE);
  for (const name of ["base", "here-1", "here-1-x", "there-1-2", "here-1-2-3"]) {
    expect(parsePretrainedName(name)).toBeNull();
  }
});

test("the base policies among the stored settings are found, others are left out", () => {
  const settings = ["base:here-2-100", "compileMs", "base:here-1-100", "base:else"];
  expect(basesAmongSettings(settings)).toEqual(["here-1-100", "here-2-100"]);
});

test("a stored base policy is used without asking the server", async () => {
  const store = new MemoryStore("in memory");
  const file = Uint8Array.of(1, 2, 3);
  await store.writeSetting(settingOfBase("here-1-100"), file);
  expect(await loadBaseFile("here-1-100", store, () => undefined)).toBe(file);
});

test("where the browser keeps nothing, pretraining says so before it begins", async () => {
  const request = { ...MADE, backend: "auto", onProgress: () => undefined, goesOn: () => true } as const;
  const store = new MemoryStore("This browser window keeps nothing.");
  await expect(pretrainHere(request, store, async () => undefined)).rejects.toThrow("keeps nothing");
});
