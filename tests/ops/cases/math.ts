/** Further functions element by element, statistics and running sums. */
import { emptyLike, fullLike, logspace, randintLike, randLike, randnLike, type Tensor } from "../../../src/index.ts";
import {
  elementwise,
  given,
  type InputSet,
  input,
  large,
  pairs,
  type Range,
  SPECIAL_PAIRS,
  SPECIALS,
  set,
  special,
  specialPairs,
  whole,
  wholePairs,
} from "../inputs.ts";
import {
  axes,
  both,
  type Case,
  COUNTED,
  COUNTS,
  everything,
  LONG,
  m,
  NO_ROWS,
  NONE,
  NOTHING,
  n,
  type Run,
  row,
  TALL,
  TIED,
  truths,
  WHOLE_AXES,
  WITH_NAN,
  WITH_ZEROS,
} from "./case.ts";

// ---- element by element ----------------------------------------------------------------------------------------------

function unary(op: string, run: Run, range: Range = [-2, 2], more: readonly InputSet[] = COUNTED): Case {
  return row(op, `x.${op}()`, run, [...elementwise(range), ...more]);
}

/** PyTorch's floor_divide has no gradient. */
const TOGETHER: readonly InputSet[] = [...pairs([-5, 5], [0.6, 2]), ...wholePairs("int32", "int32", [1, 7])];
const FINITE_DIVISORS = specialPairs([0.75, -1.5, 2, -0.25]);

const BOUNDS: readonly InputSet[] = [
  ...elementwise([-2, 2]),
  special("at the borders", given([-1, -0.5, 0, 0.5, 1, Number.NaN])),
];

const THREE: readonly InputSet[] = [
  ...[[2, 3], [], [0], [17]].map((shape) =>
    set(input(shape), input(shape, { seed: 2, range: [-1.5, 0] }), input(shape, { seed: 3, range: [0, 1.5] })),
  ),
  set(m([2, 3]), n([3]), input([2, 1], { seed: 3 })),
  set(m([3]), n([2, 3]), input([], { seed: 3 })),
  set(m([3, 4], "transposed"), n([3, 4], "narrowed"), input([3, 4], { seed: 3, layout: "expanded" })),
  large(m([41, 1001]), n([41, 1001]), input([1001], { seed: 3, range: [0.3, 2] })),
];
/** At one bound, at both, and beyond equal or crossed ones. */
const TIED_BOUNDS: InputSet = special(
  "ties with bounds",
  given([1, 1, 1, 1, 3, 1, Number.NaN]),
  given([1, 0, 1, 2, 2, 1, 0]),
  given([1, 1, 2, 2, 2, 0, 1]),
);
const FLOAT_PAIRS = pairs();

const LOGICAL: readonly InputSet[] = [
  ...[[2, 3], [], [0], [37]].map((shape) => set(truths(shape), input(shape, { kind: "bool", seed: 2 }))),
  set(truths([4, 1]), input([3], { kind: "bool", seed: 2 })),
  set(truths([3, 5], "transposed"), input([3, 5], { kind: "bool", seed: 2, layout: "narrowed" })),
  set(input([2, 3], { kind: "int32" }), given([0, 1, -0, Number.NaN, 0, 2], [2, 3])),
  set(input([41, 101], { kind: "uint8" }), input([101], { kind: "bool", seed: 2 })),
];

