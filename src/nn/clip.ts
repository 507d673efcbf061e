/** Norms and clipping of gradients: torch.nn.utils. */
import { backend } from "../backend/index.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { Tensor, tensor } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import { checkOptions, shown } from "../options.ts";
import type { FloatDType } from "../tensor/dtypes.ts";
import { changes, pointer } from "../tensor/tensor.ts";

export * as rnn from "./packed.ts";

/** Options of {@link clipGradNorm} and {@link getTotalNorm}. */
export interface NormOptions {
  /** The order of the norm, any number or Infinity; 2 unless said otherwise. */
  normType?: number;
  /** Throws when the norm is NaN or infinite, instead of clipping by it; false. */
  errorIfNonfinite?: boolean;
}

const powerSum = family("gradients_power_sum", FLOATS);
const scale = family("gradients_scale", FLOATS);
const clamp = family("gradients_clamp", FLOATS);
const COLUMNS = 2;
/** Keeps the factor finite when all gradients are 0. */
const EPS = 1e-6;

/**
 * Scales the gradients of all parameters together, in place, so that their total norm is at most `maxNorm`, as
 * torch.nn.utils.clip_grad_norm_. Call it between `backward()` and `optimizer.step()`. `params` is a tensor, or
 * several, of float32 or float64.
 *
 * @returns the norm before, a tensor without dimensions
 * @throws {ValueError} for an unknown option, a `maxNorm` that is not at least 0, a `normType` that is no number,
 * something else than tensors, or a norm that is not finite with `errorIfNonfinite`.
 * @throws {DTypeError} if a tensor is neither float32 nor float64.
 * @example
 * const x = new nn.Parameter(tensor([3, 4]));
 * x.square().sum().backward();
 * nn.utils.clipGradNorm([x], 1).item(); // 10
 */
export function clipGradNorm(
  params: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: NormOptions = {},
): Tensor<[]> {
  if (typeof maxNorm !== "number" || !(maxNorm >= 0)) {
    throw new ValueError(`clipGradNorm: maxNorm is a number of at least 0; got ${shown(maxNorm)}`);
  }
  const gradients = gradientsOf("clipGradNorm", params);
  const total = totalNorm("clipGradNorm", gradients, options);
  const round = total.dtype === "float32" ? Math.fround : Number;
  const factor = round(maxNorm / round(Number(total.item()) + EPS));
  if (factor < 1 || Number.isNaN(factor)) {
    change(gradients, (dtype, table, count) => scale[dtype](table, count, factor));
  }
  return total;
}

/**
 * Limits every element of the gradients of all parameters to [−clipValue, clipValue], in place, as
 * torch.nn.utils.clip_grad_value_. `params` is a tensor, or several.
 *
 * @throws {ValueError} if `clipValue` is not a number of at least 0, or `params` are not tensors.
 * @throws {DTypeError} if a tensor is neither float32 nor float64.
 * @example
 * const x = new nn.Parameter(tensor([3, -4]));
 * x.square().sum().backward();
 * nn.utils.clipGradValue([x], 7);
 * x.grad.toArray(); // [6, -7]
 */
export function clipGradValue(params: Tensor | Iterable<Tensor>, clipValue: number): void {
  if (typeof clipValue !== "number" || !(clipValue >= 0)) {
    throw new ValueError(`clipGradValue: clipValue is a number of at least 0; got ${shown(clipValue)}`);
  }
  const gradients = gradientsOf("clipGradValue", params);
  change(gradients, (dtype, table, count) => clamp[dtype](table, count, clipValue));
}

/**
 * The norm of all elements of some tensors together, for example of gradients, as torch.nn.utils.get_total_norm: a
 * tensor without dimensions. Tensors are float32 or float64; the norm is float64 when one of them is.
 *
 * @throws {ValueError} for an unknown option, a `normType` that is no number, something else than tensors, or a norm
 * that is not finite with `errorIfNonfinite`.
 * @throws {DTypeError} if a tensor is neither float32 nor float64.
 * @example
 * nn.utils.getTotalNorm([tensor([3]), tensor([[4]])]).item(); // 5
 */
