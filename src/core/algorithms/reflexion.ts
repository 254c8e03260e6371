/**
 * @file Reflexion (Shinn 2023): tips are written after each episode and read in the next, the weights stay fixed.
 * Deviation: tips are this project's one-line tips, retrieved as EMPO² retrieves them, so that the two differ in the
 * update alone.
 */
import { recordStates, storeTips } from "../rollout/remember.ts";
import { sameModeGroups, type Algorithm } from "./algorithm.ts";

/** Memory without learning: every rollout reads tips, every episode writes one. */
export const reflexion: Algorithm = {
  id: "reflexion",
  title: "Reflexion",
  usesMemoryAtTest: true,
  expectedModes: (_settings, rollouts) => ({ "on-policy": 0, "on-policy-with-tips": rollouts, "off-policy": 0 }),
  create: (context) => async () => {
    const settings = context.settings();
    const groups = sameModeGroups(context.nextTasks(), settings.groupSize, "on-policy-with-tips");
    const trajectories = await context.collect(groups, { writeTips: true });
    context.timed("tipWriting", () => {
      storeTips(context.memory, trajectories, settings.bucketCapacity);
      recordStates(context.novelty, trajectories, settings.rollout.noveltySimilarity);
    });
    return { trajectories, advantages: null, stats: null };
  },
};
