import { expect, test } from "vitest";
import { hashOfView, VIEW_ENTRIES, viewOfHash } from "../../src/ui/view-address.ts";

test("every view that is offered comes back from its address", () => {
  for (const { view, path } of VIEW_ENTRIES) {
    expect(viewOfHash(hashOfView(view, path))).toEqual({ view, viewPath: path });
  }
  const path = ["teaching", "empo2.house-1.seed-1"];
  expect(viewOfHash(hashOfView("results", path))).toEqual({ view: "results", viewPath: path });
});

test.each(["", "#", "#v=1&method=grpo", "#__proto__", "#constructor/a", "#run", "#resultsx"])(
  "“%s” is the address of no view",
  (hash) => {
    expect(viewOfHash(hash)).toEqual({ view: "run", viewPath: [] });
  },
);

test("what this page did not write in an address is left out", () => {
  expect(viewOfHash("#results/%E0%A4%A/a%2Fb//c")).toEqual({ view: "results", viewPath: ["a/b", "c"] });
});
