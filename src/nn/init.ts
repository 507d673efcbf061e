/**
 * First values of weights, PyTorch's torch.nn.init: each fills the tensor in place without recording and gives it back.
 * What is random comes from the default generator, or from `generator`, in PyTorch's order.
 */
import { noGrad } from "../autograd/mode.ts";
import { backend } from "../backend/index.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { empty, eye, type Generator, randperm, type Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { checkOptions, shown } from "../options.ts";
import { show } from "../tensor/sizes.ts";
import { pointer } from "../tensor/tensor.ts";
import { truncatedNormal } from "./truncated-normal.ts";

/** The generator to draw from; the default one unless said otherwise. */
export interface InitOptions {
  /** Where random numbers come from; the default generator unless said otherwise. */
  generator?: Generator;
}

/** Throws unless the number is finite. */
function requireFinite(op: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new ValueError(`${op}: ${name} is a finite number; got ${String(value)}`);
    }
  }
}

function drawnFrom(options: InitOptions): InitOptions {
  return options.generator === undefined ? {} : { generator: options.generator };
}

/**
 * Uniform numbers from `a` (0) to `b` (1), in a tensor of any shape.
 *
 * @throws {ValueError} for an unknown option or a wrong `generator`, unless `a` and `b` are finite and in this order,
 * or for a view with strides.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.uniform_(empty(500, 500), { a: -1, b: 1 }).min().item() >= -1; // true
 */
export function uniform_<T extends Tensor>(tensor: T, options: InitOptions & { a?: number; b?: number } = {}): T {
  checkOptions("init.uniform_", options, ["a", "b", "generator"]);
  requireTensor("init.uniform_", tensor);
  noGrad(() => tensor.uniform_(options.a ?? 0, options.b ?? 1, drawnFrom(options)));
  return tensor;
}

/**
 * Normal numbers of `mean` (0) and standard deviation `std` (1), in a tensor of any shape.
 *
 * @throws {ValueError} for an unknown option or a wrong `generator`, a `std` below 0, a number that is not finite, or a
 * view with strides.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.normal_(empty(500, 500), { std: 0.1 }).std().item() < 0.11; // true
 */
export function normal_<T extends Tensor>(tensor: T, options: InitOptions & { mean?: number; std?: number } = {}): T {
  checkOptions("init.normal_", options, ["mean", "std", "generator"]);
  requireTensor("init.normal_", tensor);
  noGrad(() => tensor.normal_(options.mean ?? 0, options.std ?? 1, drawnFrom(options)));
  return tensor;
}

/**
 * The `value` everywhere, in a tensor of any shape and dtype.
 *
 * @throws {DTypeError} if it is not a tensor, or `value` no number.
 * @throws {ValueError} if its dtype does not hold the value.
 * @example
 * nn.init.constant_(empty(2), 0.3).toArray(); // [0.3, 0.3]
 */
export function constant_<T extends Tensor>(tensor: T, value: number): T {
  requireTensor("init.constant_", tensor);
  noGrad(() => tensor.fill_(value));
  return tensor;
}

/**
 * 1 everywhere, in a tensor of any shape and dtype.
 *
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * nn.init.ones_(empty(2)).toArray(); // [1, 1]
 */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/**
 * 0 everywhere, in a tensor of any shape and dtype.
 *
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * nn.init.zeros_(empty(2)).toArray(); // [0, 0]
 */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/**
 * The identity matrix, cut or padded with zeros to a matrix of any sizes and dtype.
 *
 * @throws {ShapeError} if it is no matrix.
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * nn.init.eye_(empty(2, 3)).toArray(); // [[1, 0, 0], [0, 1, 0]]
 */
export function eye_<T extends Tensor>(tensor: T): T {
  const [rows, columns] = matrixSizes("init.eye_", tensor);
  const square: Tensor = eye(Math.max(rows, columns), { dtype: tensor.dtype });
  noGrad(() => tensor.copy_((square.narrow(0, 0, rows) as Tensor).narrow(1, 0, columns)));
  return tensor;
}

