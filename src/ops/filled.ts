/** Tensors of one value, as ops need them for themselves. */
import type { DType } from "../tensor/dtypes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { ALL, family, pointer } from "./kernels.ts";

const fills = family("fill", ALL);

/** A new tensor that holds one value, which its dtype can hold. */
export function filled(shape: readonly number[], dtype: DType, value = 0): Tensor {
  const y = empty(shape, dtype);
  fills[dtype](pointer(y), value, y.count);
  return y;
}
