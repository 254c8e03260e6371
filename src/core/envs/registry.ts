/** @file The worlds by name. */
import { ConfigError } from "../base/errors.ts";
import type { TaskRef, TaskSpec, TextEnv } from "./env.ts";
import { createScienceEnv, scienceTaskSpecs } from "./science/create-env.ts";
import { createWebShopEnv, webShopTaskSpecs } from "./webshop/create-env.ts";

const WORLDS: Partial<Record<string, { specs: () => TaskSpec[]; create: (task: TaskRef) => TextEnv }>> = {
  scienceworld: { specs: scienceTaskSpecs, create: createScienceEnv },
  webshop: { specs: webShopTaskSpecs, create: createWebShopEnv },
};

function worldNamed(name: string) {
  const world = WORLDS[name];
  if (world === undefined) throw new ConfigError(`worlds: ${Object.keys(WORLDS).join(", ")}, got ${name}`);
  return world;
}

/** All tasks of all worlds. */
export function taskSpecs(): TaskSpec[] {
  return Object.values(WORLDS).flatMap((world) => world?.specs() ?? []);
}

/**
 * What is known about one task. Task names are different in all worlds.
 *
 * @throws {ConfigError} if no world has such a task
 */
export function taskSpec(task: string): TaskSpec {
  const specs = taskSpecs();
  const spec = specs.find((candidate) => candidate.task === task);
  if (spec === undefined) {
    throw new ConfigError(`worlds: a task of ${specs.map((candidate) => candidate.task).join(", ")}, got ${task}`);
  }
  return spec;
}

/**
 * A fresh episode of a task.
 *
 * @throws {ConfigError} if the reference names no world, task, variation, preset or house
 */
export function createEnv(task: TaskRef): TextEnv {
  return worldNamed(task.world).create(task);
}