export function getTotalNorm(tensors: Tensor | Iterable<Tensor>, options: NormOptions = {}): Tensor<[]> {
  const flat = listOf("getTotalNorm", tensors).map((x) => x.detach().contiguous());
  return totalNorm("getTotalNorm", flat, options);
}

function listOf(name: string, tensors: unknown): Tensor[] {
  const list = tensors instanceof Tensor ? [tensors] : tensors;
  if (typeof (list as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
    throw new ValueError(`${name}: takes tensors, as model.parameters(); got ${typeof tensors}`);
  }
  const all = [...(list as Iterable<unknown>)];
  for (const x of all) {
    if (!(x instanceof Tensor)) throw new ValueError(`${name}: takes tensors, as model.parameters(); got ${typeof x}`);
    if (x.dtype !== "float32" && x.dtype !== "float64") {
      throw new DTypeError(`${name}: takes float32 or float64; got ${x.dtype}; convert with x.to("float32")`);
    }
  }
  return all as Tensor[];
}

function gradientsOf(name: string, params: unknown): Tensor[] {
  return listOf(name, params)
    .map((x) => x.grad)
    .filter((gradient) => gradient !== null);
}

function totalNorm(name: string, tensors: readonly Tensor[], options: NormOptions): Tensor<[]> {
  const { normType = 2, errorIfNonfinite = false } = checkOptions(name, options, ["normType", "errorIfNonfinite"]);
  if (typeof normType !== "number" || Number.isNaN(normType)) {
    throw new ValueError(`${name}: normType is a number; got ${String(normType)}`);
  }
  const { dtype, total } = normOf(tensors, normType);
  if (errorIfNonfinite && !Number.isFinite(total)) {
    throw new ValueError(
      `${name}: the total norm of order ${normType} is non-finite, so it cannot be clipped; got ${total}; ` +
        `to scale by it anyway set errorIfNonfinite to false`,
    );
  }
  return tensor(total, { dtype });
}

function normOf(tensors: readonly Tensor[], order: number): { dtype: FloatDType; total: number } {
  let dtype: FloatDType = "float32";
  if (tensors.length === 0) return { dtype, total: 0 };
  const combine = order === Infinity ? Math.max : order === -Infinity ? Math.min : (a: number, b: number) => a + b;
  let sum = order === -Infinity ? Infinity : 0;
  // The norm is that of the tensors' norms, which for order 0 is the number of tensors that are not all 0.
  for (const group of order === 0 ? tensors.map((x) => [x]) : [tensors]) {
    runTables(group, (present, table, count) => {
      if (present === "float64") dtype = "float64";
      const part = powerSum[present](table, count, order);
      sum = combine(sum, order === 0 ? Math.min(part, 1) : part);
    });
  }
  return { dtype, total: Number.isFinite(order) && order !== 0 ? root(sum, order) : sum };
}

function root(sum: number, order: number): number {
  if (order === 1) return sum;
  return order === 2 ? Math.sqrt(sum) : sum ** (1 / order);
}

function change(gradients: readonly Tensor[], run: (dtype: FloatDType, table: number, count: number) => void): void {
  for (const gradient of gradients) changes(gradient);
  runTables(gradients, run);
}

/** Calls a kernel with tables of all tensors of a dtype, in parts when there are many. */
function runTables(tensors: readonly Tensor[], run: (dtype: FloatDType, table: number, count: number) => void): void {
  for (const dtype of ["float32", "float64"] as const) {
    const present = tensors.filter((x) => x.dtype === dtype);
    const limit = Math.floor((backend.table.values.length - 64) / COLUMNS);
    for (let first = 0; first < present.length; first += limit) {
      const part = present.slice(first, first + limit);
      const { values, address } = backend.table;
      for (const [i, x] of part.entries()) {
        values[i * COLUMNS] = pointer(x);
        values[i * COLUMNS + 1] = x.count;
      }
      run(dtype, address, part.length);
    }
  }
}
