/** @file Naive: the base policy as it is. No memory, no update (Tables 1 and 2, first column). */
import { plainGroups, type Algorithm } from "./algorithm.ts";

/** The base policy, rolled out and left as it is. */
export const naive: Algorithm = {
  id: "naive",
  title: "Naive",
  usesMemoryAtTest: false,
  expectedModes: (_settings, rollouts) => ({ "on-policy": rollouts, "on-policy-with-tips": 0, "off-policy": 0 }),
  create: (context) => async () => {
    const groups = plainGroups(context.nextTasks(), context.settings().groupSize);
    const trajectories = await context.collect(groups, { writeTips: false });
    return { trajectories, advantages: null, stats: null };
  },
};
