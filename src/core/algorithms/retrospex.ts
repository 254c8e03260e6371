/**
 * @file Retrospex (Xiang 2024, arXiv 2505.11807): the policy stays as it is; what its episodes teach is a critic, learned by
 * implicit Q-learning, that rescores the actions the policy samples at test time.
 */
import { criticRescorer } from "../critic/action-rescoring.ts";
import { transitionsOf } from "../critic/transitions.ts";
import { plainGroups, type Algorithm } from "./algorithm.ts";

/** Experience in a critic instead of in the weights. */
export const retrospex: Algorithm = {
  id: "retrospex",
  title: "Retrospex",
  usesMemoryAtTest: false,
  expectedModes: (_settings, rollouts) => ({ "on-policy": rollouts, "on-policy-with-tips": 0, "off-policy": 0 }),
  rescorerAtTest: (critic, settings) => criticRescorer(critic, settings.rescoring),
  create: (context) => async () => {
    const settings = context.settings();
    const groups = plainGroups(context.nextTasks(), settings.groupSize);
    const trajectories = await context.collect(groups, { writeTips: false });

    const transitions = trajectories.flatMap(transitionsOf);
    context.timed("update", () => context.critic.learn(transitions, settings.critic, context.random("critic")));
    return { trajectories, advantages: null, stats: null };
  },
};
