/** The shapes of ink on a page: which of them is the digit. */
import { type Plane, transposed } from "./plane.ts";

/** A connected shape of ink. */
export interface InkShape {
  readonly left: number;
  readonly top: number;
  /** The first column and row behind it. */
  readonly right: number;
  readonly bottom: number;
  /** Its pixels. */
  readonly pixels: readonly number[];
  /** The sum of its contrast. */
  readonly weight: number;
  /** The share of the page's border along which it lies. */
  readonly border: number;
}

/** The connected shapes of a mask, diagonals included. */
export function shapesOf(mask: Uint8Array, contrast: Plane): InkShape[] {
  const { width, height, values } = contrast;
  const seen = new Uint8Array(mask.length);
  const shapes: InkShape[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    const pixels = [start];
    seen[start] = 1;
    let [left, top, right, bottom, weight, border] = [width, height, 0, 0, 0, 0];
    for (const i of pixels) {
      const [x, y] = [i % width, Math.floor(i / width)];
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      weight += values[i] as number;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) border++;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (mask[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          pixels.push(next);
        }
      }
    }
    shapes.push({ left, top, right, bottom, pixels, weight, border: border / (2 * (width + height)) });
  }
  return shapes;
}

/** Steepest ruled line that is looked for, as rise per column. */
const STEEPEST = 0.4;
/** A ruled line is ink along this much of its way over the page. */
const RULED = 0.72;

/** No ruled line is thicker than this part of the longer side: the stroke of a broad pen is. */
const THICKEST = 0.03;

/**
 * Takes ruled lines out of a mask: straight lines from edge to edge, nearly level or nearly upright. Where a stroke crosses one, it stays.
 *
 * @returns How many lines there were.
 */
export function withoutRules(mask: Uint8Array, width: number, height: number): { mask: Uint8Array; lines: number } {
  const level = eraseLevel(mask, width, height);
  const turned = eraseLevel(transposed(level.mask, width, height), height, width);
  return { mask: transposed(turned.mask, height, width), lines: level.lines + turned.lines };
}

function eraseLevel(mask: Uint8Array, width: number, height: number): { mask: Uint8Array; lines: number } {
  const near = thickened(mask, width, height);
  const found: { readonly start: number; readonly slope: number; readonly share: number }[] = [];
  for (let slope = -STEEPEST; slope <= STEEPEST; slope += 2 / width) {
    const rise = slope * (width - 1);
    for (
      let start = Math.ceil(Math.min(0, -rise));
      start < height - Math.min(0, rise) && start < height + Math.abs(rise);
      start++
    ) {
      const share = coverage(near, width, height, start, slope);
      if (share >= RULED) found.push({ start, slope, share });
    }
  }
  if (found.length === 0) return { mask, lines: 0 };
  const runs = runLengths(mask, width, height);
  const onLines = found.flatMap(({ start, slope }) => lineRuns(runs, width, height, start, slope));
  onLines.sort((a, b) => a - b);
  const usual = onLines[Math.floor(onLines.length / 2)] as number;
  if (usual > THICKEST * Math.max(width, height)) return { mask, lines: 0 };
  const thin = 1.6 * usual + 1.5;
  const result = Uint8Array.from(mask);
  for (const { start, slope } of found) {
    for (let x = 0; x < width; x++) {
      const middle = Math.round(start + slope * x);
      for (let y = Math.max(0, middle - 2); y <= Math.min(height - 1, middle + 2); y++) {
        if ((runs[y * width + x] as number) <= thin) eraseRun(result, width, height, x, y);
      }
    }
  }
  return {
    mask: result,
    lines: distinct(
      found.sort((a, b) => b.share - a.share),
      width,
    ),
  };
}

/** The mask with the pixels above and below each of its own. */
function thickened(mask: Uint8Array, width: number, height: number): Uint8Array {
  const result = Uint8Array.from(mask);
  for (let i = width; i < (height - 1) * width; i++) {
    if (mask[i - width] === 1 || mask[i + width] === 1) result[i] = 1;
  }
  return result;
}

/** The share of the line within the page that is ink; 0 for lines that do not go from edge to edge, as strokes do not. */
function coverage(mask: Uint8Array, width: number, height: number, start: number, slope: number): number {
  const [enters, leaves] = [(-0.5 - start) / slope, (height - 0.5 - start) / slope].sort((a, b) => a - b);
  const first = Math.ceil(Math.max(0, slope === 0 ? 0 : (enters as number)));
  const last = Math.floor(Math.min(width - 1, slope === 0 ? width - 1 : (leaves as number)));
  if (last - first < 0.5 * width) return 0;
  const end = Math.ceil(0.08 * (last - first));
  const inked = (from: number, to: number): number => {
    let sum = 0;
    for (let x = from; x < to; x++) sum += mask[Math.round(start + slope * x) * width + x] as number;
    return sum;
  };
  const before = inked(first, first + end);
  if (before < 0.4 * end) return 0;
  const behind = inked(last + 1 - end, last + 1);
  if (behind < 0.4 * end) return 0;
  return (before + inked(first + end, last + 1 - end) + behind) / (last - first + 1);
}

/** For each pixel of ink the length of the upright run it lies in. */
function runLengths(mask: Uint8Array, width: number, height: number): Uint16Array {
  const runs = new Uint16Array(mask.length);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; ) {
      let end = y;
      while (end < height && mask[end * width + x] === 1) end++;
      for (let k = y; k < end; k++) runs[k * width + x] = end - y;
      y = Math.max(end, y + 1);
    }
  }
  return runs;
}