const ELEMENTS = [
  unary("log10", (x) => x.log10(), [0.05, 4]),
  unary("exp2", (x) => x.exp2(), [-3, 3]),
  unary("sinh", (x) => x.sinh(), [-3, 3]),
  unary("cosh", (x) => x.cosh(), [-3, 3]),
  unary("asin", (x) => x.asin(), [-0.9, 0.9]),
  unary("acos", (x) => x.acos(), [-0.9, 0.9]),
  unary("trunc", (x) => x.trunc(), [-5, 5], []),
  unary("frac", (x) => x.frac(), [-5, 5], []),
  unary("isinf", (x) => x.isinf()),
  unary("isfinite", (x) => x.isfinite()),
  row("trunc", "x.trunc()", (x) => x.trunc(), [set(given([-7, 16777217], [2], "int32"))]),
  row(
    "logit",
    "x.logit()",
    (x) => x.logit(),
    elementwise(
      [0.05, 0.95],
      SPECIALS.filter((value) => !Object.is(value, -0)),
    ),
  ),
  row("logit", "x.logit(0.1)", (x) => x.logit({ eps: 0.1 }), elementwise([0.02, 0.98], SPECIALS.slice(1))),
  row("clamp", "x.clamp(-0.5, 1)", (x) => x.clamp(-0.5, 1), BOUNDS),
  row("clamp", "x.clamp(1, -0.5)", (x) => x.clamp(1, -0.5), [set(input([7]))]),
  row("clamp", "x.clamp(-3, 4)", (x) => x.clamp(-3, 4), [...whole("int32")]),
  row("clamp", "x.clamp(-2.5, 4)", (x) => x.clamp(-2.5, 4), [set(input([9], { kind: "int32" }))]),
  row("clamp", "x.clamp(min=0.5)", (x) => x.clamp(0.5, null), BOUNDS),
  row("clamp", "x.clamp(max=-0.5)", (x) => x.clamp(null, -0.5), BOUNDS),
  row("clamp", "x.clamp(y, z)", (x, y, z) => x.clamp(y, z), [...THREE, TIED_BOUNDS]),
  row("clamp", "x.clamp(z, y)", (x, y, z) => x.clamp(z, y), THREE.slice(0, 4)),
  row("clamp", "x.clamp(min=y)", (x, y) => x.clamp(y), FLOAT_PAIRS),
  row("clamp", "x.clamp(max=y)", (x, y) => x.clamp(null, y), FLOAT_PAIRS),
  row("clampMin", "x.clamp_min(0.5)", (x) => x.clampMin(0.5), BOUNDS),
  row("clampMax", "x.clamp_max(0.5)", (x) => x.clampMax(0.5), BOUNDS),
  row(
    "lerp",
    "x.lerp(y, 0.3)",
    (x, y) => x.lerp(y, 0.3),
    THREE.map((s) => set(...s.inputs.slice(0, 2))),
  ),
  row("lerp", "x.lerp(y, z)", (x, y, z) => x.lerp(y, z), THREE),
  row("addcmul", "x.addcmul(y, z)", (x, y, z) => x.addcmul(y, z), THREE),
  row("addcmul", "x.addcmul(y, z, value=-0.5)", (x, y, z) => x.addcmul(y, z, { value: -0.5 }), THREE),
  row("addcdiv", "x.addcdiv(y, z, value=2)", (x, y, z) => x.addcdiv(y, z, { value: 2 }), THREE),
  row("addcdiv", "x.addcdiv(y, z)", (x, y, z) => x.addcdiv(y, z), THREE),
  row("atan2", "x.atan2(y)", (x, y) => x.atan2(y), [...pairs([-2, 2], [0.3, 2]), ...pairs([-2, 2], [-2, 2])]),
  row("fmod", "x.fmod(y)", (x, y) => x.fmod(y), pairs([-5, 5], [0.6, 2], FINITE_DIVISORS)),
  row("fmod", "x.fmod(y).detach()", (x, y) => x.fmod(y).detach(), [SPECIAL_PAIRS]),
  row("fmod", "x.fmod(-0.75)", (x) => x.fmod(-0.75), elementwise([-5, 5])),
  row("fmod", "x.fmod(y)", (x, y) => x.fmod(y), wholePairs("int32", "int32", [1, 7])),
  row("floorDivide", "(x.detach() // y.detach())", (x, y) => x.detach().floorDivide(y.detach()), [
    ...TOGETHER,
    SPECIAL_PAIRS,
    FINITE_DIVISORS,
  ]),
  row("floorDivide", "torch.div(x, y, rounding_mode='floor')", (x, y) => x.floorDivide(y), pairs([-5, 5], [0.6, 2])),
  row("logicalAnd", "x.logical_and(y)", (x, y) => x.logicalAnd(y), LOGICAL),
  row("logicalOr", "x.logical_or(y)", (x, y) => x.logicalOr(y), LOGICAL),
  row("logicalXor", "x.logical_xor(y)", (x, y) => x.logicalXor(y), LOGICAL),
  row("logicalNot", "x.logical_not()", (x) => x.logicalNot(), [...elementwise([-2, 2]), ...COUNTED]),
  row("emptyLike", "torch.empty_like(x).fill_(4).detach()", (x) => emptyLike(x).fill_(4), COUNTS),
  row("fullLike", "torch.full_like(x, 1).detach()", (x) => fullLike(x, 1), [...COUNTS, set(m([2, 3], "transposed"))]),
  row("randLike", "torch.rand_like(x).detach()", (x) => randLike(x), COUNTS.slice(0, 1)),
  row("randnLike", "torch.randn_like(x).detach()", (x) => randnLike(x), COUNTS.slice(0, 1)),
  row("randintLike", "torch.randint_like(x, 2, 9).detach()", (x) => randintLike(x, 2, 9), COUNTS.slice(0, 2)),
  row("logspace", "torch.logspace(-1, 2, 33)", () => logspace(-1, 2, 33), NONE),
  row(
    "logspace",
    "torch.logspace(3, 1, 4, base=2, dtype=torch.float64)",
    () => logspace(3, 1, 4, { base: 2, dtype: "float64" }),
    NONE,
  ),
];

