/** Elementwise functions of two tensors, with broadcasting: how they are made, and arithmetic. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES, type DType, isFloat, promote, promoteNumber } from "../tensor/dtypes.ts";
import type { Arg, Broadcast, Out, Shape } from "../tensor/shapes.ts";
import { broadcast, broadcastStrides, sameShape, writeLoops } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { type Family, FLOATS, family, NUMBERS, pointer, requireTensor, scalarPointer } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { sumTo } from "./reduce.ts";

/** The other operand of an elementwise function: a number, or a tensor whose shape broadcasts with S. */
export type Operand<S extends Shape, B extends Shape> = B extends []
  ? number | Tensor<B>
  : Arg<Broadcast<S, B>, number | Tensor<B>>;
/** The shape of an elementwise function's result. */
export type Combined<S extends Shape, B extends Shape> = B extends [] ? S : Out<Broadcast<S, B>>;
/** The signature of an elementwise function of two tensors. */
export type Binary = <S extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  other: Operand<S, B>,
) => Tensor<Combined<S, B>>;

/** Throws unless the operand is a tensor or a number. */
export function checkOperand(op: string, other: unknown): asserts other is Tensor | number {
  if (typeof other === "number") return;
  requireTensor(op, other, "a tensor or a number");
}

/** Runs a kernel of two operands over their broadcast shape; the result has dtype `out`. */
function combine(op: string, kernels: Family, a: Tensor, b: Tensor, out: DType): Tensor {
  if (a.strides === null && b.strides === null && sameShape(a.shape, b.shape)) {
    const y = empty(a.shape, out);
    kernels[a.dtype](pointer(a), pointer(b), pointer(y), y.count, 1, 1, 0);
    return y;
  }
  const y = empty(broadcast(op, a.shape, b.shape), out);
  if (b.count === 1 && a.strides === null && a.count === y.count) {
    kernels[a.dtype](pointer(a), pointer(b), pointer(y), y.count, 1, 0, 0);
  } else if (a.count === 1 && b.strides === null && b.count === y.count) {
    kernels[a.dtype](pointer(a), pointer(b), pointer(y), y.count, 0, 1, 0);
  } else if (y.count > 0) {
    const { address, values } = backend.table;
    const sa = broadcastStrides(a.shape, stridesOf(a), y.shape);
    const sb = broadcastStrides(b.shape, stridesOf(b), y.shape);
    writeLoops(values, y.shape, sa, sb);
    kernels[a.dtype](pointer(a), pointer(b), pointer(y), y.count, 0, 0, address);
  }
  return y;
}

/** Runs a kernel of a tensor and a number. */
function combineNumber(kernels: Family, a: Tensor, b: number, out: DType): Tensor {
  const x = contiguous.call(a);
  const y = empty(x.shape, out);
  kernels[x.dtype](pointer(x), scalarPointer(b, x.dtype), pointer(y), y.count, 1, 0, 0);
  return y;
}

/** What a gradient reads besides g: nothing, or the sum of A and B (the operands) and Y (the result). */
export const A = 1;
export const B = 2;
export const Y = 4;

/** The gradients of an elementwise function, before they are summed to the shapes of a and b. */
export interface Rule {
  a(g: Tensor, a: Tensor, b: Tensor | number, y: Tensor): Tensor;
  b(g: Tensor, a: Tensor, b: Tensor | number, y: Tensor): Tensor;
  /** The same gradients made of operations, where `a` and `b` call kernels themselves. */
  composed?: Pick<Rule, "a" | "b">;
  /** What `a` and `b` read: a graph holds on to that alone, and only if the gradient is wanted. The rest are other tensors. */
  reads: readonly [a: number, b: number];
}

/** How an elementwise function of two tensors computes. */
export interface BinaryForm {
  /** dtypes that the kernel takes; others are computed in float32. */
  dtypes?: readonly DType[];
  /** The result's dtype when it is not the operands'. */
  out?: DType;
  rule?: Rule;
}

/** An elementwise function of a tensor and a tensor or number. */
export function binary(name: string, { dtypes = NUMBERS, out, rule }: BinaryForm): Binary {
  const kernels = family(name, dtypes);
  const computed = (dtype: DType): DType =>
    dtypes.includes(dtype) ? dtype : dtype === "float64" ? dtype : closest(dtype, dtypes);
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(name, other);
    if (typeof other === "number") {
      // A comparison of ints with a number that they do not hold is exact in float64.
      const wide = out !== undefined && !isFloat(this.dtype) && DTYPES[this.dtype].array.of(other)[0] !== other;
      const x = cast(this, wide ? "float64" : computed(promoteNumber(this.dtype, other)));
      const y = combineNumber(kernels, x, other, out ?? x.dtype);
      if (rule !== undefined && tracks(x)) {
        recordNumber(name, rule, x, other, y);
      }
      return y;
    }
    const dtype = computed(promote(this.dtype, other.dtype));
    const a = cast(this, dtype);
    const b = cast(other, dtype);
    const y = combine(name, kernels, a, b, out ?? dtype);
    if (rule !== undefined && (tracks(a) || tracks(b))) {
      recordPair(name, rule, a, b, y);
    }
    return y;
  };
}

