// Transforms beside torchvision's: the same images, seed and choices, one by one and as a batch.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manualSeed, randint, type Tensor, tensor } from "../../src/index.ts";
import { transforms as T } from "../../src/vision/index.ts";

interface Case {
  expression: string;
  size: [number, number, number];
  dtype: "uint8" | "float32" | "float64";
  count: number;
  shape: number[];
  after: "uint8" | "float32" | "float64";
  /** The generator's next number. */
  next: number;
  values: string;
}

const cases: Case[] = JSON.parse(readFileSync(new URL("fixtures/transforms.json", import.meta.url), "utf8"));

const NAMES: Record<string, string> = {
  pad_if_needed: "padIfNeeded",
  padding_mode: "paddingMode",
  max_size: "maxSize",
  True: "true",
  False: "false",
  "M.NEAREST_EXACT": '"nearest-exact"',
  "M.NEAREST": '"nearest"',
  "M.BILINEAR": '"bilinear"',
  "M.BICUBIC": '"bicubic"',
  "T.ConvertImageDtype(torch.float32)": "T.ToTensor()",
};

/** Arguments that are positional in torchvision and named here, by class. */
const NAMED: Record<string, string[]> = {
  RandomHorizontalFlip: ["p"],
  RandomVerticalFlip: ["p"],
  Grayscale: ["channels"],
  ColorJitter: ["brightness", "contrast", "saturation", "hue"],
  RandomErasing: [],
};

/** The arguments of a call, without those in brackets inside. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const letter of text) {
    if ("([".includes(letter)) depth++;
    if (")]".includes(letter)) depth--;
    if (letter === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += letter;
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== "");
}

/** torchvision's expression as one of this package: keywords become the options object. */
function translate(expression: string): string {
  let text = expression;
  for (const [from, to] of Object.entries(NAMES)) text = text.replaceAll(from, to);
  const call = /^T\.(\w+)\((.*)\)$/s.exec(text);
  if (call === null) return text.replace(/^\((.*?),?\)$/s, "[$1]").replaceAll("'", '"');
  const [, name, inside] = call as unknown as [string, string, string];
  if (name === "Compose") return `new T.Compose([${split(inside.trim().slice(1, -1)).map(translate).join(", ")}])`;
  const named = NAMED[name];
  const positional: string[] = [];
  const options: string[] = [];
  for (const [i, argument] of split(inside).entries()) {
    const keyword = /^(\w+)=(.*)$/s.exec(argument);
    if (keyword !== null) options.push(`${keyword[1]}: ${translate(keyword[2] as string)}`);
    else if (named !== undefined) options.push(`${named[i]}: ${translate(argument)}`);
    else positional.push(translate(argument));
  }
  return `new T.${name}(${[...positional, ...(options.length > 0 ? [`{ ${options.join(", ")} }`] : [])].join(", ")})`;
}

function make(expression: string): T.Transform {
  return new Function("T", `return ${translate(expression)};`)(T) as T.Transform;
}

function imagesOf({ size, dtype, count }: Case): Tensor {
  const n = count * size[0] * size[1] * size[2];
  const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + Math.floor(i / 5) * 11) % 256);
  const images = (tensor(bytes) as Tensor).reshape(count, ...size) as Tensor;
  return dtype === "uint8" ? images : images.to(dtype).div(255);
}

/** The values that torchvision found. */
function wantedOf({ values, after }: Case): Uint8Array | Float32Array | Float64Array {
  const bytes = new Uint8Array(Buffer.from(values, "base64"));
  const array = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[after];
  return new array(bytes.buffer);
}

/** Moves of pixels and choices are exact; weighted sums of floats are not, nor are their roundings. */
function check(found: Tensor, one: Case): void {
  expect([found.shape, found.dtype]).toEqual([one.shape, one.after]);
  const wanted = wantedOf(one);
  const got = found.data();
  const weighted = /Resiz|Rotation|Affine|Jitter|Gray/.test(one.expression);
  const most = Math.max(...wanted.map(Math.abs));
  const slack = !weighted ? 0 : one.after === "uint8" ? 1 : 2e-6 * Math.max(1, most);
  let apart = 0;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs((got[i] as number) - (wanted[i] as number));
    if (difference > 0) apart++;
    if (!(difference <= slack)) expect(`element ${i}: ${got[i]}`).toBe(`element ${i}: ${wanted[i]}`);
  }
  // Bytes are rounded, and sums that lie on the border between two of them are few.
  if (one.after === "uint8") expect(apart).toBeLessThanOrEqual(Math.ceil(wanted.length / 200));
}

describe.each(cases.map((one) => [`${one.expression}, ${one.dtype} [${one.size}]`, one] as const))("%s", (_, one) => {
  test("image by image", () => {
    const images = imagesOf(one);
    manualSeed(777);
    const transform = make(one.expression);
    const found = Array.from({ length: one.count }, (_, i) => transform.forward(images.select(0, i) as Tensor));
    const flat = found.flatMap((image) => [...image.data()]);
    const array = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[one.after];
    check((tensor(array.from(flat)) as Tensor).reshape(...one.shape), one);
    expect(randint(0, 2 ** 24, [1]).item()).toBe(one.next);
  });

  test("as a batch", () => {
    manualSeed(777);
    check(make(one.expression).forward(imagesOf(one)), one);
    expect(randint(0, 2 ** 24, [1]).item()).toBe(one.next);
  });
});
