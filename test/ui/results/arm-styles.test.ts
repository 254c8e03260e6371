import { describe, expect, test } from "vitest";
import { armStyles } from "../../../src/ui/results/arm-styles.ts";

const look = (id: string, method: string | null) => ({ id, method });

describe("how arms look", () => {
  const plain = armStyles([look("empo2", "empo2"), look("grpo", "grpo"), look("reflexion", "reflexion")]);

  test("a method is recognised, also where only a variant of it is shown", () => {
    const tried = armStyles([
      look("reflexion", "reflexion"),
      look("empo2-with-memory", "empo2"),
      look("grpo-with-memory", "grpo"),
    ]);
    expect(tried.get("empo2-with-memory")).toEqual(plain.get("empo2"));
    expect(tried.get("grpo-with-memory")).toEqual(plain.get("grpo"));
    expect(tried.get("reflexion")).toEqual(plain.get("reflexion"));
  });

  test("a variant beside its method looks different, in whatever order they come", () => {
    const styles = armStyles([look("empo2-q0", "empo2"), look("empo2", "empo2"), look("empo2-q1", "empo2")]);
    expect(styles.get("empo2")).toEqual(plain.get("empo2"));
    expect(new Set([...styles.values()].map((style) => JSON.stringify(style))).size).toBe(3);
  });

  test("variants keep to colours that no method among them has, and no two of fifteen are alike", () => {
    const variants = Array.from({ length: 15 }, (_, i) => look(`variant-${i}`, null));
    const styles = armStyles([look("reflexion", "reflexion"), look("gigpo", "gigpo"), ...variants]);
    const ofMethods = ["reflexion", "gigpo"].map((id) => styles.get(id)!.color);
    const ofVariants = variants.map(({ id }) => styles.get(id)!);
    expect(ofVariants.filter(({ color }) => ofMethods.includes(color))).toEqual([]);
    expect(new Set(ofVariants.map((style) => JSON.stringify(style))).size).toBe(15);
  });
});