function recordPair(name: string, rule: Rule, a: Tensor, b: Tensor, y: Tensor): void {
  const [reads, composed] = [(tracks(a) ? rule.reads[0] : 0) | (tracks(b) ? rule.reads[1] : 0), rule.composed];
  const [keptA, keptB, keptY] = [reads & A ? a : null, reads & B ? b : null, reads & Y ? y : null];
  const saved = reads === 0 ? undefined : [keptA, keptB, keptY].filter((x) => x !== null);
  const made = (from: Pick<Rule, "a" | "b">): Gradient[] => pair(from, keptA, keptB, keptY, a.shape, b.shape);
  record(y, name, [a, b], made(rule), saved, null, composed && made(composed));
}

/** The gradients of a pair from what is kept of it. */
function pair(
  rule: Pick<Rule, "a" | "b">,
  a: Tensor | null,
  b: Tensor | null,
  y: Tensor | null,
  shapeA: readonly number[],
  shapeB: readonly number[],
): Gradient[] {
  return [
    (g) => sumTo(rule.a(g, a ?? g, b ?? g, y ?? g), shapeA),
    (g) => sumTo(rule.b(g, a ?? g, b ?? g, y ?? g), shapeB),
  ];
}

function recordNumber(name: string, rule: Rule, x: Tensor, other: number, y: Tensor): void {
  const reads = rule.reads[0] & (A | Y);
  const [keptX, keptY] = [reads & A ? x : null, reads & Y ? y : null];
  const saved = reads === 0 ? undefined : [keptX, keptY].filter((kept) => kept !== null);
  const { composed } = rule;
  record(
    y,
    name,
    [x],
    [alone(rule, keptX, other, keptY)],
    saved,
    null,
    composed && [alone(composed, keptX, other, keptY)],
  );
}

/** The gradient of a tensor that met a number, from what is kept. */
function alone({ a }: Pick<Rule, "a">, x: Tensor | null, other: number, y: Tensor | null): Gradient {
  return (g) => a(g, x ?? g, other, y ?? g);
}

/** Lets a function of floats compute whole numbers exactly: ints meet in float64, and the result is int32 again. */
export function exactInts(name: string, compute: Binary): Binary {
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(name, other);
    const whole = typeof other === "number" ? promoteNumber(this.dtype, other) : promote(this.dtype, other.dtype);
    if (isFloat(whole)) return compute.call(this, other);
    const y = compute.call(cast(this, "float64"), other) as Tensor;
    const fits = y
      .ge(-(2 ** 31))
      .mul(y.lt(2 ** 31))
      .mul(y.eq(y.round()));
    if (fits.all().item() === 0) {
      throw new ValueError(`${name}: a result is no int32; convert one operand with to("float64")`);
    }
    return cast(y, "int32");
  } as Binary;
}

/** The first listed dtype that holds every value of `dtype`. */
function closest(dtype: DType, dtypes: readonly DType[]): DType {
  return dtypes.includes("int32") && !isFloat(dtype) ? "int32" : "float32";
}

/** The signature of an elementwise function whose other operand may be scaled: `alpha` times it is taken. */
export type Scalable = <S extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  other: Operand<S, B>,
  options?: { alpha?: number },
) => Tensor<Combined<S, B>>;

/** alpha times the other operand; throws a ValueError unless the options are of {@link Scalable}. */
export function scaledOperand(name: string, other: unknown, options: { alpha?: number }): number | Tensor {
  const { alpha = 1 } = checkOptions(name, options, ["alpha"]);
  checkOperand(name, other);
  if (typeof alpha !== "number") throw new ValueError(`${name}: alpha is a number; got ${typeof alpha}`);
  return typeof other === "number" ? other * alpha : other.mul(alpha);
}

function scalable(name: string, plain: Binary): Scalable {
  return function (this: Tensor, other: unknown, options?: { alpha?: number }): Tensor {
    if (options === undefined) return plain.call(this, other as Tensor) as Tensor;
    return plain.call(this, scaledOperand(name, other, options)) as Tensor;
  } as Scalable;
}

/**
 * this + other, or this + alpha · other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `alpha` is no number or an option is unknown.
 * @example
 * tensor([1, 2]).add(tensor([10, 20])).toArray(); // [11, 22]
 * tensor([[1], [2]]).add(tensor([10, 20])).toArray(); // [[11, 21], [12, 22]]
 */
export const add: Scalable = scalable("add", binary("add", { rule: { a: (g) => g, b: (g) => g, reads: [0, 0] } }));

/**
 * this - other, or this - alpha · other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `alpha` is no number or an option is unknown.
 * @example
 * tensor([1, 2]).sub(1).toArray(); // [0, 1]
 * tensor([5, 5]).sub(tensor([1, 2]), { alpha: 2 }).toArray(); // [3, 1]
 */
