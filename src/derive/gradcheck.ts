/** Gradients against differences. */
import { noGrad } from "../autograd/mode.ts";
import { GradError } from "../errors.ts";
import { randn, Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { placeOf, show } from "../tensor/sizes.ts";
import { grad } from "./grad.ts";
import { rows } from "./jacobian.ts";

/** Options of {@link gradcheck} and {@link gradgradcheck}, with PyTorch's defaults. */
export interface GradcheckOptions {
  /** The step of the differences: 1e-6. */
  eps?: number;
  /** The absolute tolerance: 1e-5. */
  atol?: number;
  /** The relative tolerance: 1e-3. */
  rtol?: number;
  /** Whether a difference throws (the default) or gives false. */
  raiseException?: boolean;
}

/** A function to be checked: of tensors, to one or several. */
export type Checked = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Whether the gradients of a function agree with central differences, for every input that requires gradients and every
 * element of every output. Inputs are float64: in float32 differences are too coarse to tell. `fn` takes the inputs and
 * gives a tensor or several.
 *
 * @throws {GradError} if an element differs, which it names (without `raiseException` the result is false); if no input
 * requires gradients, or one that does is not float64.
 * @throws {ValueError} for an unknown option.
 * @example
 * gradcheck((x) => x.sin(), [randn([3], { dtype: "float64", requiresGrad: true })]); // true
 */
export function gradcheck(fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions = {}): boolean {
  return checked(options, () => check("gradcheck", fn, inputs, options));
}

/**
 * Whether the second derivatives of a function agree with differences of its gradients, as {@link gradcheck}.
 *
 * @throws {GradError} if an element differs, which it names (without `raiseException` the result is false); if no input
 * requires gradients, or one that does is not float64.
 * @throws {ValueError} for an unknown option.
 * @example
 * gradgradcheck((x) => x.pow(3), [randn([3], { dtype: "float64", requiresGrad: true })]); // true
 */
export function gradgradcheck(fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions = {}): boolean {
  const wanted = inputs.map((x) => x instanceof Tensor && x.requiresGrad);
  const gradient: Checked = (...all) => {
    const outputs = outputsOf("gradgradcheck", fn(...all.slice(0, inputs.length)));
    const by = all.slice(0, inputs.length).filter((_, i) => wanted[i]);
    return grad(outputs, by, { gradOutputs: all.slice(inputs.length), createGraph: true, materializeGrads: true });
  };
  return checked(options, () => {
    const outputs = noGrad(() => outputsOf("gradgradcheck", fn(...inputs)));
    const seeds = outputs.map((y) => (randn([...y.shape], { dtype: "float64" }) as Tensor).requiresGrad_());
    check("gradgradcheck", gradient, [...inputs, ...seeds], options);
  });
}

function checked({ raiseException = true }: GradcheckOptions, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (raiseException || !(error instanceof Mismatch)) throw error;
    return false;
  }
}

class Mismatch extends GradError {}

function outputsOf(op: string, result: Tensor | readonly Tensor[]): readonly Tensor[] {
  const outputs = result instanceof Tensor ? [result] : result;
  if (!Array.isArray(outputs) || !outputs.every((y) => y instanceof Tensor)) {
    throw new GradError(`${op}: the function gives a tensor or an array of tensors; got ${typeof result}`);
  }
  return outputs.filter((y) => y.isFloatingPoint());
}

function check(op: string, fn: Checked, inputs: readonly Tensor[], options: GradcheckOptions): void {
  checkOptions(op, options, ["eps", "atol", "rtol", "raiseException"]);
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  if (!inputs.some((x) => x instanceof Tensor && x.requiresGrad)) {
    throw new GradError(`${op}: at least one input requires gradients; got none of ${inputs.length}`);
  }
  for (const [i, x] of inputs.entries()) {
    if (!(x instanceof Tensor) || !x.requiresGrad || x.dtype === "float64") continue;
    throw new GradError(`${op}: inputs that require gradients are float64; input ${i} is ${x.dtype}; use double()`);
  }
  for (const [o, y] of outputsOf(op, fn(...inputs)).entries()) {
    for (const [i, x] of inputs.entries()) {
      if (!(x instanceof Tensor) || !x.requiresGrad || y.count === 0 || x.count === 0) continue;
      compare(op, o, i, rows(y, x), differences(fn, inputs, i, o, eps, op), { y, x, atol, rtol });
    }
  }
}

/** The derivatives by central differences, [elements of the output][elements of the input]. */
function differences(
  fn: Checked,
  inputs: readonly Tensor[],
  i: number,
  o: number,
  eps: number,
  op: string,
): number[][] {
  const x = inputs[i] as Tensor;
  const values = x.detach().contiguous().data();
  const at = (k: number, step: number): ArrayLike<number> => {
    const moved = x.detach().clone();
    moved
      .reshape(-1)
      .narrow(0, k, 1)
      .fill_((values[k] as number) + step);
    const outputs = outputsOf(op, fn(...inputs.map((other, j) => (j === i ? moved.requiresGrad_() : other))));
    return (outputs[o] as Tensor).detach().contiguous().data();
  };
  const columns = Array.from({ length: x.count }, (_, k) => {
    const [up, down] = [at(k, eps), at(k, -eps)];
    return Array.from(up, (value, row) => (value - (down[row] as number)) / (2 * eps));
  });
  return (columns[0] as number[]).map((_, row) => columns.map((column) => column[row] as number));
}

interface Pair {
  y: Tensor;
  x: Tensor;
  atol: number;
  rtol: number;
}

function compare(op: string, o: number, i: number, jacobian: Tensor, measured: number[][], pair: Pair): void {
  const found = jacobian.detach().contiguous().data();
  const { y, x, atol, rtol } = pair;
  for (let row = 0; row < y.count; row++) {
    for (let column = 0; column < x.count; column++) {
      const gradient = found[row * x.count + column] as number;
      const difference = (measured[row] as number[])[column] as number;
      if (Math.abs(gradient - difference) <= atol + rtol * Math.abs(difference)) continue;
      throw new Mismatch(
        `${op}: output ${o} ${show(placeOf(row, y.shape))} by input ${i} ${show(placeOf(column, x.shape))}: ` +
          `autograd gives ${gradient}, differences ${difference}`,
      );
    }
  }
}
