/**
 * @file Table 1 with memory at test. Reflexion's number is that of its last trial with memory, all others' is without; here
 * the policies that EMPO² and GRPO end with keep their weights and are tried as Reflexion is, ten times from empty memory.
 */
import { EMPO2, GRPO, REFLEXION } from "./arms.ts";
import { trainedPolicy, type Experiment } from "./planned-runs.ts";

/** The arms of trained policies that are tried with memory, by the method that trained them. */
export const WITH_MEMORY: ReadonlyMap<string, string> = new Map(
  [EMPO2, GRPO].map(({ arm }) => [arm, `${arm}-with-memory`]),
);

const SEEDS: readonly number[] = [1, 2, 3];

/** The experiment whose runs try the policies of another one's with memory, beside its runs of Reflexion. */
export function withMemoryAtTest({ id, title, runs }: Experiment): Experiment {
  const compared = runs.filter(({ config }) => SEEDS.includes(config.seed));
  const tried = compared.flatMap(({ name, arm, config }) => {
    const itsArm = WITH_MEMORY.get(arm);
    if (itsArm === undefined) return [];
    const base = trainedPolicy({ experiment: id, run: name });
    return [{ name: name.replace(arm, itsArm), arm: itsArm, config: { ...config, ...REFLEXION.changes, base } }];
  });
  return {
    id: withMemoryIdOf(id),
    title: `${title}, memory at test`,
    question: "What do the trained policies reach with the memory at test that Reflexion has? Their weights are fixed.",
    runs: [...compared.filter(({ arm }) => arm === REFLEXION.arm), ...tried],
  };
}

/** The name of the experiment that tries an experiment's policies with memory. */
export function withMemoryIdOf(id: string): string {
  return `${id}-memory`;
}
