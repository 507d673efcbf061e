/** The inputs of the op cases: numbers that are the same on every machine, in every shape and layout an op has to take. */
import { type DType, type Tensor, type TypedArray, tensor } from "../../src/index.ts";

/** How the elements lie in memory. All but `plain` are views of a larger or smaller tensor. */
export type Layout = "plain" | "transposed" | "narrowed" | "selected" | "expanded";
/** The lowest and the highest value. */
export type Range = readonly [number, number];
/** float32 in one run and float64 in another, or one dtype. */
export type Kind = "float" | DType;

export interface Input {
  readonly shape: readonly number[];
  readonly kind: Kind;
  readonly layout: Layout;
  /** In row-major order. */
  readonly values: readonly number[];
}

/** The inputs of one run of a case. */
export interface InputSet {
  readonly name: string;
  readonly inputs: readonly Input[];
  /** Has NaN, infinities or kinks, where differences say nothing about a gradient. */
  readonly special?: boolean;
  /** Large enough for several threads. */
  readonly large?: boolean | undefined;
}

/** Numbers from 0 to 1: a linear congruential generator (Numerical Recipes' constants). */
function stream(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const STEP = 2 ** -18;

/**
 * A number that float32 holds exactly and that is at least 1/128 away from every multiple of 1/2, where rounding
 * functions and absolute values have their kinks.
 */
function awayFromHalves(value: number): number {
  const below = Math.floor(value * 2) / 2;
  const squeezed = below + 1 / 128 + (value - below) * (1 - 1 / 32);
  return Math.round(squeezed / STEP) * STEP;
}

const WHOLE: Partial<Record<Kind, Range>> = { int32: [-9, 9], uint8: [0, 9], bool: [0, 1] };
/** Values by what they were drawn for, since many sets share them. */
const known = new Map<string, readonly number[]>();

function drawn(count: number, kind: Kind, [low, high]: Range, seed: number): readonly number[] {
  const key = `${count} ${kind in WHOLE} ${low} ${high} ${seed}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const next = stream(seed);
  const value = (): number =>
    kind in WHOLE ? Math.floor(low + next() * (high - low + 1)) : awayFromHalves(low + next() * (high - low));
  const values = Array.from({ length: count }, value);
  known.set(key, values);
  return values;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

interface Options {
  kind?: Kind;
  layout?: Layout;
  range?: Range;
  seed?: number;
}

/** An input with drawn values. */
export function input(shape: readonly number[], options: Options = {}): Input {
  const { kind = "float", layout = "plain", seed = 1 } = options;
  const range = options.range ?? WHOLE[kind] ?? [-2, 2];
  if (layout !== "expanded") return { shape, kind, layout, values: drawn(product(shape), kind, range, seed) };
  const row = drawn(product(shape.slice(1)), kind, range, seed);
  return { shape, kind, layout, values: Array.from({ length: shape[0] as number }, () => row).flat() };
}

/** An input with given values, of one axis unless a shape is given. */
export function given(
  values: readonly number[],
  shape: readonly number[] = [values.length],
  kind: Kind = "float",
): Input {
  return { shape, kind, layout: "plain", values };
}

function show(x: Input): string {
  return `[${x.shape.join(", ")}]${x.layout === "plain" ? "" : ` ${x.layout}`}`;
}

/** A named set of inputs. */
export function set(...inputs: readonly Input[]): InputSet {
  return { name: inputs.map(show).join(" and ") || "no input", inputs };
}

export function large(...inputs: readonly Input[]): InputSet {
  return { ...set(...inputs), large: true };
}

export function special(name: string, ...inputs: readonly Input[]): InputSet {
  return { name, inputs, special: true };
}

/**
 * NaN, infinities, both zeros, halves that round to the even side, small and large numbers. No denormal ones, which the
 * native kernels flush to zero.
 */
export const SPECIALS: readonly number[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5],
  ...[2 ** -120, -(2 ** -120), 2 ** -24, -(2 ** -24), 100, -100, 2 ** 24, -(2 ** 24), 2 ** 127, -(2 ** 127)],
];

/** What a function of every element has to take. */
export function elementwise(range: Range, specials: readonly number[] = SPECIALS): InputSet[] {
  return [
    ...[[2, 3], [], [1], [0], [3, 0], [17], [33]].map((shape) => set(input(shape, { range }))),
    ...(["transposed", "narrowed", "selected", "expanded"] as const).map((layout) =>
      set(input([3, 5], { range, layout })),
    ),
    special("NaN, infinities, zeros, ends", given(specials)),
    large(input([41, 1001], { range })),
  ];
}

/** The same for int32, uint8 or bool. */
export function whole(kind: DType): InputSet[] {
  return [[2, 3], [], [0], [37]]
    .map((shape) => set(input(shape, { kind })))
    .concat(set(input([3, 5], { kind, layout: "transposed" })), large(input([41, 1001], { kind })));
}

const FEW: readonly number[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1.5, 2];

/** Every special value beside each of others. */
export function specialPairs(others: readonly number[]): InputSet {
  const [first, second] = [FEW.flatMap((value) => others.map(() => value)), FEW.flatMap(() => others)];
  return special("pairs of NaN, infinities and zeros", given(first), given(second));
}

export const SPECIAL_PAIRS: InputSet = specialPairs(FEW);

/** What a function of two elements has to take: every way of broadcasting, every layout, every pair of special values. */
export function pairs(first: Range = [-2, 2], second: Range = [-2, 2], few: InputSet = SPECIAL_PAIRS): InputSet[] {
  const x = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { range: first, layout });
  const y = (shape: readonly number[], layout: Layout = "plain"): Input =>
    input(shape, { range: second, layout, seed: 2 });
  return [
    ...[x([2, 3]), x([]), x([1]), x([17]), x([0])].map((a) => set(a, y(a.shape))),
    ...[set(x([]), y([3])), set(x([2, 3]), y([])), set(x([1]), y([3, 1])), set(x([4, 1]), y([1, 5]))],
    ...[set(x([2, 1, 3]), y([4, 1])), set(x([3]), y([2, 3])), set(x([5, 33]), y([33])), set(x([0, 3]), y([3]))],
    ...[set(x([1, 3]), y([0, 3])), set(x([0]), y([1]))],
    set(x([3, 4], "transposed"), y([3, 4])),
    set(x([3, 4], "narrowed"), y([3, 4], "selected")),
    set(x([3, 4]), y([3, 4], "expanded")),
    set(x([2, 3, 20], "transposed"), y([3, 1], "selected")),
    few,
    large(x([41, 1001]), y([41, 1001])),
    large(x([41, 1001]), y([1001])),
    large(x([41, 1]), y([1001])),
  ];
}

/** The same for one or two whole dtypes. */
export function wholePairs(first: DType, second: DType = first, range?: Range): InputSet[] {
  const x = (shape: readonly number[]): Input => input(shape, { kind: first });
  const y = (shape: readonly number[]): Input => input(shape, { kind: second, seed: 2, range });
  return [set(x([2, 3]), y([2, 3])), set(x([4, 1]), y([3])), set(x([0]), y([1])), large(x([41, 1001]), y([1001]))];
}

/** The dtype of an input in a run whose floats are `float`. */
export function dtypeOf(x: Input, float: DType): DType {
  return x.kind === "float" ? float : x.kind;
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

function fromValues(values: readonly number[], shape: readonly number[], dtype: DType): Tensor {
  const typed: TypedArray = new ARRAYS[dtype](values);
  return (tensor(typed, { dtype }) as Tensor).reshape(...shape) as Tensor;
}

/** An input as a tensor in its layout. With `track`, operations on it are recorded and its `grad` is kept, also of a view. */
export function build(x: Input, float: DType, track: boolean): Tensor {
  const dtype = dtypeOf(x, float);
  const leaf = (values: readonly number[], shape: readonly number[]): Tensor => {
    const memory = fromValues(values, shape, dtype);
    return track ? memory.requiresGrad_() : memory;
  };
  const view = viewIn(x, dtype, leaf);
  if (track && !view.isLeaf) view.retainGrad();
  return view;
}

/** What lies beside a view's elements and must never be read. */
function filler(dtype: DType): number {
  return dtype.startsWith("float") ? Number.NaN : 1;
}

function viewIn(x: Input, dtype: DType, leaf: (values: readonly number[], shape: readonly number[]) => Tensor): Tensor {
  const { shape, values } = x;
  const beside = filler(dtype);
  if (x.layout === "plain") return leaf(values, shape);
  if (x.layout === "expanded") {
    const row = values.slice(0, product(shape.slice(1)));
    return leaf(row, [1, ...shape.slice(1)]).expand(...shape) as Tensor;
  }
  if (x.layout === "selected") {
    return leaf(
      values.flatMap((value) => [beside, value, beside]),
      [...shape, 3],
    ).select(-1, 1) as Tensor;
  }
  if (x.layout === "narrowed") {
    const last = shape.at(-1) as number;
    const lines = Array.from({ length: values.length / last }, (_, i) => values.slice(i * last, (i + 1) * last));
    const wide = lines.flatMap((line) => [beside, beside, ...line, beside]);
    return leaf(wide, [...shape.slice(0, -1), last + 3]).narrow(-1, 2, last) as Tensor;
  }
  const reversed = shape.map((_, i) => shape.length - 1 - i);
  return leaf(turned(values, shape), shape.toReversed()).permute(...reversed) as Tensor;
}

/** The values in row-major order of the axes in reverse. */
function turned(values: readonly number[], shape: readonly number[]): readonly number[] {
  if (shape.length < 2) return values;
  const inner = product(shape.slice(1));
  const rows = Array.from({ length: shape[0] as number }, (_, i) =>
    turned(values.slice(i * inner, (i + 1) * inner), shape.slice(1)),
  );
  return Array.from({ length: inner }, (_, j) => rows.map((row) => row[j] as number)).flat();
}
