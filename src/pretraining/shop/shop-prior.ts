/**
 * @file The prior of the shop: a literal shopper. It searches for the first words of the instruction or for the type of
 * product alone, takes what comes first, forgets options, does not read about products, and buys.
 */
import { buttonsOf, productOf, shownResults } from "../../core/envs/webshop/pages.ts";
import { isRightType, unchosenValues, type Shopping } from "./shopping.ts";

/** An action and how likely it is, relative to the others. */
export type WeightedAction = readonly [action: string, weight: number];

/** Everything the literal shopper may do on the open page. */
export function priorChoices(shopping: Shopping): WeightedAction[] {
  const { page } = shopping.state;
  if (page === "search") return searches(shopping, 1);
  if (page === "results") return resultChoices(shopping);
  return page === "item" ? itemChoices(shopping) : [["click prev", 1]];
}

/** One of them by chance. */
export function priorAction(shopping: Shopping): string {
  return pickWeighted(priorChoices(shopping), shopping.random.uniform());
}

/** The choice in which a number of 0…1 falls. */
export function pickWeighted(choices: readonly WeightedAction[], uniform: number): string {
  let rest = uniform * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [action, weight] of choices) {
    rest -= weight;
    if (rest < 0) return action;
  }
  return choices.at(-1)![0];
}

function searches({ visit: { goal }, prior }: Shopping, scale: number): WeightedAction[] {
  const { attributes, goalOptions } = goal;
  const type = goal.query!;
  const choices: WeightedAction[] = [
    [type, prior.searchType],
    [attributes[0]!, prior.searchAttribute],
    [[...attributes, type].join(" "), prior.searchAttributesAndType],
    [`${attributes[0]!} ${type}`, prior.searchAttributeAndType],
    ...goalOptions.map((value): WeightedAction => [`${type} ${value}`, prior.searchOption / goalOptions.length]),
  ];
  return choices.map(([words, weight]) => [`search ${words}`, scale * weight]);
}

function resultChoices(shopping: Shopping): WeightedAction[] {
  const { visit, state, prior } = shopping;
  const products = shownResults(visit, state).map((_, i): WeightedAction => [
    `click b${i + 1}`,
    i === 0 ? prior.firstResult : prior.otherResult,
  ]);
  if (products.length === 0) return searches(shopping, 1);
  return [...products, ["click next", prior.nextPage], ...searches(shopping, prior.searchAgain)];
}

function itemChoices({ visit, state, prior }: Shopping): WeightedAction[] {
  const product = productOf(visit, state)!;
  const wanted = unchosenValues(visit, product, state.options);
  const hasChosen = Object.keys(state.options).length > 0;
  const choosing = hasChosen ? prior.chooseNextOption : prior.chooseOption;
  const values = buttonsOf(visit, state).filter(({ kind }) => kind === "option");
  const leaving = isRightType(visit, product) ? prior.leave : 2 * prior.leave;
  return [
    ["click buy", prior.buy],
    // The first of them, as the instruction says them.
    ...wanted.slice(0, 1).map((value): WeightedAction => [`click ${value}`, choosing]),
    ...values.map(({ words }): WeightedAction => [`click ${words}`, prior.chooseWrongly / values.length]),
    ["click description", prior.readAbout],
    ["click features", prior.readAbout],
    ["click prev", leaving],
    ["click back", leaving / 2],
  ];
}
