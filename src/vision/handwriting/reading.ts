/** Reading a page: its ink, the shapes of it, and which of them is the digit. */
import { strokeWidth } from "./form.ts";
import { evened, findInk, type Ink, lightOnDark } from "./ink.ts";
import { median, type Plane } from "./plane.ts";
import { boxOf, chooseDigit, type InkShape, inksOf, shapesOf, touchesBorder, withoutRules } from "./shapes.ts";

/** What a page shows. */
export interface Reading extends Ink {
  readonly page: Plane;
  /** Whether the writing is lighter than its ground. */
  readonly inverted: boolean;
  /** All ink but ruled lines. */
  readonly mask: Uint8Array;
  /** How many ruled lines there were. */
  readonly lines: number;
  /** The shapes of the digit; none if there is nothing like it. */
  readonly digit: readonly InkShape[];
  /** How many separate figures of about its size there are, itself included. */
  readonly figures: number;
  /** How far the digit stands out from the paper around it, in sizes of that paper's noise. */
  readonly clarity: number;
  /** How steep the digit's edges are: 1 where its contrast falls to that of the paper within two of the photo's pixels. */
  readonly sharpness: number;
  /** From 1 on, the digit is as evenly dark as a pen writes; the light falls into a shadow or a fold by degrees. */
  readonly evenness: number;
  /** The contrast of the digit's ink: its median. */
  readonly darkness: number;
}

type Triple = [number, number, number];

/** How far ink is from paper at least, in sizes of the paper's noise. */
const CLEAR = 6;
/** How much light ink takes away at least. */
const PALEST = 0.1;
/** Odds, as a logarithm, from which on writing is dark or light without a second look. */
const SURE = 2;
/** What stands out this far stands out far enough. */
const PLAIN = 20;
/** Half the width of what is taken for a stroke rather than a shadow at first, as part of the longer side. */
const WIDEST = 0.18;
/** How much of a pen's contrast lies between its edge and the paper two pixels on; a shadow falls off more slowly. */
const SHARP = 0.6;
/** Edges softer than this are those of a shadow. */
const SOFT = 0.5;
/** The range of contrast, as part of its middle, in which a pen stays. */
const EVEN = 0.4;

/** Whether a reading has a digit in it that was written, not a shadow, a fold or the grain of a table. */
export function isClear(reading: Reading): boolean {
  return reading.darkness >= PALEST && quality(reading) >= CLEAR;
}

/**
 * Reads dark or light writing, whichever it is; where that is not clear, the one that looks more like writing.
 *
 * @param pixel - How many of the page's pixels are one of the photo's: more than 1 if it was enlarged, and its edges are soft.
 */
export function readPage(page: Plane, pixel: number): Reading {
  const evidence = lightOnDark(page);
  const first = readAs(page, pixel, evidence > 0);
  if (Math.abs(evidence) > SURE && quality(first) >= PLAIN) return first;
  const second = readAs(page, pixel, evidence <= 0);
  return quality(second) > Math.exp(Math.abs(evidence) / 2) * quality(first) ? second : first;
}

/** How much a reading looks like writing: it stands out, by sharp edges, is equally dark all over, and not at the border of the photo. */
function quality({ clarity, sharpness, evenness, digit, page }: Reading): number {
  if (digit.length === 0) return 0;
  const place = touchesBorder(digit, page.width, page.height, 3) ? 0.3 : 1;
  return place * Math.min(clarity, 2 * PLAIN) * Math.min(1, sharpness / SHARP) ** 2 * Math.min(1, evenness) ** 2;
}

/**
 * Reads dark writing, or light. What is wider than the strokes found, and what has soft edges, is then taken for shadow or paper, and the page
 * read again as long as that makes a difference: a shadow beside thin strokes is seen as one with them at first.
 */
