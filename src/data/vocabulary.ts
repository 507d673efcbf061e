/** Numbers for the characters or words of texts, and back. */
import { DataError, IndexError, ValueError } from "../errors.ts";
import { Tensor, tensor } from "../ops/index.ts";
import { checkOptions, listed } from "../options.ts";

/** Options of {@link CharVocabulary} and {@link WordVocabulary}. */
export interface VocabularyOptions {
  /** How often a token has to come in the texts to get a number; 1 unless said otherwise. */
  minFrequency?: number;
  /** Tokens with the first numbers, which need not come in the texts: `["<pad>", "<end>"]`. */
  specials?: readonly string[];
  /** The token that stands for all that have no number; it joins the specials where it is not one. Without it they are an error. */
  unknown?: string | null;
}

/**
 * A list of tokens and their numbers, which are their places in the list.
 *
 * @throws {ValueError} for no tokens, an empty one or one that comes twice, an `unknown` that is not among them, or an
 * unknown option.
 * @throws {IndexError} for a number outside the vocabulary.
 * @throws {DataError} if a text is empty, or has a token without a number where there is no `unknown`.
 * @example
 * const letters = CharVocabulary.build(["abc"]);
 * [letters instanceof Vocabulary, letters.size, letters.has("d")]; // [true, 3, false]
 */
export abstract class Vocabulary {
  /** The tokens, by number. */
  readonly tokens: readonly string[];
  /** The token that stands for all that have no number, or null. */
  readonly unknown: string | null;
  readonly #numbers: ReadonlyMap<string, number>;

  /** The tokens by number, as `tokens` of another vocabulary has them; no token comes twice. */
  constructor(tokens: Iterable<string>, options: { unknown?: string | null } = {}) {
    const name = new.target.name;
    if (typeof (tokens as Iterable<string> | null)?.[Symbol.iterator] !== "function") {
      throw new ValueError(`${name}: takes the tokens, as ["a", "b"]; got ${shown(tokens)}`);
    }
    this.tokens = [...tokens];
    this.unknown = checkOptions(name, options, ["unknown", "specials", "minFrequency"]).unknown ?? null;
    const numbers = new Map<string, number>();
    for (const [i, token] of this.tokens.entries()) {
      if (typeof token !== "string" || token === "") {
        throw new ValueError(
          `${name}: tokens are texts of at least one character; got ${shown(token)} at position ${i}`,
        );
      }
      const before = numbers.get(token);
      if (before !== undefined) {
        throw new ValueError(`${name}: a token comes once; got ${shown(token)} at positions ${before} and ${i}`);
      }
      numbers.set(token, i);
    }
    if (numbers.size === 0) throw new ValueError(`${name}: needs at least one token; got none`);
    if (this.unknown !== null && !numbers.has(this.unknown)) {
      throw new ValueError(`${name}: unknown is one of the tokens; got ${shown(this.unknown)}`);
    }
    this.#numbers = numbers;
  }

  /** The text cut into tokens. */
  abstract split(text: string): string[];

  /** Tokens put together again. */
  abstract join(tokens: readonly string[]): string;

  /** How many tokens there are: as many as an Embedding has rows, or a Linear that predicts tokens has outputs. */
  get size(): number {
    return this.tokens.length;
  }

  /** Whether a token has a number of its own. */
  has(token: string): boolean {
    return this.#numbers.has(token);
  }

  /**
   * The number of a token, or of `unknown`.
   *
   * @throws {DataError} for a token without a number where there is no `unknown`.
   */
  indexOf(token: string): number {
    return this.#numberOf("indexOf", token);
  }

  /**
   * The token of a number.
   *
   * @throws {IndexError} for one outside the vocabulary.
   */
  tokenOf(index: number): string {
    return this.#tokenOf("tokenOf", index);
  }