function lineRuns(runs: Uint16Array, width: number, height: number, start: number, slope: number): number[] {
  return Array.from({ length: width }, (_, x) => {
    const y = Math.round(start + slope * x);
    return y < 0 || y >= height ? 0 : (runs[y * width + x] as number);
  }).filter((run) => run > 0);
}

function eraseRun(mask: Uint8Array, width: number, height: number, x: number, y: number): void {
  for (let k = y; k >= 0 && mask[k * width + x] === 1; k--) mask[k * width + x] = 0;
  for (let k = y + 1; k < height && mask[k * width + x] === 1; k++) mask[k * width + x] = 0;
}

/** How many lines were found, those within a few pixels of one another counted once. */
function distinct(found: readonly { readonly start: number; readonly slope: number }[], width: number): number {
  const middles: number[] = [];
  for (const { start, slope } of found) {
    const middle = start + (slope * width) / 2;
    if (middles.every((other) => Math.abs(other - middle) > width / 40)) middles.push(middle);
  }
  return middles.length;
}

/** What stands on a page. */
export interface Found {
  /** The shapes of the digit. */
  readonly digit: readonly InkShape[];
  /** Separate shapes of about its size. */
  readonly others: readonly InkShape[];
}

/** Chooses the digit among the shapes of a page, with the parts that belong to it. */
export function chooseDigit(shapes: readonly InkShape[], width: number, height: number): Found {
  const side = Math.max(width, height);
  const large = shapes.filter((shape) => sizeOf(shape) > 0.045 * side && shape.pixels.length > 12);
  const inside = large.filter((shape) => !isEdge(shape) && !isFrame(shape, large, width, height));
  const whole = (inside.length > 0 ? inside : large).toSorted(
    (a, b) => importance(b, width, height) - importance(a, width, height),
  );
  const [main] = whole;
  if (main === undefined) return { digit: [], others: [] };
  const digit = [main];
  const rest = new Set(
    shapes.filter(
      (shape) => shape !== main && !isEdge(shape) && shape.pixels.length > 5 && !isFrame(shape, large, width, height),
    ),
  );
  for (let grown = true; grown; ) {
    grown = false;
    for (const shape of rest) {
      if (!belongs(shape, digit, sizeOf(main))) continue;
      digit.push(shape);
      rest.delete(shape);
      grown = true;
    }
  }
  const others = [...rest].filter(
    (shape) =>
      tall(shape) > 0.5 * tall(main) &&
      shape.weight > 0.2 * main.weight &&
      !touchesBorder([shape], width, height, 0.035 * side),
  );
  return { digit, others };
}

/** The contrast of all pixels of shapes, rising. */
export function inksOf(shapes: readonly InkShape[], contrast: Plane): Float32Array {
  return Float32Array.from(
    shapes.flatMap(({ pixels }) => pixels),
    (i) => contrast.values[i] as number,
  ).sort();
}

/** The smallest box around shapes. */
export function boxOf(shapes: readonly InkShape[]): { left: number; top: number; right: number; bottom: number } {
  return {
    left: Math.min(...shapes.map((shape) => shape.left)),
    top: Math.min(...shapes.map((shape) => shape.top)),
    right: Math.max(...shapes.map((shape) => shape.right)),
    bottom: Math.max(...shapes.map((shape) => shape.bottom)),
  };
}

function sizeOf({ left, right, top, bottom }: InkShape): number {
  return Math.max(right - left, bottom - top);
}

function tall({ top, bottom }: InkShape): number {
  return bottom - top;
}

/** A shadow, the edge of the paper or a table: it lies along the border of the page. */
function isEdge({ border }: InkShape): boolean {
  return border > 0.004;
}

/** What lies around the page, such as the table on all sides: it fills most of the photo and has another shape in it. */
function isFrame(shape: InkShape, shapes: readonly InkShape[], width: number, height: number): boolean {
  if (shape.right - shape.left < 0.6 * width || shape.bottom - shape.top < 0.6 * height) return false;
  return shapes.some(
    (other) =>
      other.left > shape.left && other.right < shape.right && other.top > shape.top && other.bottom < shape.bottom,
  );
}

/** Whether shapes come within `room` of the border of the photo: what is beyond the paper does. */
export function touchesBorder(shapes: readonly InkShape[], width: number, height: number, room: number): boolean {
  const { left, top, right, bottom } = boxOf(shapes);
  return Math.min(left, top, width - right, height - bottom) < room;
}

/** Heavier shapes come first, of equal ones that nearer to the middle. */
function importance(shape: InkShape, width: number, height: number): number {
  const x = (shape.left + shape.right) / 2 / width - 0.5;
  const y = (shape.top + shape.bottom) / 2 / height - 0.5;
  return shape.weight * Math.exp(-3 * (x * x + y * y));
}

/** Whether a shape is a part of the digit, such as the bar of a 5: near to it, and not another figure beside it. */
function belongs(shape: InkShape, digit: readonly InkShape[], size: number): boolean {
  return digit.some((part) => {
    const across = Math.max(shape.left - part.right, part.left - shape.right);
    const down = Math.max(shape.top - part.bottom, part.top - shape.bottom);
    if (Math.max(across, down) > 0.18 * size) return false;
    const small = tall(shape) < 0.45 * size;
    if (small)
      return shape.weight > 0.02 * part.weight && Math.hypot(Math.max(0, across), Math.max(0, down)) < 0.14 * size;
    return across < 0.04 * size;
  });
}
