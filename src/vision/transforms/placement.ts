/** Crops, flips and padding: pixels that move as they are, by one kernel however many of them follow each other. */
import { backend } from "../../backend/index.ts";
import { ShapeError, ValueError } from "../../errors.ts";
import { empty, type Tensor, tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { pointer } from "../../tensor/tensor.ts";
import {
  checkProbability,
  checkSize,
  Draws,
  type ImageSize,
  ImageTransform,
  type RandomTransformOptions,
  refuseGradients,
  roundHalfEven,
  sizeOf,
} from "./transform.ts";

/** What lies outside an image: the fill, its last pixel, or its reflection without or with the last pixel. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";
const MODES: readonly PaddingMode[] = ["constant", "edge", "reflect", "symmetric"];

/** Options of transforms that pad. */
export interface PaddingOptions {
  /** The value of padded pixels, 0 unless said otherwise: before ToTensor out of 255. */
  fill?: number;
  paddingMode?: PaddingMode;
}

/** The rule for pixels outside. */
interface Outside {
  readonly mode: PaddingMode;
  readonly fill: number;
}

/** Where an image lies: pixel (r, c) of the result is pixel (top + down · r, left + right · c) of the image. */
export interface Placement {
  readonly top: number;
  readonly down: 1 | -1;
  readonly left: number;
  readonly right: 1 | -1;
}

const NO_PADDING: Outside = { mode: "constant", fill: 0 };

/** A transform that only moves pixels. */
export abstract class PlacementTransform extends ImageTransform<Placement> {
  /** @internal The rule for pixels outside. */
  outside(): Outside {
    return NO_PADDING;
  }
  /** @internal Whether images of this size may need pixels from outside. */
  pads(_size: ImageSize): boolean {
    return false;
  }

  apply(images: Tensor, choices: readonly Placement[]): Tensor {
    const size = this.sizeAfter(sizeOf(images));
    return place(images, { size, placements: choices, outside: this.outside() });
  }
}

/** Placements with all that one kernel needs to know. */
export interface Placed {
  readonly size: ImageSize;
  readonly placements: readonly Placement[];
  readonly outside: Outside;
}

/** What a later step does after an earlier one, as one placement. */
function after(first: Placement, then: Placement): Placement {
  return {
    top: first.top + first.down * then.top,
    down: (first.down * then.down) as 1 | -1,
    left: first.left + first.right * then.left,
    right: (first.right * then.right) as 1 | -1,
  };
}

/**
 * The steps from `start` on that amount to one placement: a step that pads joins only when those before it keep the whole image.
 */
export function joinPlacements(
  steps: readonly ImageTransform<unknown>[],
  start: number,
  choices: readonly (readonly unknown[])[],
  images: Tensor,
): Placed & { readonly next: number } {
  let size = sizeOf(images);
  let outside = NO_PADDING;
  let whole = true;
  let placements: readonly Placement[] | undefined;
  let next = start;
  for (; next < steps.length; next++) {
    const step = steps[next];
    if (!(step instanceof PlacementTransform)) break;
    const padded = step.pads(size);
    if (padded && !whole) break;
    if (padded) outside = step.outside();
    const sizeAfter = step.sizeAfter(size);
    whole &&= !padded && sizeAfter[1] === size[1] && sizeAfter[2] === size[2];
    const chosen = choices[next] as readonly Placement[];
    const before = placements;
    placements = before === undefined ? chosen : chosen.map((then, i) => after(before[i] as Placement, then));
    size = sizeAfter;
  }
  return { size, outside, next, placements: placements ?? identityPlacements(images.shape[0] as number) };
}

/** Placements that leave images as they are. */
export function identityPlacements(count: number): readonly Placement[] {
  return new Array<Placement>(count).fill({ top: 0, down: 1, left: 0, right: 1 });
}

const kernels = {
  uint8: backend.kernel("place_images_u8"),
  float32: backend.kernel("place_images_f32"),
  float64: backend.kernel("place_images_f64"),
} as const;
const toFloat = backend.kernel("place_images_u8_f32");

/** Places images [n, channels, height, width]; with a table, bytes become the floats it has for them. */
export function place(images: Tensor, placed: Placed, table?: Tensor): Tensor {
  const [n, channels, height, width] = images.shape as readonly number[] as [number, number, number, number];
  const { size, outside, placements } = placed;
  refuseGradients("crop, flip and padding", images);
  const dtype = images.dtype as keyof typeof kernels;
  const mode = MODES.indexOf(outside.mode);
  if (dtype === "uint8" && !(Number.isInteger(outside.fill) && outside.fill >= 0 && outside.fill <= 255)) {
    throw new ValueError(`fill: uint8 images are filled with whole numbers from 0 to 255; got ${outside.fill}`);
  }
  const y = empty([n, ...size], { dtype: table === undefined ? dtype : "float32" }) as Tensor;
  const numbers = new Int32Array(4 * n);
  for (const [i, { top, down, left, right }] of placements.entries()) numbers.set([top, down, left, right], 4 * i);
  const plan: Tensor = tensor(numbers);
  const sizes = [n, channels, height, width, size[1], size[2]] as const;
  if (table === undefined) {
    kernels[dtype](pointer(images), pointer(y), ...sizes, pointer(plan), mode, outside.fill);
  } else {
    toFloat(pointer(images), pointer(y), ...sizes, pointer(plan), mode, outside.fill, pointer(table));
  }
  return y;
}

/** Left, top, right and bottom out of one, two (left and right, top and bottom) or four numbers. */
type Padding = number | readonly [number, number] | readonly [number, number, number, number];

interface Borders {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function checkBorders(op: string, padding: Padding): Borders {
  const given = typeof padding === "number" ? [padding] : padding;
  const known = Array.isArray(given) && [1, 2, 4].includes(given.length);
  if (!known || !given.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new ValueError(
      `${op}: padding is a whole number from 0, [left and right, top and bottom] or [left, top, right, bottom]; got ${String(padding)}`,
    );
  }
  const [left, top = left, right = left, bottom = top] = given as [number, number?, number?, number?];
  return { left, top, right, bottom };
}

function checkOutside(op: string, { fill = 0, paddingMode = "constant" }: PaddingOptions): Outside {
  if (!MODES.includes(paddingMode)) {
    throw new ValueError(`${op}: paddingMode is ${MODES.join(", ")}; got ${JSON.stringify(paddingMode)}`);
  }
  if (!Number.isFinite(fill)) throw new ValueError(`${op}: fill is a number; got ${String(fill)}`);
  return { mode: paddingMode, fill };
}

/** A reflection has no more pixels than the image. */
function checkReflection(op: string, mode: PaddingMode, borders: Borders, [, height, width]: ImageSize): void {
  if (mode !== "reflect" && mode !== "symmetric") return;
  const most = mode === "reflect" ? 1 : 0;
  if (Math.max(borders.top, borders.bottom) <= height - most && Math.max(borders.left, borders.right) <= width - most) {
    return;
  }
  const { left, top, right, bottom } = borders;
  throw new ShapeError(
    `${op}: ${mode} padding is ${most === 1 ? "below" : "at most"} the image's size; got [${left}, ${top}, ${right}, ${bottom}] for ${height} × ${width}`,
  );
}

/**
 * Pads an image on its borders, torchvision's Pad.
 *
 * @throws {ValueError} for an unknown option or `paddingMode`, borders that are not one, two or four whole numbers from
 * 0, or a `fill` that is not finite; from `forward` for a uint8 image and a fill that is no byte.
 * @throws {ShapeError} if the image has other axes or no pixels, or a reflection more pixels than it.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.Pad(1, { fill: 9 }).forward(ones(1, 1)).toArray(); // [[9, 9, 9], [9, 1, 9], [9, 9, 9]]
 */
export class Pad extends PlacementTransform {
  readonly #borders: Borders;
  readonly #outside: Outside;

  constructor(padding: Padding, options: PaddingOptions = {}) {
    super();
    this.#borders = checkBorders("Pad", padding);
    checkOptions("Pad", options, ["fill", "paddingMode"]);
    this.#outside = checkOutside("Pad", options);
  }

  override outside(): Outside {
    return this.#outside;
  }
  override pads(): boolean {
    return true;
  }
  sizeAfter(size: ImageSize): ImageSize {
    const { left, top, right, bottom } = this.#borders;
    checkReflection("Pad", this.#outside.mode, this.#borders, size);
    return [size[0], size[1] + top + bottom, size[2] + left + right];
  }
  choose(): Placement {
    return { top: -this.#borders.top, down: 1, left: -this.#borders.left, right: 1 };
  }
}

/**
 * The middle of an image, of size `[height, width]` or a square; what is missing is padded with 0. torchvision's
 * CenterCrop.
 *
 * @throws {ValueError} for a `size` that is no whole number above 0 nor [height, width].
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.CenterCrop(2).forward(arange(16).to("float32").reshape(4, 4)).toArray(); // [[5, 6], [9, 10]]
 */
export class CenterCrop extends PlacementTransform {
  readonly size: readonly [height: number, width: number];

  constructor(size: number | readonly [number, number]) {
    super();
    this.size = checkSize("CenterCrop", size);
  }

  override pads([, height, width]: ImageSize): boolean {
    return this.size[0] > height || this.size[1] > width;
  }
  sizeAfter(size: ImageSize): ImageSize {
    return [size[0], ...this.size];
  }
  choose([, height, width]: ImageSize): Placement {
    const begin = (have: number, want: number): number =>
      want > have ? -Math.floor((want - have) / 2) : roundHalfEven((have - want) / 2);
    return { top: begin(height, this.size[0]), down: 1, left: begin(width, this.size[1]), right: 1 };
  }
}

/** Options of {@link RandomCrop}. */
export interface RandomCropOptions extends PaddingOptions, RandomTransformOptions {
  /** Pixels added on the borders first: one number, [left and right, top and bottom] or [left, top, right, bottom]. */
  padding?: Padding;
  /** Whether images smaller than the crop are padded. */
  padIfNeeded?: boolean;
}

/**
 * A crop of size `[height, width]` or a square, somewhere in the image; torchvision's RandomCrop, with its choices.
 *
 * @throws {ValueError} for an unknown option or `paddingMode`, a `size` that is no whole number above 0 nor
 * [height, width], borders that are none, a `fill` that is not finite, or padding in two ways with a reflection.
 * @throws {ShapeError} if the image has other axes or no pixels, or is smaller than the crop, unless `padIfNeeded`.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomCrop(32, { padding: 4 }).forward(zeros(3, 32, 32)).shape; // [3, 32, 32]
 */
export class RandomCrop extends PlacementTransform {
  readonly size: readonly [height: number, width: number];
  readonly padIfNeeded: boolean;
  readonly #borders: Borders;
  readonly #outside: Outside;
  readonly #draws: Draws;

  constructor(size: number | readonly [number, number], options: RandomCropOptions = {}) {
    super();
    this.size = checkSize("RandomCrop", size);
    checkOptions("RandomCrop", options, ["padding", "padIfNeeded", "fill", "paddingMode", "generator"]);
    this.padIfNeeded = options.padIfNeeded ?? false;
    this.#borders = checkBorders("RandomCrop", options.padding ?? 0);
    this.#outside = checkOutside("RandomCrop", options);
    this.#draws = new Draws("RandomCrop", options.generator);
    const reflects = this.#outside.mode === "reflect" || this.#outside.mode === "symmetric";
    if (reflects && this.padIfNeeded && options.padding !== undefined) {
      throw new ValueError(
        `RandomCrop: padding and padIfNeeded do not go together with ${this.#outside.mode}; put a Pad before`,
      );
    }
  }

  override outside(): Outside {
    return this.#outside;
  }
  override pads(size: ImageSize): boolean {
    const { left, top, right, bottom } = this.#grown(size);
    return left + top + right + bottom > 0;
  }
  sizeAfter(size: ImageSize): ImageSize {
    const borders = this.#grown(size);
    const [height, width] = [size[1] + borders.top + borders.bottom, size[2] + borders.left + borders.right];
    checkReflection("RandomCrop", this.#outside.mode, borders, size);
    if (height < this.size[0] || width < this.size[1]) {
      throw new ShapeError(
        `RandomCrop: the crop is no larger than the padded image; got ${this.size.join(" × ")} out of ${height} × ${width}; padIfNeeded helps`,
      );
    }
    return [size[0], ...this.size];
  }
  choose(size: ImageSize): Placement {
    const { left, top, right, bottom } = this.#grown(size);
    const rows = size[1] + top + bottom - this.size[0];
    const columns = size[2] + left + right - this.size[1];
    // torchvision draws nothing when there is nothing to choose, but both when there is for one axis.
    const chosen = rows !== 0 || columns !== 0;
    const row = chosen ? this.#draws.integer(0, rows + 1) : 0;
    const column = chosen ? this.#draws.integer(0, columns + 1) : 0;
    return { top: row - top, down: 1, left: column - left, right: 1 };
  }

  /** The borders, with what an image that is too small needs on both sides. */
  #grown(size: ImageSize): Borders {
    const { left, top, right, bottom } = this.#borders;
    if (!this.padIfNeeded) return this.#borders;
    const rows = Math.max(0, this.size[0] - size[1] - top - bottom);
    const columns = Math.max(0, this.size[1] - size[2] - left - right);
    return { left: left + columns, top: top + rows, right: right + columns, bottom: bottom + rows };
  }
}

/** Options of random flips. */
export interface RandomFlipOptions extends RandomTransformOptions {
  /** How probable a flip is, 0.5 unless said otherwise. */
  p?: number;
}

abstract class RandomFlip extends PlacementTransform {
  readonly p: number;
  readonly #draws: Draws;

  constructor(op: string, options: RandomFlipOptions) {
    super();
    const { p = 0.5, generator } = checkOptions(op, options, ["p", "generator"]);
    this.p = checkProbability(op, p);
    this.#draws = new Draws(op, generator);
  }

  sizeAfter(size: ImageSize): ImageSize {
    return size;
  }
  /** Whether the next image is flipped. */
  protected flips(): boolean {
    return this.#draws.happens(this.p);
  }
}

/**
 * Left and right swapped, with probability `p`; torchvision's RandomHorizontalFlip, with its choices.
 *
 * @throws {ValueError} for an unknown option, a `p` outside [0, 1], or a `generator` that is none.
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomHorizontalFlip({ p: 1 }).forward(tensor([[0, 1], [2, 3]])).toArray(); // [[1, 0], [3, 2]]
 */
export class RandomHorizontalFlip extends RandomFlip {
  constructor(options: RandomFlipOptions = {}) {
    super("RandomHorizontalFlip", options);
  }

  choose([, , width]: ImageSize): Placement {
    const flipped = this.flips();
    return { top: 0, down: 1, left: flipped ? width - 1 : 0, right: flipped ? -1 : 1 };
  }
}

/**
 * Top and bottom swapped, with probability `p`; torchvision's RandomVerticalFlip, with its choices.
 *
 * @throws {ValueError} for an unknown option, a `p` outside [0, 1], or a `generator` that is none.
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomVerticalFlip({ p: 1 }).forward(tensor([[0, 1], [2, 3]])).toArray(); // [[2, 3], [0, 1]]
 */
export class RandomVerticalFlip extends RandomFlip {
  constructor(options: RandomFlipOptions = {}) {
    super("RandomVerticalFlip", options);
  }

  choose([, height]: ImageSize): Placement {
    const flipped = this.flips();
    return { top: flipped ? height - 1 : 0, down: flipped ? -1 : 1, left: 0, right: 1 };
  }
}