  /**
   * The numbers of a text, int32 [length]. A list of tokens is taken as it is, which is how specials get in.
   *
   * @throws {DataError} for an empty text, or a token without a number where there is no `unknown`; the message names
   * its position.
   */
  encode(text: string | readonly string[]): Tensor<[number]> {
    const name = `${this.constructor.name}.encode`;
    if (typeof text !== "string" && !Array.isArray(text)) {
      throw new DataError(`${name}: takes a text or a list of tokens; got ${typeof text}`);
    }
    const tokens = typeof text === "string" ? this.split(text) : (text as readonly string[]);
    if (tokens.length === 0) throw new DataError(`${name}: a text has at least one token; got ${shown(text)}`);
    return tensor(Int32Array.from(tokens, (token, i) => this.#numberOf("encode", token, i, text)));
  }

  /**
   * The text of numbers: an int32 vector or an array.
   *
   * @throws {IndexError} for one outside the vocabulary; the message names its position.
   * @throws {DataError} for something else than an array or tensor.
   */
  decode(indices: Tensor | ArrayLike<number>): string {
    const list: ArrayLike<number> = indices instanceof Tensor ? indices.data() : indices;
    if (typeof list !== "object" || typeof list?.length !== "number") {
      throw new DataError(
        `${this.constructor.name}.decode: takes numbers in an array or int32 vector; got ${shown(list)}`,
      );
    }
    return this.join(Array.from(list, (index, i) => this.#tokenOf("decode", index, i)));
  }

  #numberOf(op: string, token: string, position?: number, text?: string | readonly string[]): number {
    const number = this.#numbers.get(token) ?? (this.unknown === null ? undefined : this.#numbers.get(this.unknown));
    if (number !== undefined) return number;
    const where = position === undefined ? "" : ` at position ${position} of ${excerpt(text as string)}`;
    throw new DataError(
      `${this.constructor.name}.${op}: knows ${this.size} tokens; got ${shown(token)}${where}; ` +
        `build the vocabulary from texts that have it, or with { unknown: "<unk>" }`,
    );
  }

  #tokenOf(op: string, index: number, position?: number): string {
    const token = this.tokens[index];
    if (token !== undefined) return token;
    const where = position === undefined ? "" : ` at position ${position}`;
    throw new IndexError(
      `${this.constructor.name}.${op}: indices are whole numbers from 0 to ${this.size - 1}; got ${String(index)}${where}`,
    );
  }
}

/**
 * A vocabulary whose tokens are the characters (code points) of texts.
 *
 * @throws {ValueError} for no tokens, an empty one or one that comes twice, an `unknown` that is not among them, or an
 * unknown option.
 * @example
 * CharVocabulary.build(["anna", "nina"]).encode("ian").toArray(); // [1, 0, 2]
 */
export class CharVocabulary extends Vocabulary {
  /**
   * The characters of texts, in the order of their code points.
   *
   * @throws {ValueError} for something else than a list of texts, an unknown option, `specials` that are no list, or a `minFrequency` that is no whole
   * number of at least 1.
   * @throws {DataError} for no texts, or one that is empty or no text.
   * @example
   * const letters = CharVocabulary.build(["anna", "nina"], { specials: ["<end>"] });
   * [letters.tokens, letters.encode("inn").toArray(), letters.decode([2, 3, 1])]; // [["<end>", "a", "i", "n"], [2, 3, 3], "ina"]
   */
  static build(texts: Iterable<string>, options: VocabularyOptions = {}): CharVocabulary {
    const counts = counted("CharVocabulary.build", texts, characters);
    const tokens = kept(
      "CharVocabulary.build",
      counts,
      options,
      (a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0),
    );
    return new CharVocabulary(tokens, options);
  }

  split(text: string): string[] {
    return characters(text);
  }

  join(tokens: readonly string[]): string {
    return tokens.join("");
  }
}

/**
 * A vocabulary whose tokens are the words and punctuation marks of texts.
 *
 * @throws {ValueError} for no tokens, an empty one or one that comes twice, an `unknown` that is not among them, or an
 * unknown option.
 * @example
 * WordVocabulary.build(["the cat, the dog"]).split("The dog's tail."); // ["The", "dog's", "tail", "."]
 */
export class WordVocabulary extends Vocabulary {
  /**
   * The words of texts, the most frequent first and in alphabetical order among equals.
   *
   * @throws {ValueError} for something else than a list of texts, an unknown option, `specials` that are no list, or a `minFrequency` that is no whole
   * number of at least 1.
   * @throws {DataError} for no texts, or one that is without any word or no text.
   * @example
   * const words = WordVocabulary.build(["the cat saw the dog"], { unknown: "<unk>" });
   * [words.tokens, words.encode("the bird").toArray()]; // [["<unk>", "the", "cat", "dog", "saw"], [1, 0]]
   */
  static build(texts: Iterable<string>, options: VocabularyOptions = {}): WordVocabulary {
    const counts = counted("WordVocabulary.build", texts, wordsOf);
    const order = (a: string, b: string): number =>
      (counts.get(b) as number) - (counts.get(a) as number) || (a < b ? -1 : 1);
    return new WordVocabulary(kept("WordVocabulary.build", counts, options, order), options);
  }

  /** Letters, digits and apostrophes between them are words, and every other mark is one of its own; white space is not kept. */
  split(text: string): string[] {
    return wordsOf(text);
  }

  join(tokens: readonly string[]): string {
    return tokens.join(" ");
  }
}

function characters(text: string): string[] {
  return [...text];
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
}

function counted(op: string, texts: Iterable<string>, split: (text: string) => string[]): Map<string, number> {
  if (typeof texts === "string") throw new ValueError(`${op}: takes a list of texts; got a text; use [text]`);
  const counts = new Map<string, number>();
  let position = 0;
  for (const text of listed(op, "texts", texts)) {
    if (typeof text !== "string") throw new DataError(`${op}: takes texts; got ${typeof text} at position ${position}`);
    const tokens = split(text);
    if (tokens.length === 0) {
      throw new DataError(`${op}: a text has at least one token; got ${shown(text)} at position ${position}`);
    }
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    position++;
  }
  if (position === 0) throw new DataError(`${op}: needs at least one text; got none`);
  return counts;
}

/** The specials, then the tokens that come often enough. */
function kept(
  op: string,
  counts: ReadonlyMap<string, number>,
  { minFrequency = 1, specials = [], unknown = null }: VocabularyOptions,
  order: (a: string, b: string) => number,
): string[] {
  if (!Number.isInteger(minFrequency) || minFrequency < 1) {
    throw new ValueError(`${op}: minFrequency is a whole number of at least 1; got ${String(minFrequency)}`);
  }
  if (!Array.isArray(specials)) {
    throw new ValueError(`${op}: specials are a list of tokens, as ["<pad>"]; got ${shown(specials)}`);
  }
  const first = unknown === null || specials.includes(unknown) ? [...specials] : [...specials, unknown];
  const reserved = new Set(first);
  const rest = [...counts].filter(([token, count]) => count >= minFrequency && !reserved.has(token));
  return [...first, ...rest.map(([token]) => token).sort(order)];
}

function shown(value: unknown): string {
  return typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** The start of a text, for messages. */
function excerpt(text: string | readonly string[]): string {
  const MOST = 40;
  const whole = shown(text);
  return whole.length <= MOST ? whole : `${whole.slice(0, MOST)}…`;
}
