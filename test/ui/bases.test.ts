import { describe, expect, it } from "vitest";
import { baseForTask } from "../../src/ui/actions/bases.ts";
import type { BaseOption } from "../../src/ui/store/store.ts";

function option(name: string, tasks: readonly string[] | null): BaseOption {
  return { name, title: name, description: "", size: null, tasks };
}

const BASES = [option("base", ["a", "b"]), option("general", ["a", "b", "c"]), option("mine", null)];

describe("the base policy for a task", () => {
  it("is the first shipped one that has learned to act in it", () => {
    expect(baseForTask("c", "base", BASES)?.name).toBe("general");
    expect(baseForTask("a", "general", BASES)?.name).toBe("base");
  });

  it("stays where it is the right one, where none is, and where it is the visitor's own", () => {
    expect(baseForTask("a", "base", BASES)).toBeNull();
    expect(baseForTask("d", "base", BASES)).toBeNull();
    expect(baseForTask("c", "mine", BASES)).toBeNull();
    expect(baseForTask("c", "base-2", BASES)).toBeNull();
    expect(baseForTask("c", "base", [])).toBeNull();
  });
});
