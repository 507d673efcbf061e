/** Tensors that are trained. */
import { makeLeaf } from "../autograd/node.ts";
import { DTypeError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";

/**
 * A tensor that belongs to a module and is trained: `module.parameters()` lists it, and it requires gradients. It takes
 * over the memory of `data`, a tensor of float dtype and any shape.
 *
 * @throws {ValueError} for an unknown option.
 * @throws {DTypeError} if `data` is not a tensor of a float dtype.
 * @example
 * class Scale extends nn.Module {
 *   factor = new nn.Parameter(ones(1));
 *   forward(x: Tensor) { return x.mul(this.factor); }
 * }
 */
export class Parameter<S extends Shape = AnyShape> extends Tensor<S> {
  /** @internal Whether a module or an optimizer lists it, so that its gradient has a use. */
  listed = false;

  constructor(data: Tensor<S>, options: { requiresGrad?: boolean } = {}) {
    checkOptions("Parameter", options, ["requiresGrad"]);
    const source: Tensor = data;
    if (!(source instanceof Tensor)) {
      throw new DTypeError(`Parameter: takes a tensor; got ${typeof data}; wrap it in tensor(…)`);
    }
    if (!isFloat(source.dtype)) throw new DTypeError(`Parameter: takes float32 or float64; got ${source.dtype}`);
    const flat = source.contiguous();
    super(flat.storage, flat.shape, flat.dtype, flat.offset);
    if (options.requiresGrad ?? true) makeLeaf(this);
  }
}