export const sub: Scalable = scalable(
  "sub",
  binary("sub", { rule: { a: (g) => g, b: (g) => g.neg(), reads: [0, 0] } }),
);

/**
 * this * other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2]).mul(tensor([3, 4])).toArray(); // [3, 8]
 */
export const mul: Binary = binary("mul", {
  rule: { a: (g, _a, b) => g.mul(b), b: (g, a) => g.mul(a), reads: [B, A] },
});

const powBase = family("pow_backward_base", FLOATS);
const powExponent = family("pow_backward_exponent", FLOATS);

/**
 * this to the power of other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if a power of ints is no int32, such as 2 to the power of -1.
 * @example
 * tensor([2, 3]).pow(2).toArray(); // [4, 9]
 */
export const pow: Binary = exactInts(
  "pow",
  binary("pow", {
    dtypes: FLOATS,
    rule: {
      a(g, a, b) {
        const dx = empty(g.shape, g.dtype);
        const [gradient, x] = [contiguous.call(g), spread(a, g)];
        if (typeof b === "number")
          powBase[g.dtype](pointer(gradient), pointer(x), scalarPointer(b, g.dtype), pointer(dx), g.count, 0);
        else {
          const e = spread(b, g);
          powBase[g.dtype](pointer(gradient), pointer(x), pointer(e), pointer(dx), g.count, 1);
        }
        return dx;
      },
      b(g, a, _b, y) {
        const de = empty(y.shape, y.dtype);
        const [gradient, x] = [contiguous.call(g), spread(a, y)];
        powExponent[y.dtype](
          pointer(gradient),
          pointer(x),
          pointer(spread(_b as Tensor, y)),
          pointer(y),
          pointer(de),
          y.count,
          1,
          1,
        );
        return de;
      },
      composed: {
        a: (g, a, b) => (b === 0 ? g.mul(0) : typeof b === "number" ? g.mul(a.pow(b - 1).mul(b)) : g.mul(byBase(a, b))),
        b: (g, a, _b, y) => g.mul(y.mul(a.log())),
      },
      reads: [A | B, A | B | Y],
    },
  }),
);

/** b·a^(b-1), which is 0 where b is 0, whatever a. */
function byBase(a: Tensor, b: Tensor): Tensor {
  const zero = cast(b.eq(0), b.dtype);
  return a.pow(b.sub(1).add(zero)).mul(b);
}

/** An operand repeated to the result's shape, in row-major memory. */
function spread(x: Tensor, y: Tensor): Tensor {
  return contiguous.call(x.expand(...y.shape));
}

/** A maximum or minimum: the gradient goes to the larger or smaller operand, and half to each where they are equal. */
function extremum(name: "maximum" | "minimum"): Binary {
  const share = family(`${name}_backward`, FLOATS);
  const toward = (g: Tensor, x: Tensor, other: Tensor | number): Tensor => {
    const dx = empty(g.shape, g.dtype);
    const [gradient, mine] = [contiguous.call(g), spread(x, g)];
    const theirs = typeof other === "number" ? spread(filled([], g.dtype, other), g) : spread(other, g);
    share[g.dtype](pointer(gradient), pointer(mine), pointer(theirs), pointer(dx), g.count);
    return dx;
  };
  const wins = (g: Tensor, x: Tensor, other: Tensor | number): Tensor => {
    const ahead = cast(name === "maximum" ? x.gt(other) : x.lt(other), g.dtype);
    return g.mul(ahead.add(cast(x.eq(other), g.dtype).mul(0.5)));
  };
  return binary(name, {
    rule: {
      a: toward,
      b: (g, a, b) => toward(g, b as Tensor, a),
      composed: { a: wins, b: (g, a, b) => wins(g, b as Tensor, a) },
      reads: [A | B, A | B],
    },
  });
}

/**
 * The larger of the two; NaN where either is.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 5]).maximum(tensor([3, 4])).toArray(); // [3, 5]
 */
export const maximum: Binary = extremum("maximum");
/**
 * The smaller of the two; NaN where either is.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 5]).minimum(tensor([3, 4])).toArray(); // [1, 4]
 */
export const minimum: Binary = extremum("minimum");
/**
 * The angle of the point (other, this), in radians from -π to π.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, -1]).atan2(tensor([1, 0])).toArray(); // [0.7854, -1.571]
 */
export const atan2: Binary = binary("atan2", {
  dtypes: FLOATS,
  rule: {
    a: (g, a, b) => g.mul(overSquares(b, a, b)),
    b: (g, a, b) => g.mul(overSquares(a, a, b)).neg(),
    reads: [A | B, A | B],
  },
});

/** x / (a² + b²), and 0 where all are 0. */
function overSquares(x: Tensor | number, a: Tensor, b: Tensor | number): Tensor {
  const squares = a.mul(a).add(typeof b === "number" ? b * b : b.mul(b)) as Tensor;
  return squares
    .add(cast(squares.eq(0), squares.dtype))
    .reciprocal()
    .mul(x);
}
