/** Normalisation of channels over a batch. */
import { backwardStep } from "../autograd/backward.ts";
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend, type Storage } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { count, show } from "../tensor/sizes.ts";
import { changes, empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { reshaped } from "./views.ts";

const forward = family("batch_norm", FLOATS, "batchNorm");
const fixed = family("batch_norm_fixed", FLOATS, "batchNorm");
const backward = family("batch_norm_backward", FLOATS, "batchNorm");
/** Numbers a channel that the kernels take to join pieces in: twice their Cut::MOST. */
const PARTIAL = 32;

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** One factor a channel. */
  weight?: Tensor | null;
  /** One number a channel, added last. */
  bias?: Tensor | null;
  /** Whether to take the mean and variance of this batch, not the running ones; false unless said otherwise. */
  training?: boolean;
  /** The share of this batch in the running statistics; 0.1 unless said otherwise. */
  momentum?: number;
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
}

/** A batch as the kernels see it: [outer, channels, inner]. */
export interface Batch {
  readonly op: string;
  readonly x: Tensor;
  readonly sizes: readonly [outer: number, channels: number, inner: number];
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly training: boolean;
  readonly momentum: number;
  readonly eps: number;
}

/** Throws unless a tensor given beside x has one number a channel, of x's dtype. */
export function checkChannels(op: string, name: string, x: Tensor, channels: number, given: Tensor | null): void {
  if (given === null) return;
  requireTensor(op, given);
  if (given.ndim !== 1 || given.shape[0] !== channels) {
    throw new ShapeError(`${op}: ${name} has one number a channel, [${channels}]; got ${show(given.shape)}`);
  }
  if (given.dtype !== x.dtype) {
    throw new DTypeError(`${op}: x and ${name} have one dtype; got ${x.dtype} and ${given.dtype}`);
  }
}

/** Throws unless eps is a finite number of at least 0. */
export function checkEps(op: string, eps: number): void {
  if (!(Number.isFinite(eps) && eps >= 0)) throw new ValueError(`${op}: eps is at least 0; got ${String(eps)}`);
}

/** Throws unless there are values to take a variance of. */
export function checkCount(op: string, x: Tensor, values: number): void {
  if (values >= 2 || x.shape[1] === 0) return;
  throw new ValueError(
    `${op}: expected more than 1 value per channel when training, got input size ${show(x.shape)}; ` +
      "use larger inputs, or eval()",
  );
}

/** Throws unless the running statistics can be used and, in training, changed. */
export function checkRunning(
  op: string,
  x: Tensor,
  channels: number,
  mean: Tensor | null,
  variance: Tensor | null,
): void {
  checkChannels(op, "runningMean", x, channels, mean);
  checkChannels(op, "runningVar", x, channels, variance);
  if ((mean === null) !== (variance === null)) {
    throw new ValueError(`${op}: takes runningMean and runningVar, or null for both; got one of them`);
  }
  for (const given of [mean, variance]) {
    if (given !== null && (given.requiresGrad || given.strides !== null)) {
      throw new ValueError(`${op}: running statistics are row-major tensors without gradients; use detach().clone()`);
    }
  }
}

/**
 * Brings each channel of [batch, channels, …] to mean 0 and variance 1, then scales by `weight` and adds `bias`: in
 * training by this batch's mean and (biased) variance, which also go into the running ones (the variance unbiased)
 * where those are given; else by the running ones. Ioffe and Szegedy, 2015. `runningMean` and `runningVar` are
 * [channels], or null: then the batch has its own. All of one float dtype.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if there are fewer than two axes, or a tensor does not have one number a channel.
 * @throws {ValueError} if a channel has less than 2 values in training, there are no running statistics without it, or
 * one of them is missing, or requires gradients or is not row-major; and if `eps` or `momentum` is out of range or an
 * option is unknown.
 * @example
 * tensor([[1], [3]]).batchNorm(null, null, { training: true, eps: 0 }).toArray(); // [[-1], [1]]
 */
export function batchNorm<S extends Shape>(
  this: Tensor<S>,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options: BatchNormOptions = {},
): Tensor<S> {
  requireFloat("batchNorm", this);
  const {
    weight = null,
    bias = null,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  } = checkOptions("batchNorm", options, ["weight", "bias", "training", "momentum", "eps"]);
  if (this.ndim < 2) throw new ShapeError(`batchNorm: takes [batch, channels, …]; got ${show(this.shape)}`);
  const [outer, channels] = this.shape as readonly number[] as [number, number];
  const sizes = [outer, channels, count(this.shape.slice(2))] as const;
  const running = { runningMean: runningMean ?? null, runningVar: runningVar ?? null };
  checkRunning("batchNorm", this, channels, running.runningMean, running.runningVar);
  checkChannels("batchNorm", "weight", this, channels, weight);
  checkChannels("batchNorm", "bias", this, channels, bias);
  if (training) checkCount("batchNorm", this, outer * sizes[2]);
  const given = { op: "batchNorm", x: this as Tensor, sizes, weight, bias, ...running };
  return normalizeBatch({ ...given, training, momentum, eps }) as Tensor<S>;
}