// ---- in place --------------------------------------------------------------------------------------------------------

function changed(op: string, run: Run, range: Range = [-2, 2]): Case {
  return row(op, `x.clone().${op}()`, run, elementwise(range));
}

const IN_PLACE = [
  changed("neg_", (x) => x.clone().neg_()),
  changed("abs_", (x) => x.clone().abs_()),
  changed("exp_", (x) => x.clone().exp_()),
  changed("log_", (x) => x.clone().log_(), [0.05, 4]),
  changed("sqrt_", (x) => x.clone().sqrt_(), [0.05, 4]),
  changed("rsqrt_", (x) => x.clone().rsqrt_(), [0.05, 4]),
  changed("square_", (x) => x.clone().square_()),
  changed("reciprocal_", (x) => x.clone().reciprocal_(), [0.2, 4]),
  changed("sin_", (x) => x.clone().sin_(), [-9, 9]),
  changed("cos_", (x) => x.clone().cos_(), [-9, 9]),
  changed("tanh_", (x) => x.clone().tanh_(), [-4, 4]),
  changed("sigmoid_", (x) => x.clone().sigmoid_(), [-6, 6]),
  changed("relu_", (x) => x.clone().relu_()),
  changed("floor_", (x) => x.clone().floor_(), [-5, 5]),
  changed("ceil_", (x) => x.clone().ceil_(), [-5, 5]),
  changed("round_", (x) => x.clone().round_(), [-5, 5]),
  changed("trunc_", (x) => x.clone().trunc_(), [-5, 5]),
  row("clamp_", "x.clone().clamp_(-0.5, 1)", (x) => x.clone().clamp_(-0.5, 1), BOUNDS),
  row("clamp_", "x.clone().clamp_(y, z)", (x, y, z) => x.clone().clamp_(y, z), [...THREE.slice(0, 5)]),
  row("clamp_", "x.detach().clone().clamp_(min=0)", (x) => x.detach().clone().clamp_(0), BOUNDS),
  row("pow_", "x.clone().pow_(3)", (x) => x.clone().pow_(3), elementwise([-2, 2])),
  row("remainder_", "x.clone().remainder_(0.75)", (x) => x.clone().remainder_(0.75), elementwise([-5, 5])),
  row("lerp_", "x.clone().lerp_(y, 0.3)", (x, y) => x.clone().lerp_(y, 0.3), [set(m([2, 3]), n([3]))]),
  row("addcmul_", "x.clone().addcmul_(y, z, value=2)", (x, y, z) => x.clone().addcmul_(y, z, { value: 2 }), [
    ...THREE.slice(0, 5),
  ]),
  row("addcdiv_", "x.clone().addcdiv_(y, z)", (x, y, z) => x.clone().addcdiv_(y, z), THREE.slice(0, 5)),
  row("tanh_", "x.detach().clone().tanh_()", (x) => x.detach().clone().tanh_(), elementwise([-2, 2])),
  row("exp_", "(x * 1).exp_().mul(x)", (x) => (x.mul(1).exp_() as Tensor).mul(x), [set(m([5]))]),
];

// ---- statistics ------------------------------------------------------------------------------------------------------

const FAR: InputSet = set(given([10001, 10002, 10004, 10007, 10001, 9999], [2, 3]));
const EQUAL: InputSet = set(given([3, 3, 3, 1, 2, 4], [2, 3]));
const TALL_AND_FEW = [...TALL, large(input([2, 9001, 5])), large(input([300, 40, 70]))];

