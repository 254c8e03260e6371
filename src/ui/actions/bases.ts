/** @file The base policies that a run can start from: those shipped beside the page, and those trained in it. */
import * as v from "valibot";
import { taskSpecs } from "../../core/envs/registry.ts";
import { basesAmongSettings, parsePretrainedName } from "../../protocol/pretrained-bases.ts";
import { openRunStore } from "../../storage/open-run-store.ts";
import { formatCount, formatTokens } from "../format.ts";
import { usePage, type BaseOption } from "../store/store.ts";

const SIZE = v.pipe(v.number(), v.integer(), v.minValue(1));
const INDEX_SCHEMA = v.array(
  v.object({
    name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.,_-]{0,79}$/i)),
    title: v.pipe(v.string(), v.maxLength(80)),
    width: SIZE,
    layers: SIZE,
    heads: SIZE,
    weights: SIZE,
    tasks: v.union([v.literal("all"), v.array(v.string())]),
  }),
);

/** Looks which base policies there are. What cannot be read is left out: any name can still be chosen by a link. */
export async function findBases(): Promise<void> {
  const [shipped, trained] = await Promise.all([shippedBases().catch(() => []), trainedBases().catch(() => [])]);
  usePage.setState({ bases: [...shipped, ...trained] });
}

async function shippedBases(): Promise<BaseOption[]> {
  const response = await fetch(new URL("base/index.json", document.baseURI));
  return v.parse(INDEX_SCHEMA, await response.json()).map(({ name, title, width, layers, heads, weights, tasks }) => ({
    name,
    title,
    tasks: tasks === "all" ? taskSpecs().map(({ task }) => task) : tasks,
    size: { width, layers },
    description: `width ${width}, ${layers} layers, ${heads} heads, ${formatCount(weights)} weights`,
  }));
}

async function trainedBases(): Promise<BaseOption[]> {
  const store = await openRunStore();
  try {
    return basesAmongSettings(await store.listSettings()).map(trainedBase);
  } finally {
    await store.close();
  }
}

function trainedBase(name: string): BaseOption {
  const made = parsePretrainedName(name);
  const title = made === null ? name : `trained here, ${formatTokens(made.tokens)} tokens, seed ${made.seed}`;
  const description = "trained in this browser and stored in it";
  return { name, title, description, tasks: null, size: null };
}

/**
 * The base policy to start a task from: the first shipped one that has learned to act in it. Null if that is the present
 * one, if there is none, or if the present one is of the visitor's own making.
 */
export function baseForTask(task: string, present: string, bases: readonly BaseOption[]): BaseOption | null {
  const shipped = bases.filter(({ tasks }) => tasks !== null);
  const wanted = shipped.find(({ tasks }) => tasks!.includes(task));
  const isOwn = !shipped.some(({ name }) => name === present);
  return wanted === undefined || isOwn || wanted.name === present ? null : wanted;
}
