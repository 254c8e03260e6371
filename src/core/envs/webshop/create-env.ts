/** @file WebShop's one task, and its goals by number. */
import { ConfigError } from "../../base/errors.ts";
import type { TaskRef, TaskSpec } from "../env.ts";
import { GOAL_COUNT, GOAL_SPLITS } from "./goals.ts";
import { parseShopPreset } from "./preset.ts";
import { shopOf } from "./shop.ts";
import { MAX_TURNS, WebShopEnv } from "./web-shop-env.ts";

const TASK: TaskSpec = {
  world: "webshop",
  task: "webshop",
  id: "webshop",
  description: "Buy a product that an instruction describes: attributes, options, price.",
  variationCount: GOAL_COUNT,
  splits: GOAL_SPLITS,
  maxTurns: MAX_TURNS,
  presets: ["text_rich", "text"],
};

/** Tasks of this world: one, whose variations are the goals. */
export function webShopTaskSpecs(): TaskSpec[] {
  return [TASK];
}

/**
 * A visit to the shop that a task reference names: the variation is the goal, the house the catalogue, the preset the
 * way pages are told.
 *
 * @throws {ConfigError} if it names none
 */
export function createWebShopEnv(reference: TaskRef): WebShopEnv {
  const { task, variation, preset, house } = reference;
  if (task !== TASK.task) throw new ConfigError(`worlds: a task of ${TASK.task}, got ${task}`);
  if (!Number.isSafeInteger(variation) || variation < 0 || variation >= GOAL_COUNT) {
    throw new ConfigError(`worlds: a variation of 0…${GOAL_COUNT - 1} for ${task}, got ${variation}`);
  }
  if (!Number.isSafeInteger(house) || house < 0) {
    throw new ConfigError(`worlds: a house number of 0, 1, 2, …, got ${house}`);
  }
  const settings = parseShopPreset(preset);
  const shop = shopOf({ seed: house, products: settings.products });
  return new WebShopEnv(reference, { shop, goal: shop.goals[variation]!, settings });
}