/**
 * A convolution's weight [out, in, …] that hands its input channels on: 1 in the middle of each channel's own kernel.
 * With `groups` each group of channels by itself.
 *
 * @throws {ValueError} for an unknown option, or `groups` that are no whole number that divides the outputs.
 * @throws {ShapeError} unless it has 3 to 5 axes.
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * nn.init.dirac_(empty(1, 1, 3)).toArray(); // [[[0, 1, 0]]]
 */
export function dirac_<T extends Tensor>(tensor: T, options: { groups?: number } = {}): T {
  checkOptions("init.dirac_", options, ["groups"]);
  const op = "init.dirac_";
  requireTensor(op, tensor);
  const { groups = 1 } = options;
  const shape: readonly number[] = tensor.shape;
  if (shape.length < 3 || shape.length > 5) {
    throw new ShapeError(`${op}: takes weights [out, in, …] of 3 to 5 axes; got ${show(shape)}`);
  }
  const [out, channels] = shape as [number, number];
  if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0) {
    throw new ValueError(`${op}: groups is a whole number that divides ${out}; got ${groups}`);
  }
  noGrad(() => {
    tensor.zero_();
    const perGroup = out / groups;
    for (let o = 0; o < out; o++) {
      if (o % perGroup >= channels) continue;
      const place = [o, o % perGroup, ...shape.slice(2).map((size) => Math.floor(size / 2))];
      place.reduce((x: Tensor, i) => x.select(0, i), tensor).fill_(1);
    }
  });
  return tensor;
}

function matrixSizes(op: string, tensor: Tensor): [rows: number, columns: number] {
  requireTensor(op, tensor);
  if (tensor.ndim !== 2) throw new ShapeError(`${op}: takes a matrix; got ${show(tensor.shape)}`);
  return [...tensor.shape] as [number, number];
}

/** How many inputs an output is computed from, and how many outputs an input goes into, by a weight [out, in, …]. */
function fans(op: string, tensor: Tensor): { fanIn: number; fanOut: number } {
  requireTensor(op, tensor);
  if (tensor.ndim < 2) {
    throw new ShapeError(`${op}: takes weights [out, in, …] of at least 2 axes; got ${show(tensor.shape)}`);
  }
  const [out, inputs, ...kernel] = tensor.shape as readonly number[] as [number, number, ...number[]];
  const field = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: inputs * field, fanOut: out * field };
}

/** Functions with a known gain, by the names of `nn.functional`. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "convTranspose1d"
  | "convTranspose2d"
  | "convTranspose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "selu";

/**
 * The factor by which weights grow so that a layer followed by this function keeps its signal's variance. `param` is
 * the negative slope of leakyRelu, 0.01 unless said otherwise. `nonlinearity` is its name, such as "relu".
 *
 * @throws {ValueError} for an unknown option, a function whose gain is not known, or a `param` that is not finite.
 * @example
 * nn.init.calculateGain("relu"); // 1.4142135623730951
 */
export function calculateGain(nonlinearity: Nonlinearity, options: { param?: number } = {}): number {
  checkOptions("init.calculateGain", options, ["param"]);
  const { param = 0.01 } = options;
  requireFinite("init.calculateGain", { param });
  if (nonlinearity === "sigmoid" || /^(linear|conv(Transpose)?[123]d)$/.test(nonlinearity)) return 1;
  if (nonlinearity === "tanh") return 5 / 3;
  if (nonlinearity === "relu") return Math.sqrt(2);
  if (nonlinearity === "leakyRelu") return Math.sqrt(2 / (1 + param ** 2));
  if (nonlinearity === "selu") return 3 / 4;
  throw new ValueError(
    `init.calculateGain: the gain of ${shown(nonlinearity)} is not known; it is known of linear, conv1d to conv3d, ` +
      "convTranspose1d to convTranspose3d, sigmoid, tanh, relu, leakyRelu and selu",
  );
}

