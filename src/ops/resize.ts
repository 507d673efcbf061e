/** Images enlarged and reduced: weights for each axis, and one kernel for all ways of weighting. */
import { record, tracks } from "../autograd/node.ts";
import { backend, type Kernel } from "../backend/index.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { tensor } from "./create.ts";
import { pointer } from "./kernels.ts";
import { contiguous } from "./layout.ts";

/** How pixels are weighted; "nearest-exact" takes the pixel around the middle, "nearest" the one around the corner, as PyTorch does. */
export type ResizeMode = "nearest" | "nearest-exact" | "bilinear" | "bicubic";

export interface ResizeWeights {
  readonly mode: ResizeMode;
  /** Whether the middles of the corner pixels stay where they are, instead of the corners. For "bilinear" and "bicubic". */
  readonly alignCorners: boolean;
  /** Whether reducing averages over all pixels that fall together. For "bilinear" and "bicubic". */
  readonly antialias: boolean;
}

/** For each position of the new axis where its span of old ones begins and how many there are, and `taps` weights. */
interface Axis {
  readonly spans: Int32Array;
  readonly weights: Float64Array;
  readonly taps: number;
}

/** A number of the precision that PyTorch computes positions in. */
type Rounding = (x: number) => number;

const exactly: Rounding = (x) => x;

/** The cubic convolution kernel; PyTorch takes a = -0.75, and as PIL does -0.5 with antialiasing. */
function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

/** Positions [first, weights] of every output position, as PyTorch's upsample kernels compute them. */
function spansOf(from: number, to: number, { mode, alignCorners, antialias }: ResizeWeights, round: Rounding): Axis {
  const found: [first: number, weights: number[]][] = [];
  const aligned = alignCorners && (mode === "bilinear" || mode === "bicubic");
  const scale = aligned ? (to > 1 ? round((from - 1) / (to - 1)) : 0) : round(from / to);
  for (let i = 0; i < to; i++) {
    if (mode === "nearest") found.push([Math.min(Math.floor(round(i * scale)), from - 1), [1]]);
    else if (mode === "nearest-exact") {
      found.push([Math.min(Math.floor(round(round(i + 0.5) * scale)), from - 1), [1]]);
    } else if (antialias) found.push(averaged(i, from, scale, mode, round));
    else {
      const at = aligned ? round(i * scale) : round(round(scale * (i + 0.5)) - 0.5);
      found.push(mode === "bilinear" ? twoTaps(Math.max(at, 0), from, round) : fourTaps(at, from));
    }
  }
  const taps = Math.max(...found.map(([, weights]) => weights.length));
  const spans = new Int32Array(2 * to);
  const weights = new Float64Array(taps * to);
  for (const [i, [first, some]] of found.entries()) {
    spans.set([first, some.length], 2 * i);
    weights.set(some, i * taps);
  }
  return { spans, weights, taps };
}

function twoTaps(at: number, from: number, round: Rounding): [number, number[]] {
  const first = Math.min(Math.floor(at), from - 1);
  const rest = round(Math.min(Math.max(at - first, 0), 1));
  return first === from - 1 ? [first, [1]] : [first, [round(1 - rest), rest]];
}

/** Four pixels, those beyond the border being the one on it. */
function fourTaps(at: number, from: number): [number, number[]] {
  const middle = Math.floor(at);
  const inside = (i: number): number => Math.min(Math.max(i, 0), from - 1);
  const first = inside(middle - 1);
  const weights = new Array<number>(inside(middle + 2) - first + 1).fill(0);
  for (let k = -1; k <= 2; k++) {
    const place = inside(middle + k) - first;
    weights[place] = (weights[place] as number) + cubic(at - middle - k, -0.75);
  }
  return [first, weights];
}

/** All pixels under the filter, which is as wide as an output pixel when the image is reduced. */
function averaged(i: number, from: number, scale: number, mode: ResizeMode, round: Rounding): [number, number[]] {
  const radius = mode === "bilinear" ? 1 : 2;
  const support = round(scale >= 1 ? radius * scale : radius);
  const inverse = scale >= 1 ? round(1 / scale) : 1;
  const center = round(scale * (i + 0.5));
  const first = Math.max(Math.trunc(center - support + 0.5), 0);
  const count = Math.max(Math.min(Math.trunc(center + support + 0.5), from) - first, 1);
  const weights = Array.from({ length: count }, (_, k) => {
    const x = (k + first - center + 0.5) * inverse;
    return mode === "bilinear" ? Math.max(0, 1 - Math.abs(x)) : cubic(x, -0.5);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [first, weights.map((weight) => weight / total)];
}

const kernels = {
  uint8: backend.kernel("resize_u8"),
  float32: backend.kernel("resize_f32"),
  float64: backend.kernel("resize_f64"),
} as const;
const backwardKernels = {
  float32: backend.kernel("resize_backward_f32"),
  float64: backend.kernel("resize_backward_f64"),
} as const;

/**
 * Images [n, channels, height, width] at another size: uint8 (rounded), float32 or float64, with gradients for floats. Checks nothing;
 * the sizes are whole numbers above 0 and the images have at least one pixel.
 */
export function resizeImages(images: Tensor, size: readonly [number, number], how: ResizeWeights): Tensor {
  const dtype = images.dtype as keyof typeof kernels;
  const [n, channels, height, width] = images.shape as readonly number[] as [number, number, number, number];
  const round = dtype === "float64" ? exactly : Math.fround;
  const array = dtype === "float64" ? Float64Array : Float32Array;
  const axis = (from: number, to: number): { spans: Tensor; weights: Tensor; taps: number } => {
    const { spans, weights, taps } = spansOf(from, to, how, round);
    return { spans: tensor(spans), weights: tensor(array.from(weights)), taps };
  };
  const rows = axis(height, size[0]);
  const columns = axis(width, size[1]);
  const run = (kernel: Kernel, from: Tensor, to: Tensor): void => {
    kernel(
      ...[pointer(from), pointer(to), n * channels, height, width, ...size],
      ...[pointer(rows.spans), pointer(rows.weights), rows.taps],
      ...[pointer(columns.spans), pointer(columns.weights), columns.taps],
    );
  };
  // Resizing is linear, so either direction is the gradient of the other.
  const enlarged = (from: Tensor): Tensor => {
    const y = empty([n, channels, ...size], dtype);
    run(kernels[dtype], contiguous.call(from), y);
    if (tracks(from)) record(y, "resize", [from], [gathered]);
    return y;
  };
  const gathered = (from: Tensor): Tensor => {
    const y = empty([n, channels, height, width], dtype);
    run(backwardKernels[dtype as "float32"], contiguous.call(from), y);
    if (tracks(from)) record(y, "resize_backward", [from], [enlarged]);
    return y;
  };
  return enlarged(images);
}
