/** MNIST's digits as if written on paper and photographed: synthesised photos, with light, shadows, rules, perspective, blur and noise. */
import { rand, randn, type Tensor, tensor } from "nabla";

/** A synthesised photo. */
export interface Photo {
  /** uint8 [3, height, width]. */
  readonly image: Tensor;
  /** What was put into it, in words. */
  readonly kind: string;
}

type Color = readonly [red: number, green: number, blue: number];

const PAPERS: readonly Color[] = [
  [246, 244, 240],
  [238, 230, 210],
  [228, 232, 238],
  [214, 210, 202],
  [250, 250, 250],
];
const INKS: readonly Color[] = [
  [25, 25, 30],
  [30, 45, 120],
  [120, 25, 30],
  [70, 70, 72],
  [20, 70, 60],
];
const BOARDS: readonly Color[] = [
  [38, 58, 48],
  [34, 36, 40],
];
const CHALK: Color = [228, 228, 222];
const TABLE: Color = [96, 70, 52];
/** How much of each colour a blue rule takes away. */
const RULE: Color = [0.45, 0.3, 0.12];

/** Numbers drawn at random by nabla's generator, so that `manualSeed` repeats the photos. */
class Draw {
  #values: ArrayLike<number> = [];
  #at = 0;
  number(low: number, high: number): number {
    if (this.#at >= this.#values.length) {
      this.#values = rand(4096).data();
      this.#at = 0;
    }
    return low + (high - low) * (this.#values[this.#at++] as number);
  }
  chance(share: number): boolean {
    return this.number(0, 1) < share;
  }
  one<T>(list: readonly T[]): T {
    return list[Math.min(list.length - 1, Math.floor(this.number(0, list.length)))] as T;
  }
}

/** A smooth random field, from −1 to 1, that repeats in every unit square: values on a grid, with curves in between. */
function noiseField(draw: Draw, cells: number): (u: number, v: number) => number {
  const grid = Float32Array.from({ length: cells * cells }, () => draw.number(-1, 1));
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (u, v) => {
    const [x, y] = [wrapped(u) * cells, wrapped(v) * cells];
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const [s, t] = [ease(x - i), ease(y - j)];
    const at = (column: number, row: number): number => grid[(row % cells) * cells + (column % cells)] as number;
    const above = at(i, j) * (1 - s) + at(i + 1, j) * s;
    const below = at(i, j + 1) * (1 - s) + at(i + 1, j + 1) * s;
    return above * (1 - t) + below * t;
  };
}

function wrapped(value: number): number {
  return value - Math.floor(value);
}

/** Where each pixel of the photo looks at the page: a turn, a tilt away from the camera, and the digit's place and size. */
function camera(draw: Draw, width: number, height: number): (x: number, y: number) => readonly [u: number, v: number] {
  const turn = draw.number(-0.16, 0.16);
  const [tiltX, tiltY] = [draw.number(-0.22, 0.22), draw.number(-0.22, 0.22)];
  const size = draw.number(0.32, 0.8) * Math.min(width, height);
  const free = (side: number): number => Math.max(0, (side - 1.15 * size) / 2);
  const x0 = width / 2 + draw.number(-1, 1) * free(width);
  const y0 = height / 2 + draw.number(-1, 1) * free(height);
  const [cos, sin] = [Math.cos(turn) / size, Math.sin(turn) / size];
  return (x, y) => {
    const [dx, dy] = [x - x0, y - y0];
    const depth = 1 + (tiltX * dx) / width + (tiltY * dy) / height;
    return [(cos * dx - sin * dy) / depth, (sin * dx + cos * dy) / depth];
  };
}

/** How much ink lies at a place of the page: the digit between −0.5 and 0.5, its edges sharpened as a pen's are. */
function penOf(digit: ArrayLike<number>, draw: Draw): (u: number, v: number) => number {
  const edge = draw.number(0.3, 0.6);
  const sharp = draw.number(5, 14);
  const none = 1 / (1 + Math.exp(sharp * edge));
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x > 27 || y > 27 ? 0 : (digit[y * 28 + x] as number) / 255;
  return (u, v) => {
    const [x, y] = [u * 20 + 13.5, v * 20 + 13.5];
    const [i, j] = [Math.floor(x), Math.floor(y)];
    if (i < -1 || j < -1 || i > 27 || j > 27) return 0;
    const [s, t] = [x - i, y - j];
    const above = at(i, j) * (1 - s) + at(i + 1, j) * s;
    const below = at(i, j + 1) * (1 - s) + at(i + 1, j + 1) * s;
    const density = above * (1 - t) + below * t;
    return density === 0 ? 0 : (1 / (1 + Math.exp(-sharp * (density - edge))) - none) / (1 - none);
  };
}

/** The rules of the page: how much of their colour lies at a place. */
function rulesOf(draw: Draw): { readonly kind: string; readonly at: (u: number, v: number) => number } {
  const kind = draw.one(["plain", "plain", "plain", "ruled", "squared"]);
  if (kind === "plain") return { kind, at: () => 0 };
  const [pitch, width, strength] = [draw.number(0.28, 0.6), draw.number(0.008, 0.016), draw.number(0.25, 0.6)];
  const shift = draw.number(0, pitch);
  const on = (place: number): number => {
    const off = Math.abs(wrapped((place + shift) / pitch) - 0.5) * pitch;
    return Math.max(0, 1 - (off / width) ** 2);
  };
  return { kind, at: (u, v) => strength * Math.max(on(v), kind === "squared" ? on(u) : 0) };
}

/** The light at each place of the photo: falling off to one side and to the corners, with the shadow of a hand or a phone. */
function lightOf(
  draw: Draw,
  width: number,
  height: number,
): { readonly shaded: boolean; readonly at: (x: number, y: number) => number } {
  const angle = draw.number(0, 2 * Math.PI);
  const [darkest, corners, exposure] = [draw.number(0.5, 0.95), draw.number(0, 0.3), draw.number(0.7, 1.02)];
  const shaded = draw.chance(0.45);
  const [turn, strength, soft] = [draw.number(0, 2 * Math.PI), draw.number(0.2, 0.5), draw.number(8, 60)];
  const [px, py] = [draw.number(0.15, 0.85) * width, draw.number(0.15, 0.85) * height];
  const waves = noiseField(draw, 4);
  return {
    shaded,
    at: (x, y) => {
      const [u, v] = [(2 * x) / width - 1, (2 * y) / height - 1];
      const along = (Math.cos(angle) * u + Math.sin(angle) * v) / 2 + 0.5;
      let light =
        exposure * (1 - (1 - darkest) * Math.min(1, Math.max(0, along))) * (1 - corners * 0.5 * (u * u + v * v));
      if (shaded) {
        const bend = 25 * waves(x / width, y / height);
        const off = Math.cos(turn) * (x - px) + Math.sin(turn) * (y - py) + bend;
        light *= 1 - strength / (1 + Math.exp((-off / soft) * 4));
      }
      return light;
    },
  };
}

/** The edge of the page, behind which is a table, in some photos. */
function edgeOf(draw: Draw, width: number, height: number): ((x: number, y: number) => boolean) | null {
  if (!draw.chance(0.15)) return null;
  const angle = draw.one([0, 1, 2, 3]) * (Math.PI / 2) + draw.number(-0.15, 0.15);
  const half = (Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * height) / 2;
  const from = half * draw.number(0.9, 0.97);
  return (x, y) => Math.cos(angle) * (x - width / 2) + Math.sin(angle) * (y - height / 2) > from;
}

/** A digit of MNIST, bytes [28, 28], as a synthesised photo. */
export function photographed(digit: Tensor): Photo {
  const draw = new Draw();
  const [width, height] = [Math.round(draw.number(240, 400)), Math.round(draw.number(240, 400))];
  const board = draw.chance(0.12);
  const [paper, ink] = board ? [draw.one(BOARDS), CHALK] : [draw.one(PAPERS), draw.one(INKS)];
  const cover = draw.number(board ? 0.7 : 0.6, 0.95);
  const [view, pen, rules] = [camera(draw, width, height), penOf(digit.data(), draw), rulesOf(draw)];
  const [light, beyond] = [lightOf(draw, width, height), board ? null : edgeOf(draw, width, height)];
  const [fibres, clouds, grain] = [noiseField(draw, 90), noiseField(draw, 12), noiseField(draw, 60)];
  const texture = draw.number(0.01, 0.05);
  const noise = draw.number(1.5, 7);
  const planes = [0, 1, 2].map(() => new Float32Array(width * height));
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [u, v] = view(x, y);
    const mottled = 1 + texture * (fibres(u, v) + 0.6 * clouds(u, v));
    const inked = pen(u, v) * cover * (1 - 0.25 * Math.max(0, grain(u, v)));
    const ruled = board ? 0 : rules.at(u, v);
    const [shine, off] = [light.at(x, y), beyond?.(x, y) === true];
    for (let c = 0; c < 3; c++) {
      const ground = off ? (TABLE[c] as number) : (paper[c] as number) * (1 - ruled * (RULE[c] as number));
      const mixed = off ? ground : ground * (1 - inked) + (ink[c] as number) * inked;
      (planes[c] as Float32Array)[i] = mixed * mottled * shine;
    }
  }
  const blur = Math.round(draw.number(0, 1.6));
  const grainy = randn(3 * width * height).data();
  const data = new Uint8Array(3 * width * height);
  planes.forEach((plane, c) => {
    const seen = blur === 0 ? plane : boxBlurred(plane, width, height, blur);
    const start = c * width * height;
    for (let i = 0; i < seen.length; i++) {
      const value = (seen[i] as number) + noise * (grainy[start + i] as number);
      data[start + i] = Math.min(255, Math.max(0, Math.round(value)));
    }
  });
  const parts = [
    board ? "chalk on a board" : `${rules.kind} paper`,
    light.shaded ? "a shadow" : "",
    beyond ? "the table" : "",
  ];
  return { image: tensor(data).reshape(3, height, width), kind: parts.filter(Boolean).join(", ") };
}

/** The mean of the neighbours within `radius`, along rows and then along columns. */
function boxBlurred(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  const along = (from: Float32Array, step: number, place: (i: number) => number, length: number): Float32Array =>
    from.map((_, i) => {
      let [sum, count] = [0, 0];
      for (let k = -radius; k <= radius; k++) {
        if (place(i) + k < 0 || place(i) + k >= length) continue;
        sum += from[i + k * step] as number;
        count++;
      }
      return sum / count;
    });
  const rows = along(plane, 1, (i) => i % width, width);
  return along(rows, width, (i) => Math.floor(i / width), height);
}
