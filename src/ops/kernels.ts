/** Kernels by dtype, and the operands of elementwise kernels. */
import { backend, type Kernel } from "../backend/index.ts";
import { DTypeError } from "../errors.ts";
import { DTYPES, type DType } from "../tensor/dtypes.ts";
import { show } from "../tensor/sizes.ts";
import { pointer, Tensor } from "../tensor/tensor.ts";

export const FLOATS: readonly DType[] = ["float32", "float64"];
export const NUMBERS: readonly DType[] = ["float32", "float64", "int32"];
export const ALL: readonly DType[] = ["float32", "float64", "int32", "uint8", "bool"];

/** One kernel's versions by dtype. */
export type Family = Readonly<Record<DType, Kernel>>;

/** The kernels `name_f32`, `name_f64`, … of the dtypes listed; calling another dtype's is a DTypeError that lists them. */
export function family(name: string, dtypes: readonly DType[] = FLOATS, op: string = name): Family {
  const versions = {} as Record<DType, Kernel>;
  for (const dtype of ALL) {
    versions[dtype] = dtypes.includes(dtype)
      ? backend.kernel(`${name}_${DTYPES[dtype].suffix}`)
      : () => {
          throw new DTypeError(`${op}: takes ${dtypes.join(", ")}; got ${dtype}; convert with x.to("${dtypes[0]}")`);
        };
  }
  return versions;
}

const SCALAR_BYTES = 8;
const SCALARS = 8;
const table = backend.table;
/** Scalars rest at the end of the table, beyond what any list of loops reaches. */
const first = table.values.length - SCALARS;
let buffer: ArrayBufferLike | null = null;
let views: Record<DType, Float32Array | Float64Array | Int32Array | Uint8Array>;
let next = 0;

/** The address of a number as one element of a dtype, for the very next kernel call. */
export function scalarPointer(value: number, dtype: DType): number {
  const values = table.values;
  if (values.buffer !== buffer) {
    buffer = values.buffer;
    const at = values.byteOffset + first * SCALAR_BYTES;
    const bytes = new Uint8Array(buffer, at, SCALARS * SCALAR_BYTES);
    views = {
      float32: new Float32Array(buffer, at, SCALARS * 2),
      float64: new Float64Array(buffer, at, SCALARS),
      int32: new Int32Array(buffer, at, SCALARS * 2),
      uint8: bytes,
      bool: bytes,
    };
  }
  next = (next + 1) & (SCALARS - 1);
  views[dtype][(next * SCALAR_BYTES) / DTYPES[dtype].bytes] = value;
  return table.address + (first + next) * SCALAR_BYTES;
}

/** Throws unless x is a tensor; `what` says what it may be. */
export function requireTensor(op: string, x: unknown, what = "a tensor"): asserts x is Tensor {
  if (x instanceof Tensor) return;
  const found = x === null ? "null" : Array.isArray(x) ? "an array" : typeof x;
  throw new DTypeError(`${op}: takes ${what}; got ${found}; wrap numbers in tensor(…)`);
}

/** Throws unless x is a tensor of a float dtype. */
export function requireFloat(op: string, x: Tensor): void {
  requireTensor(op, x);
  if (x.dtype !== "float32" && x.dtype !== "float64") {
    throw new DTypeError(
      `${op}: takes float32 or float64; got ${x.dtype} ${show(x.shape)}; convert with x.to("float32")`,
    );
  }
}

export { pointer };
