/** Functions with gradients of a user's own. */
import { backwardStep } from "../autograd/backward.ts";
import { isGradEnabled, noGrad } from "../autograd/mode.ts";
import { record } from "../autograd/node.ts";
import { GradError } from "../errors.ts";
import { cat, Tensor, zerosLike } from "../ops/index.ts";
import { isFloat } from "../tensor/dtypes.ts";
import { sameShape, show } from "../tensor/sizes.ts";

/**
 * What a custom function keeps from its forward for its backward. `forward` and `backward` get it as first argument; see {@link Function}.
 * @example
 * class Doubled extends autograd.Function {
 *   static forward(ctx: autograd.FunctionContext<number>, x: Tensor) { ctx.kept = 2; return x.mul(2); }
 *   static backward(ctx: autograd.FunctionContext<number>, g: Tensor) { return g.mul(ctx.kept); }
 * }
 * grad(Doubled.apply(w).sum(), w).toArray(); // [2, 2]
 */
export class FunctionContext<Kept = unknown> {
  /** Anything that backward needs beside tensors, such as a number. */
  kept!: Kept;
  /** For each argument of `forward`, whether its gradient is wanted. */
  readonly needsInputGrad: readonly boolean[];
  #saved: readonly Tensor[] = [];
  #fixed: ReadonlySet<Tensor> = new Set();

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /** Keeps inputs, outputs or other tensors for `backward`, which notices when one is changed in place in between. */
  saveForBackward(...tensors: readonly Tensor[]): void {
    this.#saved = tensors;
  }

  /** The tensors of `saveForBackward`. */
  get savedTensors(): readonly Tensor[] {
    return this.#saved;
  }

  /** Names outputs through which no gradient flows. */
  markNonDifferentiable(...outputs: readonly Tensor[]): void {
    this.#fixed = new Set(outputs);
  }

  /** @internal */
  flowsThrough(output: Tensor): boolean {
    return isFloat(output.dtype) && !this.#fixed.has(output);
  }
}

type Outputs = Tensor | readonly Tensor[];
type Gradients = Tensor | null | readonly (Tensor | null | undefined)[];

/** The static side of a custom function. */
export interface FunctionClass<Args extends readonly unknown[], Out extends Outputs, Kept> {
  readonly name: string;
  forward(ctx: FunctionContext<Kept>, ...args: Args): Out;
  backward(ctx: FunctionContext<Kept>, ...gradients: Tensor[]): Gradients;
}

/**
 * A function with a gradient of its own. A subclass has two static methods: `forward(ctx, …arguments)`, which runs without
 * recording, and `backward(ctx, …gradients)`, which gets the gradient of each output and gives that of each argument
 * (null for what has none). A backward made of operations can itself be differentiated.
 *
 * @throws {GradError} if a subclass lacks `forward` or `backward`, outputs are no tensors, or a gradient has another
 * shape or dtype than its argument.
 * @example
 * class Square extends autograd.Function {
 *   static forward(ctx: autograd.FunctionContext, x: Tensor) { ctx.saveForBackward(x); return x.mul(x); }
 *   static backward(ctx: autograd.FunctionContext, g: Tensor) { return g.mul(ctx.savedTensors[0]!).mul(2); }
 * }
 * const x = tensor(3, { requiresGrad: true });
 * grad(Square.apply(x), x).item(); // 6
 */