export function readAs(page: Plane, pixel: number, inverted: boolean): Reading {
  const seen = { page, pixel, inverted, even: evened(page, inverted) };
  let radius = Math.round(WIDEST * Math.max(page.width, page.height));
  let reading = readOnce(seen, radius);
  for (;;) {
    const soft = reading.sharpness < SOFT;
    const wanted = Math.round(soft ? 0.6 * radius : 2 + 1.2 * penOf(reading));
    if (wanted < 3 || wanted > 0.75 * radius) return reading;
    radius = wanted;
    const finer = readOnce(seen, radius);
    if (soft ? quality(finer) > quality(reading) : finer.clarity > 0.7 * reading.clarity) reading = finer;
    else if (!soft) return reading;
  }
}

/** What stays the same while a page is read again and again. */
interface Seen {
  readonly page: Plane;
  readonly pixel: number;
  readonly inverted: boolean;
  readonly even: Plane;
}

function readOnce({ page, pixel, inverted, even }: Seen, radius: number): Reading {
  const { contrast, threshold } = findInk(even, radius);
  const ink = Uint8Array.from(contrast.values, (value) => (value > threshold ? 1 : 0));
  const { mask, lines } = withoutRules(ink, page.width, page.height);
  const { digit, others } = chooseDigit(shapesOf(mask, contrast), page.width, page.height);
  const clarity = clarityOf(digit, ink, contrast);
  const figures = 1 + others.filter((other) => clarityOf([other], ink, contrast) > 0.5 * clarity).length;
  const inks = inksOf(digit, contrast);
  const [low, darkness, high] = [0.2, 0.5, 0.8].map((at) => inks[Math.floor(at * inks.length)] ?? 0) as Triple;
  const sharpness = darkness === 0 ? 0 : edgeOf(digit, contrast, Math.round(2 * pixel)) / darkness;
  const evenness = (pixel * EVEN * darkness) / (high - low + 1e-9);
  return {
    ...{ page, inverted, contrast, threshold, mask, lines, digit, figures },
    ...{ clarity, sharpness, evenness, darkness },
  };
}

/** The width of the digit's strokes. */
function penOf({ digit, page: { width, height } }: Reading): number {
  const values = new Float32Array(width * height);
  for (const { pixels } of digit) for (const i of pixels) values[i] = 1;
  return strokeWidth({ width, height, values });
}

/** The distance from the paper around shapes to their ink, in the noise's size. */
function clarityOf(shapes: readonly InkShape[], ink: Uint8Array, contrast: Plane): number {
  const { width, height, values } = contrast;
  if (shapes.length === 0) return 0;
  const { left, top, right, bottom } = boxOf(shapes);
  const room = Math.ceil(0.3 * Math.max(right - left, bottom - top));
  const paper: number[] = [];
  for (let y = Math.max(0, top - room); y < Math.min(height, bottom + room); y++) {
    for (let x = Math.max(0, left - room); x < Math.min(width, right + room); x++) {
      const i = y * width + x;
      if (ink[i] === 0) paper.push(values[i] as number);
    }
  }
  if (paper.length === 0) return 0;
  const usual = median(paper);
  const noise = 1.4826 * median(paper.map((value) => Math.abs(value - usual)));
  return (median(inksOf(shapes, contrast)) - usual) / (noise + 0.004);
}

/** The range of the contrast within `reach` of the shapes' outlines: its median. */
function edgeOf(shapes: readonly InkShape[], { width, height, values }: Plane, reach: number): number {
  const own = new Uint8Array(values.length);
  for (const { pixels } of shapes) for (const i of pixels) own[i] = 1;
  const ranges: number[] = [];
  for (const i of shapes.flatMap(({ pixels }) => pixels)) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (Math.min(x, y, width - 1 - x, height - 1 - y) < reach) continue;
    if (own[i - 1] && own[i + 1] && own[i - width] && own[i + width]) continue;
    let [low, high] = [1, 0];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const value = values[i + dy * width + dx] as number;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    ranges.push(high - low);
  }
  return ranges.length === 0 ? 0 : median(ranges);
}