const SPREADS = (["var", "std"] as const).flatMap((op): Case[] => [
  row(op, `x.${op}()`, (x) => x[op](), [...everything().slice(0, 1), ...everything().slice(3), WITH_NAN, FAR, ...LONG]),
  row(op, `x.${op}(1)`, (x) => x[op](1), [
    ...axes().filter((s) => s.name !== "[1, 1, 1]"),
    WITH_NAN,
    FAR,
    ...LONG,
    set(input([0, 3])),
  ]),
  row(op, `x.${op}(0, correction=0)`, (x) => x[op](0, false, { correction: 0 }), [...axes(), EQUAL, ...TALL_AND_FEW]),
  row(op, `x.${op}((0, 2), keepdim=True)`, (x) => x[op]([0, 2], true), axes().slice(0, 1).concat(axes().slice(2))),
  row(op, `x.${op}((1, 2), correction=2, keepdim=True)`, (x) => x[op]([1, 2], true, { correction: 2 }), [
    set(input([2, 3, 4])),
    large(input([3, 300, 300])),
  ]),
  row(op, `x.detach().${op}(1)`, (x) => x.detach()[op](1), [set(input([3, 1])), set(input([3, 0])), EQUAL]),
]);

const REDUCED = [
  row("varMean", "torch.var_mean(x, 1)", (x) => Object.values(x.varMean(1)), [...axes().slice(0, 1), ...LONG]),
  row(
    "varMean",
    "torch.var_mean(x, 0)[::-1]",
    (x) => Object.values(x.varMean(0)).reverse(),
    [...axes(), ...TALL].filter((s) => s.inputs[0]?.shape[0] !== 1),
  ),
  row("stdMean", "torch.std_mean(x, -1, keepdim=True)", (x) => Object.values(x.stdMean(-1, true)), [
    set(input([2, 3, 4])),
  ]),
  row("logsumexp", "x.logsumexp(1)", (x) => x.logsumexp(1), [
    ...axes([-4, 4]),
    ...LONG,
    set(input([0, 3])),
    set(given([1000, 1001, -1000, -1001], [2, 2])),
  ]),
  row("logsumexp", "x.logsumexp((0, 2), keepdim=True)", (x) => x.logsumexp([0, 2], true), axes([-4, 4])),
  row("logsumexp", "x.logsumexp(0)", (x) => x.logsumexp(0), [...axes([-4, 4]), set(input([])), ...TALL]),
  row("logsumexp", "x.detach().logsumexp(1)", (x) => x.detach().logsumexp(1), [
    WITH_NAN,
    special(
      "infinite",
      given([1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], [2, 2]),
    ),
  ]),
  ...(["amax", "amin"] as const).flatMap((op) => [
    row(op, `x.${op}()`, (x) => x[op](), [...everything(), TIED, ...LONG, set(input([2, 3], { kind: "int32" }))]),
    row(op, `x.${op}(1)`, (x) => x[op](1), [...axes(), TIED, ...LONG, set(input([2, 3, 4], { kind: "int32" }))]),
    row(op, `x.${op}((0, 2), keepdim=True)`, (x) => x[op]([0, 2], true), axes()),
    row(op, `x.detach().${op}(1)`, (x) => x.detach()[op](1), [WITH_NAN]),
  ]),
  row("aminmax", "torch.aminmax(x, dim=1)", (x) => Object.values(x.aminmax(1)), axes()),
  row("countNonzero", "x.count_nonzero()", (x) => x.countNonzero(), [...everything(), WITH_ZEROS, ...WHOLE_AXES]),
  row("countNonzero", "x.count_nonzero(1)", (x) => x.countNonzero(1), [...axes(), WITH_ZEROS, WITH_NAN]),
];

const NORMS = [
  row("norm", "x.norm()", (x) => x.norm(), [...everything(), WITH_ZEROS, ...LONG, set(given([0, 0]))]),
  row("norm", "x.norm(dim=1)", (x) => x.norm("fro", 1), [...axes(), ...LONG, set(given([0, 0, 1, 2], [2, 2]))]),
  row("norm", "x.norm(dim=(0, 2), keepdim=True)", (x) => x.norm(2, [0, 2], true), [
    ...axes(),
    ...TALL_AND_FEW.slice(1),
  ]),
  row("norm", "x.norm(2, 0)", (x) => x.norm(2, 0), [...axes(), ...TALL_AND_FEW]),
  row("norm", "x.norm(1)", (x) => x.norm(1), [...everything(), WITH_ZEROS, ...LONG]),
  row("norm", "x.norm(1, 0)", (x) => x.norm(1, 0), [...axes(), ...TALL_AND_FEW]),
  row("norm", "x.norm(3, 1)", (x) => x.norm(3, 1), [...axes(), WITH_ZEROS]),
  row("norm", "x.norm(1.5, 1)", (x) => x.norm(1.5, 1), [...axes(), WITH_ZEROS]),
  row("norm", "x.norm(0.5, 1)", (x) => x.norm(0.5, 1), axes()),
  row("norm", "x.detach().norm(0, 1)", (x) => x.detach().norm(0, 1), [...axes(), WITH_ZEROS]),
  row("norm", "x.norm(float('inf'))", (x) => x.norm(Number.POSITIVE_INFINITY), [...everything(), TIED]),
  row("norm", "x.norm(float('inf'), 1)", (x) => x.norm(Number.POSITIVE_INFINITY, 1), [...axes(), TIED]),
  row("norm", "x.norm(float('-inf'), 1)", (x) => x.norm(Number.NEGATIVE_INFINITY, 1), axes()),
  row("norm", "x.detach().norm(2, 1)", (x) => x.detach().norm(2, 1), [WITH_NAN, set(input([3, 0]))]),
];

