import { expect, it } from "vitest";
import { stem } from "../../../../src/core/envs/webshop/porter-stemmer.ts";

/**
 * The examples of Porter's paper and words of the shop, with stems from another implementation (NLTK 3.10,
 * `MARTIN_EXTENSIONS`); on 64,560 words of English text and code the two agreed throughout.
 */
const STEMS = `
  caresses:caress ponies:poni ties:ti caress:caress cats:cat feed:feed agreed:agre plastered:plaster bled:bled
  motoring:motor sing:sing conflated:conflat troubled:troubl sized:size hopping:hop tanned:tan falling:fall
  hissing:hiss fizzed:fizz failing:fail filing:file happy:happi sky:sky relational:relat conditional:condit
  rational:ration valenci:valenc hesitanci:hesit digitizer:digit conformabli:conform radicalli:radic
  differentli:differ vileli:vile analogousli:analog vietnamization:vietnam predication:predic operator:oper
  feudalism:feudal decisiveness:decis hopefulness:hope callousness:callous formaliti:formal sensitiviti:sensit
  sensibiliti:sensibl triplicate:triplic formative:form formalize:formal electriciti:electr electrical:electr
  hopeful:hope goodness:good revival:reviv allowance:allow inference:infer airliner:airlin gyroscopic:gyroscop
  adjustable:adjust defensible:defens irritant:irrit replacement:replac adjustment:adjust dependent:depend
  adoption:adopt homologou:homolog communism:commun activate:activ angulariti:angular homologous:homolog
  effective:effect bowdlerize:bowdler probate:probat rate:rate cease:ceas controll:control roll:roll
  cookies:cooki shoes:shoe jeans:jean headphones:headphon battery:batteri wireless:wireless cancelling:cancel
  memory:memori thermometer:thermomet efficient:effici machine:machin dishwasher:dishwash natural:natur
  ingredients:ingredi organic:organ stopwatch:stopwatch technology:technolog possibly:possibl as:as by:by 2:2
  x1:x1
`;

it("stems as Porter does", () => {
  const pairs = STEMS.trim()
    .split(/\s+/)
    .map((pair) => pair.split(":"));
  expect(pairs.length).toBeGreaterThan(90);
  expect(pairs.map(([word]) => [word, stem(word!)])).toEqual(pairs);
});
