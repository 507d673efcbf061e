/** Gray pictures as floats, and the filters that find ink in them. */

/** A gray picture, row after row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A picture of the same size with other values. */
export function mapped(plane: Plane, f: (value: number, index: number) => number): Plane {
  return { ...plane, values: plane.values.map(f) };
}

/** A part of the picture. */
export function cropped(plane: Plane, left: number, top: number, width: number, height: number): Plane {
  const values = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * plane.width + left;
    values.set(plane.values.subarray(from, from + width), row * width);
  }
  return { width, height, values };
}

/** The picture at another size: each new pixel is the mean of what it covers, or lies between its neighbours where it is smaller than they are. */
export function resized(plane: Plane, width: number, height: number): Plane {
  const across = alongRows(plane.values, plane.width, plane.height, width);
  const down = alongRows(transposed(across, width, plane.height), plane.height, width, height);
  return { width, height, values: transposed(down, height, width) };
}

function alongRows(values: Float32Array, from: number, rows: number, to: number): Float32Array {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const result = new Float32Array(to * rows);
  for (let i = 0; i < to; i++) {
    const middle = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - reach));
    const last = Math.min(from - 1, Math.ceil(middle + reach) - 1);
    let sum = 0;
    const weights: number[] = [];
    for (let k = first; k <= last; k++) {
      const weight = Math.max(0, 1 - Math.abs(k + 0.5 - middle) / reach);
      weights.push(weight);
      sum += weight;
    }
    for (let row = 0; row < rows; row++) {
      let value = 0;
      for (let k = first; k <= last; k++) value += (weights[k - first] as number) * (values[row * from + k] as number);
      result[row * to + i] = value / sum;
    }
  }
  return result;
}

/** `rows` rows of `width` values as `width` rows. */
export function transposed<T extends Float32Array | Uint8Array>(values: T, width: number, rows: number): T {
  const result = values.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) result[column * rows + row] = values[row * width + column] as number;
  }
  return result;
}

/** Applies a filter of rows to rows and columns. */
function bothWays(plane: Plane, filter: (row: Float32Array, result: Float32Array) => void): Plane {
  const once = (values: Float32Array, length: number): Float32Array => {
    const result = new Float32Array(values.length);
    for (let at = 0; at < values.length; at += length) {
      filter(values.subarray(at, at + length), result.subarray(at, at + length));
    }
    return result;
  };
  const { width, height, values } = plane;
  const rows = once(values, width);
  const columns = once(transposed(rows, width, height), height);
  return { width, height, values: transposed(columns, height, width) };
}

/** The greatest value within `radius` in both directions: the picture dilated by a square. */
export function greatest(plane: Plane, radius: number): Plane {
  return radius < 1 ? plane : bothWays(plane, (row, result) => slideMost(row, result, radius));
}

/** The least value within `radius` in both directions. */
export function least(plane: Plane, radius: number): Plane {
  const turned = greatest(
    mapped(plane, (value) => -value),
    radius,
  );
  return mapped(turned, (value) => -value);
}

/** What is brighter than all around it stays, what is dark and narrower than the square is filled: the paper without its ink. */
export function closing(plane: Plane, radius: number): Plane {
  return least(greatest(plane, radius), radius);
}

/** The greatest value in a sliding window, by a queue of falling candidates. */
function slideMost(row: Float32Array, result: Float32Array, radius: number): void {
  const queue = new Int32Array(row.length);
  let [head, tail] = [0, 0];
  for (let next = 0, i = 0; i < row.length; i++) {
    for (; next < row.length && next <= i + radius; next++) {
      while (tail > head && (row[queue[tail - 1] as number] as number) <= (row[next] as number)) tail--;
      queue[tail++] = next;
    }
    while ((queue[head] as number) < i - radius) head++;
    result[i] = row[queue[head] as number] as number;
  }
}

/** Three means within `radius` in both directions, which is nearly a Gaussian. */
export function blurred(plane: Plane, radius: number): Plane {
  if (radius < 1) return plane;
  let result = plane;
  for (let i = 0; i < 3; i++) result = bothWays(result, (row, to) => slideMean(row, to, radius));
  return result;
}

function slideMean(row: Float32Array, result: Float32Array, radius: number): void {
  const last = row.length - 1;
  const at = (i: number): number => row[Math.min(last, Math.max(0, i))] as number;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i <= last; i++) {
    result[i] = sum / (2 * radius + 1);
    sum += at(i + radius + 1) - at(i - radius);
  }
}

/** The middle one of the values. */
export function median(values: ArrayLike<number>): number {
  return Float32Array.from(values).sort()[Math.floor(values.length / 2)] as number;
}
