/** Rotations and other affine maps, by one kernel over a whole batch. */
import { backend } from "../../backend/index.ts";
import { ShapeError, ValueError } from "../../errors.ts";
import { empty, type Tensor, tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { pointer } from "../../tensor/tensor.ts";
import {
  Draws,
  type ImageSize,
  ImageTransform,
  type RandomTransformOptions,
  refuseGradients,
  roundHalfEven,
  sizeOf,
} from "./transform.ts";

/** Options of transforms that sample images between their pixels. */
export interface SamplingOptions extends RandomTransformOptions {
  /** How pixels are sampled, "nearest" unless said otherwise. */
  interpolation?: "nearest" | "bilinear";
  /** The value of pixels from outside, for all channels or each: 0 unless said otherwise. */
  fill?: number | readonly number[];
  /** The point [x, y] that stays, in pixels from the upper left corner: the middle unless said otherwise. */
  center?: readonly [x: number, y: number];
}

/** For an output pixel the input pixel, both from the middle of the image: [a, b, tx, c, d, ty]. */
type Matrix = readonly [number, number, number, number, number, number];

/** A rotation in degrees clockwise, a move in pixels, a scale and two shears in degrees, about a point from the middle. */
interface AffineMap {
  readonly angle: number;
  readonly translate: readonly [number, number];
  readonly scale: number;
  readonly shear: readonly [number, number];
  readonly center: readonly [number, number];
}

/**
 * The inverse of move · center · rotation · shear · scale · center⁻¹, in torchvision's order of operations
 * (torchvision.transforms.functional._get_inverse_affine_matrix).
 */
function inverseMatrix({ angle, translate, scale, shear, center }: AffineMap): Matrix {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [turn, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const a = Math.cos(turn - sy) / Math.cos(sy);
  const b = (-Math.cos(turn - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(turn);
  const c = Math.sin(turn - sy) / Math.cos(sy);
  const d = (-Math.sin(turn - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(turn);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const [x, y] = [-center[0] - translate[0], -center[1] - translate[1]];
  return [m0, m1, m0 * x + m1 * y + center[0], m3, m4, m3 * x + m4 * y + center[1]];
}

const kernels = {
  uint8: backend.kernel("affine_images_u8"),
  float32: backend.kernel("affine_images_f32"),
  float64: backend.kernel("affine_images_f64"),
} as const;

/** A transform that samples every image under a map of its own. */
abstract class AffineTransform extends ImageTransform<Matrix> {
  readonly interpolation: "nearest" | "bilinear";
  readonly #fill: readonly number[];
  readonly #center: readonly [number, number] | undefined;
  protected readonly draws: Draws;

  protected constructor(op: string, { interpolation = "nearest", fill = 0, center, generator }: SamplingOptions) {
    super();
    if (interpolation !== "nearest" && interpolation !== "bilinear") {
      throw new ValueError(`${op}: interpolation is "nearest" or "bilinear"; got ${JSON.stringify(interpolation)}`);
    }
    this.interpolation = interpolation;
    this.#fill = typeof fill === "number" ? [fill] : fill;
    if (!Array.isArray(this.#fill) || this.#fill.length === 0 || !this.#fill.every(Number.isFinite)) {
      throw new ValueError(`${op}: fill is a number, or one for each channel; got ${String(fill)}`);
    }
    if (center !== undefined && !(center.length === 2 && center.every(Number.isFinite))) {
      throw new ValueError(`${op}: center is [x, y]; got ${String(center)}`);
    }
    this.#center = center;
    this.draws = new Draws(op, generator);
  }

  /** The map of one image, but for its center. */
  protected abstract map(size: ImageSize): Omit<AffineMap, "center">;

  sizeAfter(size: ImageSize): ImageSize {
    if (this.#fill.length !== 1 && this.#fill.length !== size[0]) {
      throw new ShapeError(`fill: one number, or one for each of ${size[0]} channels; got ${this.#fill.length}`);
    }
    return size;
  }
  choose(size: ImageSize): Matrix {
    const [, height, width] = size;
    const point = this.#center;
    const center = point === undefined ? ([0, 0] as const) : ([point[0] - width / 2, point[1] - height / 2] as const);
    return inverseMatrix({ ...this.map(size), center });
  }
  apply(images: Tensor, choices: readonly Matrix[]): Tensor {
    refuseGradients(this.constructor.name, images);
    const [channels, height, width] = sizeOf(images);
    const dtype = images.dtype as keyof typeof kernels;
    const y = empty(images.shape, { dtype }) as Tensor;
    const matrices: Tensor = tensor(Float64Array.from(choices.flat()));
    const fills: Tensor = tensor(
      Float64Array.from({ length: channels }, (_, i) => this.#fill[this.#fill.length === 1 ? 0 : i] as number),
    );
    const sizes = [choices.length, channels, height, width] as const;
    const bilinear = this.interpolation === "bilinear" ? 1 : 0;
    kernels[dtype](pointer(images), pointer(y), ...sizes, pointer(matrices), bilinear, pointer(fills));
    return y;
  }
}

/** One number stands for the range from its negative to itself. */
function checkRange(op: string, what: string, range: number | readonly number[]): [number, number] {
  const pair = typeof range === "number" ? [-range, range] : range;
  const ordered = Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite) && pair[0] <= pair[1];
  if (!ordered || (typeof range === "number" && range < 0)) {
    throw new ValueError(`${op}: ${what} is a number from 0, or [least, most]; got ${String(range)}`);
  }
  return pair as unknown as [number, number];
}

const SAMPLING: readonly (keyof SamplingOptions)[] = ["interpolation", "fill", "center", "generator"];

/**
 * An image turned by an angle between -degrees and degrees, or of a range; counter-clockwise. torchvision's
 * RandomRotation without `expand`, with its choices.
 *
 * @throws {ValueError} for an unknown option or value: degrees that are no range, a `fill` or `center` that is not
 * finite.
 * @throws {ShapeError} if the image has other axes or no pixels, or `fill` is not one number, or one for each channel.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomRotation([90, 90]).forward(tensor([[0, 1], [2, 3]])).toArray(); // [[1, 3], [0, 2]]
 */
export class RandomRotation extends AffineTransform {
  readonly degrees: readonly [number, number];

  constructor(degrees: number | readonly [number, number], options: SamplingOptions = {}) {
    super("RandomRotation", checkOptions("RandomRotation", options, SAMPLING));
    this.degrees = checkRange("RandomRotation", "degrees", degrees);
  }

  protected map(): Omit<AffineMap, "center"> {
    // Positive angles turn counter-clockwise here and clockwise in an affine map.
    const angle = -this.draws.uniform(...this.degrees);
    return { angle, translate: [0, 0], scale: 1, shear: [0, 0] };
  }
}

/** Options of {@link RandomAffine}. */
export interface RandomAffineOptions extends SamplingOptions {
  /** The farthest moves, as parts of width and height. */
  translate?: readonly [x: number, y: number];
  /** The range of scales. */
  scale?: readonly [least: number, most: number];
  /** Shears in degrees: of x in ±shear or [least, most], or of x and y in [xLeast, xMost, yLeast, yMost]. */
  shear?: number | readonly [number, number] | readonly [number, number, number, number];
}

/**
 * An image turned (clockwise, between -degrees and degrees or of a range), moved, scaled and sheared at random;
 * torchvision's RandomAffine, with its choices.
 *
 * @throws {ValueError} for an unknown option or value: degrees, scales and shears that are no range, a `fill` or
 * `center` that is not finite.
 * @throws {ShapeError} if the image has other axes or no pixels, or `fill` is not one number, or one for each channel.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomAffine(10, { translate: [0.1, 0.1] }).forward(zeros(3, 8, 8)).shape; // [3, 8, 8]
 */
export class RandomAffine extends AffineTransform {
  readonly degrees: readonly [number, number];
  readonly #translate: readonly [number, number] | undefined;
  readonly #scale: readonly [number, number] | undefined;
  readonly #shear: readonly number[] | undefined;

  constructor(degrees: number | readonly [number, number], options: RandomAffineOptions = {}) {
    super("RandomAffine", checkOptions("RandomAffine", options, [...SAMPLING, "translate", "scale", "shear"]));
    this.degrees = checkRange("RandomAffine", "degrees", degrees);
    const { translate, scale, shear } = options;
    if (translate !== undefined && !(translate.length === 2 && translate.every((part) => part >= 0 && part <= 1))) {
      throw new ValueError(`RandomAffine: translate is [x, y], each from 0 to 1; got ${String(translate)}`);
    }
    if (scale !== undefined && !(checkRange("RandomAffine", "scale", scale)[0] > 0)) {
      throw new ValueError(`RandomAffine: scales are above 0; got ${String(scale)}`);
    }
    this.#translate = translate;
    this.#scale = scale;
    if (shear === undefined) return;
    const four = typeof shear !== "number" && shear.length === 4;
    this.#shear = four
      ? [
          ...checkRange("RandomAffine", "shear", shear.slice(0, 2)),
          ...checkRange("RandomAffine", "shear", shear.slice(2)),
        ]
      : checkRange("RandomAffine", "shear", shear as number | readonly number[]);
  }

  protected map([, height, width]: ImageSize): Omit<AffineMap, "center"> {
    const angle = this.draws.uniform(...this.degrees);
    const move = (part: number | undefined, size: number): number =>
      part === undefined ? 0 : roundHalfEven(this.draws.uniform(-part * size, part * size));
    const x = move(this.#translate?.[0], width);
    const y = move(this.#translate?.[1], height);
    const scale = this.#scale === undefined ? 1 : this.draws.uniform(...this.#scale);
    const shear = (from: number): number => {
      const [least, most] = [this.#shear?.[from], this.#shear?.[from + 1]];
      return least === undefined || most === undefined ? 0 : this.draws.uniform(least, most);
    };
    return { angle, translate: [x, y], scale, shear: [shear(0), shear(2)] };
  }
}
