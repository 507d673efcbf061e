/** From the ink of one digit to the form of MNIST's images. */
import { blurred, greatest, mapped, type Plane, resized } from "./plane.ts";
import { boxOf, type InkShape, inksOf } from "./shapes.ts";

/** Side of an MNIST image, and of the box in it that the digit fills. */
const SIDE = 28;
const BOX = 20;
/** Where MNIST has the centre of mass: in the middle of pixel 14. */
const MIDDLE = 14.5;
/** Width of a stroke in MNIST, as part of the digit's longer side. Thinner pens are thickened to it. */
const STROKE = 0.115;
/** Strokes this many times as wide are wider than nearly all of MNIST's, and are thinned. */
const THICK = 1.7;
/** The digit is brought to at least this size before it is placed, so that it can be placed by parts of a pixel. */
const FINE = 160;

/** The digit's shapes alone, their contrast from 0 to 1, in the smallest box with some room around. */
export function cutOut(shapes: readonly InkShape[], contrast: Plane, threshold: number): Plane {
  const { left, top, right, bottom } = boxOf(shapes);
  const [width, height] = [right - left, bottom - top];
  const inks = inksOf(shapes, contrast);
  const full = inks[Math.floor(0.6 * inks.length)] as number;
  const least = 0.45 * threshold;
  const room = 2;
  const cut = { width: width + 2 * room, height: height + 2 * room };
  const own = new Float32Array(cut.width * cut.height);
  for (const i of shapes.flatMap((shape) => shape.pixels)) {
    const [x, y] = [i % contrast.width, Math.floor(i / contrast.width)];
    own[(y - top + room) * cut.width + x - left + room] = 1;
  }
  const near = greatest({ ...cut, values: own }, 1);
  const values = near.values.map((one, i) => {
    const [x, y] = [(i % cut.width) - room + left, Math.floor(i / cut.width) - room + top];
    if (one === 0 || x < 0 || y < 0 || x >= contrast.width || y >= contrast.height) return 0;
    const value = contrast.values[y * contrast.width + x] as number;
    return Math.min(1, Math.max(0, (value - least) / (full - least)));
  });
  return { ...cut, values };
}

/** The digit as an image of MNIST: 28 × 28, its longer side 20 pixels, its strokes about as thick, its centre of mass in the middle. */
export function asMnist(digit: Plane): Plane {
  const zoom = Math.max(1, FINE / Math.max(digit.width, digit.height));
  const fine = resized(digit, Math.round(zoom * digit.width), Math.round(zoom * digit.height));
  const thick = asWideAsMnist(fine);
  const { left, top, right, bottom } = inked(thick);
  const box = Math.max(right - left, bottom - top);
  const side = Math.round((box * SIDE) / BOX);
  const [x, y] = centreOfMass(thick);
  const canvas = { width: side, height: side, values: new Float32Array(side * side) };
  const [dx, dy] = [Math.round((MIDDLE / SIDE) * side - x), Math.round((MIDDLE / SIDE) * side - y)];
  for (let row = 0; row < thick.height; row++) {
    for (let column = 0; column < thick.width; column++) {
      const [to, down] = [column + dx, row + dy];
      if (to < 0 || down < 0 || to >= side || down >= side) continue;
      canvas.values[down * side + to] = thick.values[row * thick.width + column] as number;
    }
  }
  const small = resized(canvas, SIDE, SIDE);
  const bright = [...small.values].sort((a, b) => b - a)[12] as number;
  return { ...small, values: small.values.map((value) => Math.min(1, value / bright)) };
}

/** Thin strokes made as wide as MNIST's have them, and thick ones thinner, so that what they enclose opens again. */
function asWideAsMnist(digit: Plane): Plane {
  const { left, top, right, bottom } = inked(digit);
  const usual = STROKE * Math.max(right - left, bottom - top);
  const width = strokeWidth(digit);
  if (width > THICK * usual) return thinned(digit, Math.round((width - usual) / 2));
  const missing = Math.round((usual - width) / 2);
  if (missing < 1) return digit;
  const wide = withRoom(digit, missing + 1);
  return blurred(roundDilated(wide, missing), Math.round(missing / 4));
}

/** The digit without the outermost `radius` of its strokes: its ground is dilated. */
function thinned(digit: Plane, radius: number): Plane {
  const ground = mapped(withRoom(digit, radius), (value) => 1 - value);
  const thin = mapped(roundDilated(ground, radius), (value) => 1 - value);
  return thin.values.some((value) => value > 0.9) ? thin : digit;
}

function withRoom(digit: Plane, room: number): Plane {
  const wide = { width: digit.width + 2 * room, height: digit.height + 2 * room };
  const values = new Float32Array(wide.width * wide.height);
  for (let row = 0; row < digit.height; row++) {
    const from = digit.values.subarray(row * digit.width, (row + 1) * digit.width);
    values.set(from, (row + room) * wide.width + room);
  }
  return { ...wide, values };
}

/** The greatest value within a circle. */
function roundDilated(plane: Plane, radius: number): Plane {
  const { width, height, values } = plane;
  const result = new Float32Array(values.length);
  for (let dy = -radius; dy <= radius; dy++) {
    const half = Math.floor(Math.sqrt(radius * radius - dy * dy + 0.5));
    for (let y = Math.max(0, dy); y < Math.min(height, height + dy); y++) {
      for (let x = 0; x < width; x++) {
        const value = values[(y - dy) * width + x] as number;
        if (value === 0) continue;
        for (let to = Math.max(0, x - half); to <= Math.min(width - 1, x + half); to++) {
          if ((result[y * width + to] as number) < value) result[y * width + to] = value;
        }
      }
    }
  }
  return { ...plane, values: result };
}

/** The mean width of the strokes: twice their area over the length of their outline. */
export function strokeWidth({ width, height, values }: Plane): number {
  let [area, outline] = [0, 0];
  const isInk = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && (values[y * width + x] as number) > 0.5;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue;
      area++;
      if (!isInk(x - 1, y) || !isInk(x + 1, y) || !isInk(x, y - 1) || !isInk(x, y + 1)) outline++;
    }
  }
  return outline === 0 ? 0 : (2 * area) / outline;
}

function inked({ width, height, values }: Plane): { left: number; top: number; right: number; bottom: number } {
  let [left, top, right, bottom] = [width, height, 0, 0];
  values.forEach((value, i) => {
    if (value < 0.3) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  });
  return { left, top, right, bottom };
}

function centreOfMass({ width, values }: Plane): readonly [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  values.forEach((value, i) => {
    sum += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  return [x / sum, y / sum];
}
