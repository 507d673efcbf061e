import { describe, expect, test } from "vitest";
import { CharVocabulary, WordVocabulary } from "../../src/data/index.ts";
import { DataError, IndexError, tensor, ValueError } from "../../src/index.ts";

describe("characters", () => {
  const letters = CharVocabulary.build(["nina", "anna", "žan😀"], { specials: ["<pad>", "<end>"] });

  test("specials come first, then the characters in the order of their code points", () => {
    expect(letters.tokens).toEqual(["<pad>", "<end>", "a", "i", "n", "ž", "😀"]);
    expect(letters.size).toBe(7);
    expect([letters.indexOf("<end>"), letters.tokenOf(5), letters.has("z")]).toEqual([1, "ž", false]);
  });

  test("texts become int32 and come back, characters outside the basic plane included", () => {
    const encoded = letters.encode("žin😀");
    expect(encoded.dtype).toBe("int32");
    expect(encoded.toArray()).toEqual([5, 3, 4, 6]);
    expect(letters.decode(encoded)).toBe("žin😀");
    expect(letters.decode(new Uint8Array([2, 4]))).toBe("an");
    expect(letters.encode([..."an", "<end>"]).toArray()).toEqual([2, 4, 1]);
  });

  test("an unknown character is an error with its position, or the token for unknown ones", () => {
    expect(() => letters.encode("anxn")).toThrow(DataError);
    expect(() => letters.encode("anxn")).toThrow(
      'CharVocabulary.encode: knows 7 tokens; got "x" at position 2 of "anxn"; build the vocabulary from texts that have it, ' +
        'or with { unknown: "<unk>" }',
    );
    expect(() => letters.indexOf("x")).toThrow('CharVocabulary.indexOf: knows 7 tokens; got "x"; build');
    expect(() => letters.encode(`${"an".repeat(30)}x`)).toThrow(/got "x" at position 60 of "anan[an]{35}…; build/);
    const open = CharVocabulary.build(["ab"], { unknown: "?" });
    expect(open.encode("axb").toArray()).toEqual([1, 0, 2]);
    expect(open.decode(open.encode("axb"))).toBe("a?b");
  });

  test("numbers outside the vocabulary are errors with their position", () => {
    expect(() => letters.decode([2, 7])).toThrow(IndexError);
    expect(() => letters.decode([2, 7])).toThrow(
      "CharVocabulary.decode: indices are whole numbers from 0 to 6; got 7 at position 1",
    );
    expect(() => letters.decode(tensor([-1]))).toThrow("got -1 at position 0");
    expect(() => letters.decode([1.5])).toThrow("got 1.5 at position 0");
    expect(() => letters.tokenOf(7)).toThrow("CharVocabulary.tokenOf: indices are whole numbers from 0 to 6; got 7");
  });

  test("empty texts are errors", () => {
    expect(() => CharVocabulary.build([])).toThrow("CharVocabulary.build: needs at least one text; got none");
    expect(() => CharVocabulary.build(["ab", ""])).toThrow(
      'CharVocabulary.build: a text has at least one token; got "" at position 1',
    );
    expect(() => letters.encode("")).toThrow('CharVocabulary.encode: a text has at least one token; got ""');
    expect(() => letters.encode([])).toThrow("CharVocabulary.encode: a text has at least one token; got []");
  });

  test("what is no text is an error", () => {
    expect(() => CharVocabulary.build("abc")).toThrow(ValueError);
    expect(() => CharVocabulary.build(["a", 3 as never])).toThrow("takes texts; got number at position 1");
    expect(() => letters.encode(3 as never)).toThrow("takes a text or a list of tokens; got number");
    expect(() => letters.encode(undefined as never)).toThrow("got undefined");
  });

  test("a minimum frequency", () => {
    expect(CharVocabulary.build(["aab", "bc"], { minFrequency: 2 }).tokens).toEqual(["a", "b"]);
    for (const minFrequency of [0, 1.5, Number.NaN, "2" as never]) {
      expect(() => CharVocabulary.build(["a"], { minFrequency })).toThrow(ValueError);
    }
    expect(() => CharVocabulary.build(["ab"], { minFrequency: 2 })).toThrow("needs at least one token; got none");
  });

  test("the tokens of one make another, as they are kept in a file", () => {
    const copy = new CharVocabulary(letters.tokens);
    expect(copy.encode("anna").toArray()).toEqual(letters.encode("anna").toArray());
    expect(() => new CharVocabulary(["a", "b", "a"])).toThrow(
      'CharVocabulary: a token comes once; got "a" at positions 0 and 2',
    );
    expect(() => new CharVocabulary(["a", ""])).toThrow('got "" at position 1');
    expect(() => new CharVocabulary(["a"], { unknown: "?" })).toThrow('unknown is one of the tokens; got "?"');
  });
});

describe("words", () => {
  test("the most frequent first, and in alphabetical order among equals", () => {
    const words = WordVocabulary.build(["The whale's tail, the tail.", "the sea"], { specials: ["<pad>"] });
    expect(words.tokens).toEqual(["<pad>", "tail", "the", ",", ".", "The", "sea", "whale's"]);
    expect(words.decode(words.encode("the  sea."))).toBe("the sea .");
  });

  test("rare words become the token for unknown ones", () => {
    const words = WordVocabulary.build(["a b a", "a c b"], { minFrequency: 2, unknown: "<unk>" });
    expect(words.tokens).toEqual(["<unk>", "a", "b"]);
    expect(words.encode("c a d").toArray()).toEqual([0, 1, 0]);
  });

  test("a text of white space has no words", () => {
    expect(() => WordVocabulary.build(["a", " \n"])).toThrow(
      'WordVocabulary.build: a text has at least one token; got " \\n" at position 1',
    );
    expect(() => WordVocabulary.build(["a"]).encode("a b")).toThrow('got "b" at position 1 of "a b"');
  });
});
