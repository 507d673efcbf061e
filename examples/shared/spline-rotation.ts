/** Rotations with cubic splines, as `scipy.ndimage.rotate` does them unless told otherwise (order 3, mode "constant", no reshaping). */
import { type Tensor, tensor } from "nabla";

/** The pole of the filter that turns samples into coefficients of cubic B-splines (Unser, 1999). */
const POLE = Math.sqrt(3) - 2;

/**
 * A rotation of images [n, size · size] by an angle in degrees, counterclockwise. A rotated pixel is a sum of the image's pixels, so that
 * the whole of it is one matrix, made here, and a batch of images is one product. Pixels from outside the image are `cval`.
 */
export function splineRotation(size: number, angle: number, cval: number): (images: Tensor) => Tensor {
  const filter = tensor(Array.from({ length: size }, (_, i) => coefficients(unit(size, i)))).t() as Tensor;
  const { weights, outside } = sampling(size, (angle * Math.PI) / 180);
  const matrix = weights.matmul(filter.kron(filter)).to("float32").t().contiguous();
  const border = outside.mul(cval);
  return (images) => images.matmul(matrix).add(border);
}

function unit(size: number, at: number): Float64Array {
  const values = new Float64Array(size);
  values[at] = 1;
  return values;
}

/** The coefficients of the spline through the samples, which go on mirrored about the first and the last one. */
function coefficients(samples: Float64Array): Float64Array {
  const n = samples.length;
  const c = samples.map((value) => 6 * value);
  let first = 0;
  for (let k = 0; k < 2 * n - 2; k++) first += POLE ** k * (c[k < n ? k : 2 * n - 2 - k] as number);
  c[0] = first / (1 - POLE ** (2 * n - 2));
  for (let i = 1; i < n; i++) c[i] = (c[i] as number) + POLE * (c[i - 1] as number);
  c[n - 1] = (POLE / (POLE * POLE - 1)) * ((c[n - 1] as number) + POLE * (c[n - 2] as number));
  for (let i = n - 2; i >= 0; i--) c[i] = POLE * ((c[i + 1] as number) - (c[i] as number));
  return c;
}

/** The share of every coefficient in every rotated pixel, and the pixels that come from outside. */
function sampling(size: number, turn: number): { weights: Tensor; outside: Tensor } {
  const weights = new Float64Array(size ** 4);
  const outside = new Float32Array(size ** 2);
  const middle = (size - 1) / 2;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let i = 0; i < size * size; i++) {
    const [down, right] = [Math.floor(i / size) - middle, (i % size) - middle];
    const y = cos * down + sin * right + middle;
    const x = cos * right - sin * down + middle;
    if (Math.min(x, y) < 0 || Math.max(x, y) > size - 1) {
      outside[i] = 1;
      continue;
    }
    for (const [row, a] of basis(y, size)) {
      for (const [column, b] of basis(x, size)) {
        const at = i * size * size + row * size + column;
        weights[at] = (weights[at] as number) + a * b;
      }
    }
  }
  return { weights: tensor(weights).reshape(size * size, size * size) as Tensor, outside: tensor(outside) as Tensor };
}

/** The four coefficients around a coordinate with their shares. */
function basis(at: number, size: number): [place: number, share: number][] {
  const start = Math.floor(at) - 1;
  return [0, 1, 2, 3].map((k) => {
    const t = Math.abs(at - start - k);
    const share = t < 1 ? 2 / 3 - t * t + t ** 3 / 2 : Math.max(0, 2 - t) ** 3 / 6;
    const place = Math.abs(start + k);
    return [place < size ? place : 2 * size - 2 - place, share];
  });
}