function xavierStd(op: string, tensor: Tensor, options: InitOptions & { gain?: number }): number {
  const { gain = 1 } = checkOptions(op, options, ["gain", "generator"]);
  requireFinite(op, { gain });
  if (gain < 0) throw new ValueError(`${op}: gain is a number of at least 0; got ${gain}`);
  const { fanIn, fanOut } = fans(op, tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Uniform numbers in ± gain · √(6 / (fan in + fan out)), for [out, in, …]. Glorot and Bengio, 2010.
 *
 * @throws {ValueError} for an unknown option, a wrong `generator`, or a `gain` that is not finite or below 0.
 * @throws {ShapeError} if it has fewer than 2 axes.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.xavierUniform_(empty(2, 4)).abs().max().item() <= 1; // true
 */
export function xavierUniform_<T extends Tensor>(tensor: T, options: InitOptions & { gain?: number } = {}): T {
  const bound = Math.sqrt(3) * xavierStd("init.xavierUniform_", tensor, options);
  return uniform_(tensor, { ...drawnFrom(options), a: -bound, b: bound });
}

/**
 * Normal numbers of standard deviation gain · √(2 / (fan in + fan out)), for [out, in, …]. Glorot and Bengio, 2010.
 *
 * @throws {ValueError} for an unknown option, a wrong `generator`, or a `gain` that is not finite or below 0.
 * @throws {ShapeError} if it has fewer than 2 axes.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.xavierNormal_(empty(300, 500), { gain: nn.init.calculateGain("tanh") }).shape; // [300, 500]
 */
export function xavierNormal_<T extends Tensor>(tensor: T, options: InitOptions & { gain?: number } = {}): T {
  const std = xavierStd("init.xavierNormal_", tensor, options);
  return normal_(tensor, { ...drawnFrom(options), std });
}

/** Options of Kaiming's ways. */
export interface KaimingOptions extends InitOptions {
  /** The negative slope of the leakyRelu that follows; 0 unless said otherwise. */
  a?: number;
  /** What keeps its variance: the signal on its way forward ("fanIn", the default), or the gradient on its way back. */
  mode?: "fanIn" | "fanOut";
  /** The function that follows; "leakyRelu" unless said otherwise. */
  nonlinearity?: Nonlinearity;
}

const KAIMING = ["a", "mode", "nonlinearity", "generator"];

function kaimingStd(op: string, tensor: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = checkOptions(op, options, KAIMING);
  const found = fans(op, tensor);
  if (mode !== "fanIn" && mode !== "fanOut") {
    throw new ValueError(`${op}: mode is "fanIn" or "fanOut"; got ${shown(mode)}`);
  }
  return calculateGain(nonlinearity, { param: a }) / Math.sqrt(found[mode]);
}

/**
 * Uniform numbers in ± gain · √(3 / fan), for [out, in, …]. He et al., 2015.
 *
 * @throws {ValueError} for an unknown option, mode or nonlinearity, a wrong `generator`, or an `a` that is not finite.
 * @throws {ShapeError} if it has fewer than 2 axes.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.kaimingUniform_(empty(2, 6), { nonlinearity: "relu" }).abs().max().item() <= 1; // true
 */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const std = kaimingStd("init.kaimingUniform_", tensor, options);
  if (tensor.numel() === 0) return tensor;
  const bound = Math.sqrt(3) * std;
  return uniform_(tensor, { ...drawnFrom(options), a: -bound, b: bound });
}

/**
 * Normal numbers of standard deviation gain / √fan, for [out, in, …]. He et al., 2015.
 *
 * @throws {ValueError} for an unknown option, mode or nonlinearity, a wrong `generator`, or an `a` that is not finite.
 * @throws {ShapeError} if it has fewer than 2 axes.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.kaimingNormal_(empty(300, 500), { mode: "fanOut", nonlinearity: "relu" }).shape; // [300, 500]
 */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const std = kaimingStd("init.kaimingNormal_", tensor, options);
  return tensor.numel() === 0 ? tensor : normal_(tensor, { ...drawnFrom(options), std });
}

/** Options of {@link truncNormal_}. */
export interface TruncNormalOptions extends InitOptions {
  /** 0 unless said otherwise. */
  mean?: number;
  /** 1 unless said otherwise. */
  std?: number;
  /** The lowest value; -2 unless said otherwise. */
  a?: number;
  /** The highest value; 2 unless said otherwise. */
  b?: number;
}

