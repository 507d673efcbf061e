/** Photos of handwritten digits as inputs for networks that learned MNIST. */
import { DTypeError, ShapeError, ValueError } from "../../errors.ts";
import { Tensor, tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { show } from "../../tensor/sizes.ts";
import { readImage } from "../image-file.ts";
import { asMnist, cutOut } from "./form.ts";
import { cropped, type Plane, resized } from "./plane.ts";
import { isClear, type Reading, readAs, readPage } from "./reading.ts";
import { boxOf, type InkShape } from "./shapes.ts";

/** Options of {@link digitFromPhoto}. */
export interface DigitFromPhotoOptions {
  /** What to do with several digits in one photo: throw (`"error"`, the default), or take the most prominent one. */
  several?: "error" | "largest";
}

/** A digit found in a photo. */
export interface PhotographedDigit {
  /** The digit as MNIST has them: float32 [1, 28, 28], 0 for paper, 1 for ink. */
  readonly image: Tensor<[1, 28, 28]>;
  /** Where it is in the photo, in its pixels. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** Whether the photo has light writing on a dark ground. */
  readonly inverted: boolean;
  /** How many ruled lines were taken out. */
  readonly ruledLines: number;
  /** The photo after each step, float32 [height, width] from 0 to 1, to look at. */
  readonly steps: readonly { readonly name: string; readonly image: Tensor }[];
}

/** The longer side that photos are brought to: a digit of a tenth of it still has more pixels than MNIST's. */
const WORKING = 320;
/** Smaller images are enlarged to this, so that strokes are wider than a pixel. */
const SMALLEST = 200;
/** Digits smaller than this part of the working size are read again from near. */
const NEAR = 0.45;

/**
 * Finds the handwritten digit in a photo and brings it into the form of MNIST's images: light, shadows, paper and ruled
 * lines are taken away, the digit is cut out, scaled into 20 × 20 pixels, its strokes made as thick as MNIST's, and its
 * centre of mass put into the middle of 28 × 28.
 *
 * PNG and JPEG (turned upright as their EXIF says), colour, gray or with alpha, of any size, dark on light or light on
 * dark.
 *
 * @param photo A path, the bytes of a file, or a uint8 tensor [height, width] or [channels, height, width] with 1, 3 or 4 channels.
 * @throws {ValueError} for an unknown option, if there is nothing on the photo, or several digits.
 * @throws {FormatError} if the file is no image.
 * @throws {FileError} if the file cannot be read.
 * @throws {ShapeError} for a tensor of another shape, or of fewer than 8 × 4 pixels.
 * @throws {DTypeError} for a tensor that is not uint8.
 * @example
 * const page = full([3, 200, 160], 220, { dtype: "uint8" });
 * page.set([":", "40:160", "70:86"], 40); // a 1 on gray paper
 * const { image, inverted } = digitFromPhoto(page);
 * image.shape; // [1, 28, 28]
 * inverted; // false
 */
export function digitFromPhoto(
  photo: string | Uint8Array | Tensor,
  options: DigitFromPhotoOptions = {},
): PhotographedDigit {
  checkOptions("digitFromPhoto", options, ["several"]);
  const { several = "error" } = options;
  if (several !== "error" && several !== "largest") {
    throw new ValueError(`digitFromPhoto: several is "error" or "largest"; got ${JSON.stringify(several)}`);
  }
  const whole = grayOf(photo instanceof Tensor ? photo : readImage(photo, { mode: "rgba" }));
  const far = viewOf(whole);
  const first = readPage(far.page, Math.max(1, far.scale));
  if (!isClear(first)) throw nothingFound();
  if (first.figures > 1 && several === "error") {
    throw new ValueError(
      `digitFromPhoto: expects one digit in a photo; got ${first.figures} figures; crop it, or take the most prominent by several: "largest"`,
    );
  }
  const { view, reading } = fromNear(whole, far, first);
  const { page, contrast, mask, digit } = reading;
  const cut = cutOut(digit, contrast, reading.threshold);
  const image = asMnist(cut);
  return {
    image: picture(image).reshape(1, 28, 28) as Tensor<[1, 28, 28]>,
    box: placed(view, reading),
    inverted: reading.inverted,
    ruledLines: first.lines,
    steps: [
      { name: "gray", image: picture({ ...far.page, values: far.page.values.map((value) => value / 255) }) },
      { name: "ink", image: picture(contrast) },
      { name: "shapes", image: picture({ ...page, values: shown(mask, digit) }) },
      { name: "cut out", image: picture(cut) },
      { name: "28 × 28", image: picture(image) },
    ],
  };
}

/** The photo, or a part of it, with its longer side between {@link SMALLEST} and {@link WORKING} pixels; `scale` is that of the photo. */
interface View {
  readonly page: Plane;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

function viewOf(part: Plane, left = 0, top = 0): View {
  const side = Math.max(part.width, part.height);
  const scale = side > WORKING ? WORKING / side : side < SMALLEST ? SMALLEST / side : 1;
  return { page: resized(part, atLeastOne(part.width * scale), atLeastOne(part.height * scale)), left, top, scale };
}

/** A digit that is small in its photo is read again from near, where its thin strokes have more pixels and the light is more even. */
function fromNear(whole: Plane, far: View, reading: Reading): { view: View; reading: Reading } {
  const { left, top, right, bottom } = boxOf(reading.digit);
  const size = Math.max(right - left, bottom - top);
  if (far.scale >= 1 || size > NEAR * WORKING) return { view: far, reading };
  const room = 0.6 * size;
  const x = Math.max(0, Math.floor((left - room) / far.scale));
  const y = Math.max(0, Math.floor((top - room) / far.scale));
  const width = Math.min(whole.width, Math.ceil((right + room) / far.scale)) - x;
  const height = Math.min(whole.height, Math.ceil((bottom + room) / far.scale)) - y;
  const view = viewOf(cropped(whole, x, y, width, height), x, y);
  const near = readAs(view.page, Math.max(1, view.scale), reading.inverted);
  if (!isClear(near)) return { view: far, reading };
  const [a, b] = [placed(far, reading), placed(view, near)];
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  const same = across > 0.7 * Math.max(a.width, b.width) && down > 0.7 * Math.max(a.height, b.height);
  return same ? { view, reading: near } : { view: far, reading };
}

/** Where the digit is in the photo. */
function placed(view: View, { digit }: Reading): PhotographedDigit["box"] {
  const { left, top, right, bottom } = boxOf(digit);
  return {
    left: view.left + left / view.scale,
    top: view.top + top / view.scale,
    width: (right - left) / view.scale,
    height: (bottom - top) / view.scale,
  };
}

function nothingFound(): ValueError {
  return new ValueError(
    "digitFromPhoto: expects a digit in the photo; got nothing that stands out from the paper; use a darker pen, more light, or go nearer",
  );
}

function atLeastOne(size: number): number {
  return Math.max(1, Math.round(size));
}

function picture({ width, height, values }: Plane): Tensor {
  return tensor(values).reshape(height, width);
}

/** What was taken as ink: the digit white, all else gray. */
function shown(mask: Uint8Array, digit: readonly InkShape[]): Float32Array {
  const values = Float32Array.from(mask, (one) => 0.35 * one);
  for (const { pixels } of digit) for (const i of pixels) values[i] = 1;
  return values;
}

/** An image as gray from 0 to 255; what is transparent shows paper of the other brightness than what is not. */
function grayOf(image: Tensor): Plane {
  const { shape, dtype } = image as Tensor;
  const [channels, height, width] = (shape.length === 2 ? [1, ...shape] : shape) as [number, number, number];
  if (dtype !== "uint8") throw new DTypeError(`digitFromPhoto: takes an image of bytes, uint8; got ${dtype}`);
  if (shape.length < 2 || shape.length > 3 || ![1, 3, 4].includes(channels)) {
    throw new ShapeError(
      `digitFromPhoto: takes [height, width] or [channels, height, width] with 1, 3 or 4 channels; got ${show(shape)}`,
    );
  }
  if (height < 8 || width < 4) {
    throw new ShapeError(`digitFromPhoto: a digit needs at least 8 × 4 pixels; got ${height} × ${width}`);
  }
  const bytes = image.data();
  const plane = width * height;
  const luma = (i: number): number =>
    channels === 1
      ? (bytes[i] as number)
      : 0.299 * (bytes[i] as number) + 0.587 * (bytes[plane + i] as number) + 0.114 * (bytes[2 * plane + i] as number);
  const values = Float32Array.from({ length: plane }, (_, i) => luma(i));
  if (channels === 4) onPaper(values, bytes.subarray(3 * plane));
  return { width, height, values };
}

function onPaper(values: Float32Array, alpha: ArrayLike<number>): void {
  let [sum, light] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += alpha[i] as number;
    light += (alpha[i] as number) * (values[i] as number);
  }
  const paper = light > 150 * sum ? 0 : 255;
  for (let i = 0; i < values.length; i++) {
    const share = (alpha[i] as number) / 255;
    values[i] = share * (values[i] as number) + (1 - share) * paper;
  }
}
