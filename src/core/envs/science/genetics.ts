/** @file Mendelian genetics: what one sees of genes, and what children inherit. */
import type { Random } from "../../base/random.ts";
import type { Gene, Thing, TraitSpec, WorldState } from "./world.ts";

/** What one sees of a gene: the recessive value only if no allele is dominant. */
export function phenotype({ alleles, dominant, recessive }: Gene): string {
  return alleles[0] || alleles[1] ? dominant : recessive;
}

/** Genes of a child: of each parent's two alleles of a trait, one by chance. */
export function cross(random: Random, mother: readonly Gene[], father: readonly Gene[]): Gene[] {
  return mother.map((gene, i) => ({
    ...gene,
    alleles: [random.pick(gene.alleles), random.pick(father[i]?.alleles ?? gene.alleles)],
  }));
}

function partShown(thing: Thing): TraitSpec["part"] {
  if (thing.spec.flowerOf !== undefined) return "flower";
  return thing.life?.stage === "seed" ? "seed" : "plant";
}

/** Words for what a look at a seed, plant or flower tells of its genes, e.g. `round green`. */
export function traitsSeen(state: WorldState, thing: Thing): string {
  const { flowerOf, genes } = thing.spec;
  const bearer = flowerOf === undefined ? genes : state.things[state.indexOf.get(flowerOf)!]!.spec.genes;
  const part = partShown(thing);
  return (bearer ?? [])
    .filter((gene) => gene.part === part)
    .map(phenotype)
    .join(" ");
}