/**
 * Normal numbers within [a, b], in a tensor of any shape: those outside are drawn again. Where that would take long,
 * uniform numbers are drawn and kept in proportion to the normal density.
 *
 * @throws {ValueError} for an unknown option, a wrong `generator`, a number that is not finite, a `std` that is not
 * above 0, or an `a` that is not below `b`.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.truncNormal_(empty(300, 500), { std: 0.02, a: -0.04, b: 0.04 }).max().item() <= 0.04; // true
 */
export function truncNormal_<T extends Tensor>(tensor: T, options: TruncNormalOptions = {}): T {
  checkOptions("init.truncNormal_", options, ["mean", "std", "a", "b", "generator"]);
  const op = "init.truncNormal_";
  requireTensor(op, tensor);
  const { mean = 0, std = 1, a = -2, b = 2 } = options;
  requireFinite(op, { mean, std, a, b });
  if (std <= 0 || a >= b) throw new ValueError(`${op}: std is above 0 and a below b; got ${std}, ${a} and ${b}`);
  noGrad(() => tensor.copy_(truncatedNormal(tensor, { mean, std, a, b }, drawnFrom(options))));
  return tensor;
}

const orthonormalize = backend.kernel("orthonormalize_f64");

/**
 * A random matrix [out, in · …] whose rows (or columns, if fewer) are orthonormal, times `gain`. Saxe et al., 2013.
 *
 * @throws {ValueError} for an unknown option, a wrong `generator`, or a `gain` that is not finite.
 * @throws {ShapeError} if it has fewer than 2 axes.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * const q = nn.init.orthogonal_(empty(3, 3));
 * q.matmul(q.T).sub(eye(3)).abs().max().item() < 1e-5; // true
 */
export function orthogonal_<T extends Tensor>(tensor: T, options: InitOptions & { gain?: number } = {}): T {
  checkOptions("init.orthogonal_", options, ["gain", "generator"]);
  const op = "init.orthogonal_";
  requireTensor(op, tensor);
  const { gain = 1 } = options;
  requireFinite(op, { gain });
  if (tensor.ndim < 2) throw new ShapeError(`${op}: takes weights of at least 2 axes; got ${show(tensor.shape)}`);
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0] as number;
  const columns = tensor.numel() / rows;
  noGrad(() => {
    const drawn = (empty([rows, columns], { dtype: tensor.dtype }) as Tensor).normal_(0, 1, drawnFrom(options));
    const turned: Tensor = rows < columns ? drawn : drawn.t();
    // A copy that is changed: to() alone would give the tensor itself when it is float64 already.
    const q: Tensor = turned.clone().to("float64");
    orthonormalize(pointer(q), q.shape[0] as number, q.shape[1] as number);
    const result: Tensor = rows < columns ? q : q.t();
    tensor.copy_(result.to(tensor.dtype).reshape(...tensor.shape));
    tensor.mul_(gain);
  });
  return tensor;
}

/**
 * Normal numbers of standard deviation `std` (0.01), with a part `sparsity` of each column set to 0. Martens, 2010.
 *
 * @throws {ValueError} for an unknown option, a wrong `generator`, a `sparsity` outside [0, 1], or a `std` below 0.
 * @throws {ShapeError} if it is no matrix.
 * @throws {DTypeError} if it is not a float tensor.
 * @example
 * nn.init.sparse_(empty(10, 4), 0.5).eq(0).sum(0).toArray(); // [5, 5, 5, 5]
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  sparsity: number,
  options: InitOptions & { std?: number } = {},
): T {
  checkOptions("init.sparse_", options, ["std", "generator"]);
  const op = "init.sparse_";
  const [rows, columns] = matrixSizes(op, tensor);
  requireFinite(op, { sparsity });
  if (sparsity < 0 || sparsity > 1) throw new ValueError(`${op}: sparsity is from 0 to 1; got ${sparsity}`);
  const zeros = Math.ceil(sparsity * rows);
  normal_(tensor, { ...drawnFrom(options), std: options.std ?? 0.01 });
  noGrad(() => {
    for (let k = 0; k < columns; k++) {
      const column: Tensor = tensor.select(1, k);
      for (const row of randperm(rows).data().subarray(0, zeros)) column.select(0, row).fill_(0);
    }
  });
  return tensor;
}
