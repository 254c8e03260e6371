import { expect, it } from "vitest";
import { experimentById } from "../../src/experiments/plans.ts";
import { armOfPlace, MAP_EXPERIMENT, mapPlaces, nearestPlace } from "../../src/experiments/pq-map.ts";

it("every place is run with two seeds, where p is 0 once whatever q, and nothing else differs", () => {
  const { runs } = experimentById(MAP_EXPERIMENT);
  expect(mapPlaces()).toHaveLength(1 + 3 * 4);
  expect(runs).toHaveLength(2 * mapPlaces().length);
  for (const place of mapPlaces()) {
    const configs = runs.filter(({ arm }) => arm === armOfPlace(place)).map(({ config }) => config);
    expect(configs.map(({ seed }) => seed)).toEqual([1, 2]);
    for (const config of configs) {
      expect(config).toMatchObject({ memoryRolloutProbability: place.p, offPolicyProbability: place.q });
      expect({ ...config, memoryRolloutProbability: 0, offPolicyProbability: 0, seed: 0 }).toEqual({
        ...runs[0]!.config,
        memoryRolloutProbability: 0,
        offPolicyProbability: 0,
        seed: 0,
      });
    }
  }
});

it.each([
  [
    { p: 0.25, q: 2 / 3 },
    { p: 0.25, q: 2 / 3 },
  ],
  [
    { p: 0.3, q: 0.9 },
    { p: 0.25, q: 1 },
  ],
  [
    { p: 1, q: 0.1 },
    { p: 0.75, q: 0 },
  ],
  [
    { p: 0.02, q: 1 },
    { p: 0, q: 2 / 3 },
  ],
])("the place nearest to %o is %o", (setting, place) => {
  expect(nearestPlace(setting)).toEqual(place);
});
