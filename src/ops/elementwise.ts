/** What elementwise functions of one tensor are made of. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import type { DType } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { type Family, FLOATS, family, pointer } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";

/** The signature of an elementwise function: the shape stays. */
export type Unary = <S extends Shape>(this: Tensor<S>) => Tensor<S>;

/** A gradient as recorded operations: of the gradient of the result, and what the function keeps. */
type Formula = (g: Tensor, kept: Tensor) => Tensor;

/**
 * An elementwise function. `keeps` says what its gradient kernel reads, the input or the output; "nothing" when the
 * gradient is zero everywhere. `formula` is the same gradient made of operations, for second derivatives.
 * dtypes outside `dtypes` are computed in int32 where the kernel takes it, else in float32.
 */
export function unary(
  name: string,
  keeps: "input" | "output" | "nothing",
  formula: Formula = zeros,
  dtypes: readonly DType[] = FLOATS,
): Unary {
  const forward = family(name, dtypes);
  const backward = keeps === "nothing" ? null : family(`${name}_backward`, FLOATS);
  const other = dtypes.includes("int32") ? "int32" : "float32";
  return function (this: Tensor): Tensor {
    const x = contiguous.call(dtypes.includes(this.dtype) ? this : cast(this, other));
    const y = empty(x.shape, x.dtype);
    forward[x.dtype](pointer(x), pointer(y), x.count);
    if (tracks(x)) {
      if (backward === null) record(y, name, [x], [zeros]);
      else {
        const kept = keeps === "output" ? y : x;
        record(y, name, [x], [through(backward, kept)], [kept], null, () => [(g) => formula(g, kept)]);
      }
    }
    return y;
  };
}

/** The gradient by a kernel that reads `kept`, which is all that it holds on to. */
function through(backward: Family, kept: Tensor): Gradient {
  return (g) => {
    const flat = contiguous.call(g);
    const dx = empty(kept.shape, kept.dtype);
    backward[kept.dtype](pointer(flat), pointer(kept), pointer(dx), kept.count);
    return dx;
  };
}

/** The gradient of a function that is flat everywhere. */
const zeros = (g: Tensor): Tensor => filled(g.shape, g.dtype);