// ---- running sums ----------------------------------------------------------------------------------------------------

const RUNNING: readonly InputSet[] = [...axes(), ...NO_ROWS, ...NOTHING.slice(1), ...WHOLE_AXES];
const LONG_ONE: InputSet = large(input([1, 200003], { range: [-1, 2] }));

const SCANS = [
  row("cumsum", "x.cumsum(1)", (x) => x.cumsum(1), [...RUNNING, WITH_NAN, ...LONG, LONG_ONE, large(input([40, 3001]))]),
  row("cumsum", "x.cumsum(0)", (x) => x.cumsum(0), [...RUNNING, set(input([])), ...TALL, large(input([301, 200]))]),
  row("cumsum", "x.cumsum(-1)", (x) => x.cumsum(-1), [...RUNNING, large(input([100000], { kind: "int32" }))]),
  row("cumprod", "x.cumprod(1)", (x) => x.cumprod(1), [
    ...axes([0.5, 1.5]),
    ...NO_ROWS,
    WITH_ZEROS,
    set(input([2, 3, 4], { kind: "bool" })),
    large(input([3001, 40], { range: [0.9, 1.1] })),
  ]),
  row("cumprod", "x.cumprod(0)", (x) => x.cumprod(0), [...axes([0.5, 1.5]), set(input([])), WITH_ZEROS]),
  row("cummax", "x.cummax(1)", (x) => both(x.cummax(1)), [...axes(), ...WHOLE_AXES.slice(0, 1), TIED, ...LONG]),
  row("cummax", "[a.detach() for a in x.cummax(1)]", (x) => both(x.detach().cummax(1)), [WITH_NAN, TIED]),
  row("cummax", "x.cummax(0)", (x) => both(x.cummax(0)), [...axes(), TIED]),
  row("cummin", "x.cummin(-1)", (x) => both(x.cummin(-1)), [...axes(), ...WHOLE_AXES.slice(0, 1), TIED, ...LONG]),
  row("cummin", "[a.detach() for a in x.cummin(1)]", (x) => both(x.detach().cummin(1)), [WITH_NAN]),
];

/** Runs of logarithms that are far apart, and ones that are infinite. */
const FAR_LOGS: readonly InputSet[] = [set(given([1000, -1000, 999, 0, 1001, 1001], [2, 3])), WITH_NAN];

const RUNNING_LOGS = [
  row("logcumsumexp", "x.logcumsumexp(1)", (x) => x.logcumsumexp(1), [
    ...axes([-9, 9]),
    ...NO_ROWS,
    ...LONG,
    large(input([40, 3001])),
  ]),
  row("logcumsumexp", "x.logcumsumexp(0)", (x) => x.logcumsumexp(0), [...axes(), set(input([])), set(input([1]))]),
  row("logcumsumexp", "x.detach().logcumsumexp(-1)", (x) => x.detach().logcumsumexp(-1), FAR_LOGS),
];

const INVERSES = [
  unary("asinh", (x) => x.asinh(), [-9, 9]),
  unary("acosh", (x) => x.acosh(), [1.1, 9]),
  unary("atanh", (x) => x.atanh(), [-0.9, 0.9]),
  unary("erfinv", (x) => x.erfinv(), [-0.95, 0.95]),
  row("erfinv", "x.detach().erfinv()", (x) => x.detach().erfinv(), [
    set(given([-0.999, 0.9999, 0.7, -1e-9, 1e-3, 0.99])),
  ]),
];

export const cases: readonly Case[] = [
  ...ELEMENTS,
  ...IN_PLACE,
  ...SPREADS,
  ...REDUCED,
  ...NORMS,
  ...SCANS,
  ...RUNNING_LOGS,
  ...INVERSES,
];