// biome-ignore lint/complexity/noStaticOnlyClass: PyTorch's way of writing a function with its gradient
export class Function {
  /**
   * Runs `forward` on the arguments and records `backward`.
   *
   * @throws {GradError} if forward or backward is missing, or forward gives no tensors.
   */
  static apply<Args extends readonly unknown[], Out extends Outputs, Kept>(
    this: FunctionClass<Args, Out, Kept>,
    ...args: Args
  ): Out {
    // biome-ignore lint/complexity/noThisInStatic: the subclass that apply is called on
    const custom = this;
    for (const method of ["forward", "backward"] as const) {
      if (typeof custom[method] === "function") continue;
      throw new GradError(
        `${custom.name}: a custom function has the static methods forward and backward; got no ${method}`,
      );
    }
    const inputs = args.filter((x): x is Args[number] & Tensor => x instanceof Tensor);
    const tracked = isGradEnabled() && inputs.some((x) => x.node !== null);
    const ctx = new FunctionContext<Kept>(args.map((x) => x instanceof Tensor && x.node !== null));
    const result = noGrad(() => custom.forward(ctx, ...args));
    const outputs: readonly Tensor[] = result instanceof Tensor ? [result] : (result as readonly Tensor[]);
    if (!Array.isArray(outputs) || !outputs.every((y) => y instanceof Tensor)) {
      throw new GradError(`${custom.name}.forward: gives a tensor or an array of tensors; got ${typeof result}`);
    }
    if (!tracked) return result;
    const own = outputs.map((y) => (inputs.includes(y as never) ? y.detach() : y));
    const flowing = own.filter((y) => ctx.flowsThrough(y));
    const gradients = gradientsOf(custom, ctx, args, inputs, flowing);
    const [first] = flowing;
    if (flowing.length === 1) record(first as Tensor, custom.name, inputs, gradients, ctx.savedTensors);
    else if (flowing.length > 1) recordAll(custom.name, own, flowing, inputs, gradients, ctx.savedTensors);
    return (result instanceof Tensor ? own[0] : own) as Out;
  }
}

/** One gradient function an input. The first that runs in a step calls `backward`; the others take what it gave. */
function gradientsOf<Args extends readonly unknown[], Out extends Outputs, Kept>(
  custom: FunctionClass<Args, Out, Kept>,
  ctx: FunctionContext<Kept>,
  args: Args,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): ((g: Tensor) => Tensor)[] {
  let step = -1;
  let given: Tensor[] = [];
  return inputs.map((_, i) => (g: Tensor) => {
    if (step !== backwardStep()) {
      const gradients = outputs.length === 1 ? [g] : parts(g, outputs);
      given = checkedGradients(custom.name, custom.backward(ctx, ...gradients), args, g);
      step = backwardStep();
    }
    return given[i] as Tensor;
  });
}

/** What `backward` gave, for the tensors among the arguments: zeros for null. */
function checkedGradients(name: string, result: Gradients, args: readonly unknown[], like: Tensor): Tensor[] {
  const list = result instanceof Tensor || result === null ? [result] : result;
  if (!Array.isArray(list) || list.length !== args.length) {
    throw new GradError(
      `${name}.backward: gives one gradient (or null) for each of the ${args.length} arguments of forward; ` +
        `got ${Array.isArray(list) ? list.length : typeof result}`,
    );
  }
  const gradients: Tensor[] = [];
  for (const [i, x] of args.entries()) {
    if (!(x instanceof Tensor)) continue;
    const g = (list[i] ?? null) as Tensor | null;
    if (g === null) gradients.push(isFloat(x.dtype) ? zerosLike(x) : like);
    else if (!(g instanceof Tensor) || !sameShape(g.shape, x.shape) || g.dtype !== x.dtype) {
      const found = g instanceof Tensor ? `${show(g.shape)} ${g.dtype}` : typeof g;
      throw new GradError(
        `${name}.backward: the gradient of argument ${i} has its shape and dtype ${show(x.shape)} ${x.dtype}; got ${found}`,
      );
    } else gradients.push(g);
  }
  return gradients;
}

/** The pieces of a gradient that holds those of all outputs, one after the other. */
function parts(g: Tensor, outputs: readonly Tensor[]): Tensor[] {
  let start = 0;
  return outputs.map((y) => {
    const part = g.narrow(0, start, y.count).reshape(...y.shape);
    start += y.count;
    return part;
  });
}

/**
 * Several outputs: they become pieces of one recorded tensor, so that their gradients arrive together, zeros where none comes.
 */
function recordAll(
  name: string,
  own: Tensor[],
  flowing: readonly Tensor[],
  inputs: readonly Tensor[],
  gradients: ((g: Tensor) => Tensor)[],
  saved: readonly Tensor[],
): void {
  if (new Set(flowing.map((y) => y.dtype)).size > 1) {
    throw new GradError(`${name}.forward: outputs with gradients have one dtype; got ${flowing.map((y) => y.dtype)}`);
  }
  const whole = noGrad(() => cat(flowing.map((y) => y.reshape(-1)))) as Tensor;
  record(whole, name, inputs, gradients, saved);
  const pieces = parts(whole, flowing);
  for (const [i, y] of flowing.entries()) own[own.indexOf(y)] = pieces[i] as Tensor;
}