/** Normalises the channels of a batch whose tensors fit it; x may have any shape of as many elements. */
export function normalizeBatch(batch: Batch): Tensor {
  const { op, training, momentum, eps, runningMean } = batch;
  checkEps(op, eps);
  if (!Number.isFinite(momentum)) throw new ValueError(`${op}: momentum is a finite number; got ${String(momentum)}`);
  if (!training && runningMean === null) {
    throw new ValueError(`${op}: without training it takes runningMean and runningVar; got null`);
  }
  const row = (x: Tensor | null): Tensor | null => x && contiguous.call(x);
  const x = contiguous.call(batch.x);
  return computed({ ...batch, x, weight: row(batch.weight), bias: row(batch.bias) });
}

const at = (x: Tensor | null): number => (x === null ? 0 : pointer(x));

function computed(batch: Batch): Tensor {
  const { op, x, sizes, weight, bias, runningMean, runningVar, training, eps } = batch;
  const [outer, channels, inner] = sizes;
  const bytes = DTYPES[x.dtype].bytes * channels;
  const y = empty(x.shape, x.dtype);
  const statistics = backend.borrow(2 * bytes);
  if (training) {
    for (const changed of [runningMean, runningVar]) if (changed !== null) changes(changed);
    const partial = backend.borrow(PARTIAL * bytes);
    const [mean, scale] = [backend.pointer(statistics), backend.pointer(statistics) + bytes];
    forward[x.dtype](
      ...([at(x), at(weight), at(bias), at(y), mean, scale, at(runningMean), at(runningVar)] as const),
      ...([backend.pointer(partial), outer, channels, inner, eps, batch.momentum] as const),
    );
    backend.release(partial);
  } else {
    const scale = backend.pointer(statistics) + bytes;
    fixed[x.dtype](
      ...([at(x), at(weight), at(bias), at(y), at(runningMean), at(runningVar), scale] as const),
      ...([outer, channels, inner, eps] as const),
    );
  }
  const inputs = [x, weight, bias].filter((input) => input !== null);
  if (inputs.some(tracks)) {
    const running = training ? [] : [runningMean, runningVar];
    const saved = [x, weight, ...running].filter((input) => input !== null);
    record(y, op, inputs, fusedGradients(batch, statistics), saved, [statistics], composedGradients(batch));
  } else backend.release(statistics);
  return y;
}

/** The gradients of one backward step: the kernel computes them together. */
interface Together {
  step: number;
  dx: Tensor | null;
  dw: Tensor;
  db: Tensor;
}

/** Gradients of x, weight and bias, as many as there are. */
function chosen<G>(batch: Batch, x: G, weight: G, bias: G): G[] {
  return [x, ...(batch.weight === null ? [] : [weight]), ...(batch.bias === null ? [] : [bias])];
}

function fusedGradients(batch: Batch, statistics: Storage): Gradient[] {
  let last: Together | null = null;
  const all = (g: Tensor, wantsInput: boolean): Together => {
    const step = backwardStep();
    if (last === null || last.step !== step) last = { step, ...computedGradients(batch, statistics, g, wantsInput) };
    return last;
  };
  return chosen<Gradient>(
    batch,
    (g) => all(g, true).dx as Tensor,
    (g) => all(g, false).dw,
    (g) => all(g, false).db,
  );
}

function computedGradients(batch: Batch, statistics: Storage, g: Tensor, wantsInput: boolean): Omit<Together, "step"> {
  const { x, sizes, weight, training, runningMean } = batch;
  const [outer, channels, inner] = sizes;
  const bytes = DTYPES[x.dtype].bytes * channels;
  const given = contiguous.call(g);
  const dx = wantsInput ? empty(x.shape, x.dtype) : null;
  const [dw, db] = [empty([channels], x.dtype), empty([channels], x.dtype)];
  const partial = backend.borrow(PARTIAL * bytes);
  const first = backend.pointer(statistics);
  backward[x.dtype](
    ...([at(given), at(x), at(weight), training ? first : at(runningMean), first + bytes, at(dx), at(dw)] as const),
    ...([at(db), backend.pointer(partial), outer, channels, inner, Number(training)] as const),
  );
  backend.release(partial);
  return { dx, dw, db };
}

function composedGradients(batch: Batch): Gradient[] {
  const { x, sizes, weight, training, runningMean, runningVar, eps } = batch;
  const channels = sizes[1];
  const flat = (t: Tensor): Tensor => reshaped(t, sizes);
  const column = (t: Tensor): Tensor => reshaped(t, [1, channels, 1]);
  const mean = (t: Tensor): Tensor => t.mean([0, 2], true);
  const sum = (t: Tensor): Tensor => t.sum([0, 2]);
  const parts = (): { scale: Tensor; unit: Tensor } => {
    const centred: Tensor = flat(x).sub(training ? mean(flat(x)) : column(runningMean as Tensor)) as Tensor;
    const variance = training ? mean(centred.square()) : column(runningVar as Tensor);
    const scale: Tensor = variance.add(eps).rsqrt();
    return { scale, unit: centred.mul(scale) };
  };
  const forInput: Gradient = (g) => {
    const { scale, unit } = parts();
    const h: Tensor = weight === null ? flat(g) : flat(g).mul(column(weight));
    const free: Tensor = training ? h.sub(mean(h)).sub(unit.mul(mean(h.mul(unit)))) : h;
    return reshaped(free.mul(scale), x.shape);
  };
  return chosen<Gradient>(
    batch,
    forInput,
    (g) => sum(flat(g).mul(parts().unit)),
    (g) => sum(flat(g)),
  );
}
