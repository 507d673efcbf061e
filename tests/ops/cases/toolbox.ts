/** What programs reach for besides: closeness, NaN, rows by index, samples, grids, and names of their own for what there is. */
import {
  adaptiveAvgPool1d,
  adaptiveMaxPool1d,
  allclose,
  broadcastTensors,
  cartesianProd,
  columnStack,
  concat,
  dstack,
  equal,
  isclose,
  isin,
  maxUnpool1d,
  maxUnpool2d,
  multiLabelMarginLoss,
  nn,
  type Tensor,
  tensor,
  tensordot,
  trapezoid,
  trapz,
  trilIndices,
  tripletMarginWithDistanceLoss,
  triuIndices,
  unravelIndex,
} from "../../../src/index.ts";
import {
  elementwise,
  given,
  type InputSet,
  input,
  large,
  pairs,
  SPECIAL_PAIRS,
  SPECIALS,
  set,
  special,
  whole,
  wholePairs,
} from "../inputs.ts";
import {
  axes,
  b,
  both,
  type Case,
  COUNTED,
  counted,
  everything,
  labels,
  m,
  NONE,
  n,
  row,
  WHOLE_ALL,
  WITH_NAN,
} from "./case.ts";

/** true or false as a tensor, as the rows of the table are. */
const truth = (value: boolean): Tensor => tensor(value);

// ---- closeness -------------------------------------------------------------------------------------------------------

const NEAR: readonly InputSet[] = [
  set(given([1, 1, 1, 100, 0, 0]), given([1, 1 + 2 ** -18, 1 + 2 ** -15, 100 + 2 ** -10, 2 ** -26, 2 ** -28])),
  set(given([1, 1, 1, 100, 0, 0]), given([1, 1.25, 1.5, 120, 0.25, 0.5])),
  set(m([2, 3]), n([3])),
  set(m([4, 1]), n([5])),
  set(m([0]), n([1])),
  set(m([]), n([])),
  set(m([3, 4], "transposed"), m([3, 4], "transposed")),
  set(m([3, 4], "narrowed"), n([3, 4], "expanded")),
  set(input([7], { kind: "int32" }), input([7], { kind: "int32" })),
  large(m([41, 1001]), m([41, 1001])),
  SPECIAL_PAIRS,
];
const ALIKE = NEAR.filter((s) => s.inputs[0]?.shape.join() === s.inputs[1]?.shape.join());
const LOOSE = { rtol: 0.25, atol: 0.125, equalNan: true };

const CLOSENESS = [
  row("isclose", "torch.isclose(x.detach(), y.detach())", (x, y) => isclose(x, y), NEAR),
  row(
    "isclose",
    "torch.isclose(x.detach(), y.detach(), rtol=0.25, atol=0.125, equal_nan=True)",
    (x, y) => x.isclose(y, LOOSE),
    NEAR,
  ),
  row("allclose", "torch.tensor(torch.allclose(x, y))", (x, y) => truth(x.allclose(y)), NEAR),
  row(
    "allclose",
    "torch.tensor(torch.allclose(x, y, rtol=0.25, atol=0.125, equal_nan=True))",
    (x, y) => truth(allclose(x, y, LOOSE)),
    NEAR,
  ),
  row("equal", "torch.tensor(torch.equal(x, y))", (x, y) => truth(x.equal(y)), NEAR),
  row("equal", "torch.tensor(torch.equal(x, x * 1))", (x) => truth(equal(x, x.mul(1))), [
    ...ALIKE,
    WITH_NAN,
    set(input([0, 3])),
  ]),
];

// ---- conditions and NaN ----------------------------------------------------------------------------------------------

const HOLED: readonly InputSet[] = [
  WITH_NAN,
  special("a row of NaN", given([Number.NaN, Number.NaN, 1, Number.NaN, 2, 3], [3, 2])),
];

const CONDITIONS = [
  row("where", "x.where(x > y, y)", (x, y) => x.where(x.gt(y), y), [...pairs(), set(m([2, 3]), n([2, 3]))]),
  row("where", "x.where(x > 0, 5)", (x) => x.where(x.gt(0), 5), [...elementwise([-2, 2]), ...whole("int32")]),
  row("where", "x.where(y > 0, z)", (x, y, z) => x.where(y.gt(0), z), [
    set(m([2, 1]), n([3]), b([2, 3])),
    set(m([3]), n([4, 1]), b([])),
  ]),
  row("nanToNum", "x.nan_to_num()", (x) => x.nanToNum(), [...elementwise([-2, 2]), ...COUNTED]),
  row(
    "nanToNum",
    "x.nan_to_num(nan=1.5, posinf=100, neginf=-7)",
    (x) => x.nanToNum({ nan: 1.5, posinf: 100, neginf: -7 }),
    elementwise([-2, 2]),
  ),
  row("nansum", "x.nansum()", (x) => x.nansum(), [...everything(), ...HOLED, ...WHOLE_ALL, set(input([0]))]),
  row("nansum", "x.nansum(1)", (x) => x.nansum(1), [...axes(), ...HOLED]),
  row("nansum", "x.nansum((0, 1), keepdim=True)", (x) => x.nansum([0, 1], true), [...axes(), ...HOLED]),
  row("nanmean", "x.nanmean()", (x) => x.nanmean(), [...everything(), WITH_NAN]),
  row("nanmean", "x.nanmean(1)", (x) => x.nanmean(1), [...axes(), WITH_NAN]),
  row("nanmean", "x.detach().nanmean(1, keepdim=True)", (x) => x.detach().nanmean(1, true), HOLED),
];

// ---- pairs -----------------------------------------------------------------------------------------------------------

const FINITE = (sets: readonly InputSet[]): InputSet[] => sets.filter((s) => !s.special);

const PAIRS = [
  row("hypot", "x.hypot(y)", (x, y) => x.hypot(y), FINITE(pairs())),
  row("hypot", "x.detach().hypot(y.detach())", (x, y) => x.detach().hypot(y.detach()), [
    set(given([2 ** 100, 2 ** -100, 3, 0]), given([2 ** 100, 2 ** -100, 4, 0])),
    SPECIAL_PAIRS,
  ]),
  row("xlogy", "x.xlogy(y)", (x, y) => x.xlogy(y), FINITE(pairs([-2, 2], [0.1, 3]))),
  row("xlogy", "x.detach().xlogy(y.detach())", (x, y) => x.detach().xlogy(y.detach()), [
    SPECIAL_PAIRS,
    ...wholePairs("int32", "int32", [0, 5]),
  ]),
  row("xlogy", "x.xlogy(2.5)", (x) => x.xlogy(2.5), [...elementwise([-2, 2]), ...COUNTED]),
  row("logaddexp", "x.logaddexp(y)", (x, y) => x.logaddexp(y), FINITE(pairs([-9, 9], [-9, 9]))),
  row("logaddexp", "x.detach().logaddexp(y.detach())", (x, y) => x.detach().logaddexp(y.detach()), [
    SPECIAL_PAIRS,
    set(given([1000, -1000, 0]), given([1000, -1001, -500])),
  ]),
  row("heaviside", "x.detach().heaviside(y.detach())", (x, y) => x.heaviside(y), [
    ...pairs(),
    ...wholePairs("int32"),
    set(given([-1, 0, 0, 2]), given([0.5, 0.5, 7, 7])),
  ]),
  row("dist", "x.dist(y)", (x, y) => x.dist(y), [set(m([2, 3]), n([2, 3])), set(m([2, 3]), n([3])), set(m([]), n([]))]),
  row("dist", "x.dist(y, 1)", (x, y) => x.dist(y, 1), [set(m([2, 3]), n([2, 3])), set(m([4, 1]), n([5]))]),
  row("deg2rad", "x.deg2rad()", (x) => x.deg2rad(), [...elementwise([-360, 360]), ...COUNTED]),
  row("rad2deg", "x.rad2deg()", (x) => x.rad2deg(), [...elementwise([-3, 3]), ...COUNTED]),
];

// ---- rows ------------------------------------------------------------------------------------------------------------

/** x, an index of three rows of axis 1, and a source for them. */
const PLACED: readonly InputSet[] = [
  set(m([2, 5]), given([4, 0, 2], [3], "int32"), n([2, 3])),
  set(m([2, 5, 3], "transposed"), given([4, 0, 2], [3], "int32"), n([2, 3, 3], "narrowed")),
  set(m([3, 4], "expanded"), given([3], [1], "int32"), n([3, 1])),
  set(m([0, 5]), given([4, 0], [2], "int32"), n([0, 2])),
  set(m([2, 5]), input([0], { kind: "int32" }), n([2, 0])),
  set(input([2, 5], { kind: "int32" }), given([1, 2], [2], "int32"), input([2, 2], { kind: "int32", seed: 4 })),
  large(m([300, 401]), labels([401], 401), n([300, 401])),
];
const APART = PLACED.slice(0, -1);
const NUMBERED = PLACED.map((s) => ({ ...s, inputs: s.inputs.slice(0, 2) }));

const ROWS = [
  row("indexFill", "x.index_fill(1, y.long(), 3)", (x, y) => x.indexFill(1, y, 3), NUMBERED),
  row("indexFill", "x.index_fill(0, y.long(), z)", (x, y, z) => x.indexFill(0, y, z), [
    set(m([4, 2]), given([3, 1], [2], "int32"), n([])),
    set(m([5]), given([0], [1], "int32"), n([])),
  ]),
  row("indexCopy", "x.index_copy(1, y.long(), z)", (x, y, z) => x.indexCopy(1, y, z), APART),
  row("indexCopy", "x.index_copy(0, y.long(), z)", (x, y, z) => x.indexCopy(0, y, z), [
    set(m([4, 2]), given([3, 1], [2], "int32"), n([2, 2])),
    set(m([]), given([0], [1], "int32"), n([])),
  ]),
  row("indexFill_", "x.clone().index_fill_(1, y.long(), 3)", (x, y) => x.clone().indexFill_(1, y, 3), NUMBERED),
  row("indexCopy_", "x.clone().index_copy_(1, y.long(), z)", (x, y, z) => x.clone().indexCopy_(1, y, z), APART),
  row("indexAdd_", "x.clone().index_add_(1, y.long(), z)", (x, y, z) => x.clone().indexAdd_(1, y, z), PLACED),
  row(
    "indexAdd_",
    "x.clone().index_add_(1, y.long(), z, alpha=-2)",
    (x, y, z) => x.clone().indexAdd_(1, y, z, { alpha: -2 }),
    PLACED.slice(0, 2),
  ),
  row("scatter_", "x.clone().scatter_(1, y.long(), 1)", (x, y) => x.clone().scatter_(1, y, 1), [
    set(m([3, 5]), labels([3, 2], 5)),
    set(input([3, 5], { kind: "int32" }), labels([3, 1], 5)),
    set(m([3, 5], "transposed"), labels([2, 2], 5)),
  ]),
  row("scatter_", "x.clone().scatter_(1, y.long(), z)", (x, y, z) => x.clone().scatter_(1, y, z), [
    set(m([2, 5]), given([4, 0, 2, 1], [2, 2], "int32"), n([2, 2])),
    set(m([2, 5]), given([4, 0, 2, 1], [2, 2], "int32"), n([2, 2], "transposed")),
  ]),
  row("scatterAdd_", "x.clone().scatter_add_(1, y.long(), z)", (x, y, z) => x.clone().scatterAdd_(1, y, z), [
    set(m([3, 5]), labels([3, 9], 5), n([3, 9])),
    set(m([2, 5]), given([4, 0, 2, 1], [2, 2], "int32"), n([2, 2], "narrowed")),
  ]),
  row("scatterAdd_", "(x * 2).neg().scatter_add_(0, y.long(), z)", (x, y, z) => x.mul(2).neg().scatterAdd_(0, y, z), [
    set(m([4]), given([1, 1, 3], [3], "int32"), n([3])),
  ]),
  ...(["tril_", "triu_"] as const).flatMap((op) => [
    row(op, `x.clone().${op}()`, (x) => x.clone()[op](), [...axes(), set(m([3, 3])), set(m([4, 2], "transposed"))]),
    row(op, `x.clone().${op}(-1)`, (x) => x.clone()[op](-1), [set(m([3, 4])), set(input([3, 3], { kind: "int32" }))]),
  ]),
  row("fillDiagonal_", "x.clone().fill_diagonal_(3)", (x) => x.clone().fillDiagonal_(3), [
    ...[set(m([3, 3])), set(m([2, 4])), set(m([4, 2])), set(m([1, 1])), set(m([3, 3], "transposed"))],
    set(input([3, 3], { kind: "int32" })),
  ]),
  row("sign_", "x.clone().sign_()", (x) => x.clone().sign_(), elementwise([-2, 2])),
  row("expm1_", "x.clone().expm1_()", (x) => x.clone().expm1_(), elementwise([-2, 2])),
  row("log1p_", "x.clone().log1p_()", (x) => x.clone().log1p_(), elementwise([-0.9, 4])),
  row("clip_", "x.clone().clip_(-0.5, 1)", (x) => x.clone().clip_(-0.5, 1), elementwise([-2, 2])),
];

// ---- names -----------------------------------------------------------------------------------------------------------

const FEW: readonly InputSet[] = [...elementwise([-2, 2]).slice(0, 11), ...COUNTED];

const NAMES = [
  row("clip", "x.clip(-0.5, 1)", (x) => x.clip(-0.5, 1), elementwise([-2, 2])),
  row("ravel", "x.ravel()", (x) => x.ravel(), [...everything(), ...axes(), set(input([0, 3]))]),
  row("moveaxis", "x.moveaxis(0, -1)", (x) => x.moveaxis(0, -1), axes()),
  row("swapdims", "x.swapdims(0, 2)", (x) => x.swapdims(0, 2), axes()),
  row("argwhere", "x.argwhere()", (x) => x.argwhere(), [
    set(given([0, 2, 0, 3], [2, 2])),
    set(given([0, 0])),
    set(input([3, 4], { kind: "bool" })),
  ]),
  row("nelement", "torch.tensor(x.nelement())", (x) => counted([x.nelement()]).reshape() as Tensor, [
    set(m([2, 3])),
    set(m([])),
    set(m([0])),
  ]),
  row("concat", "torch.concat([x, y], 1)", (x, y) => concat([x, y], 1), [set(m([2, 3]), n([2, 1]))]),
  row("cpu", "x.cpu()", (x) => x.cpu(), FEW.slice(0, 1)),
  row("long", "x.detach().long()", (x) => x.detach().long(), FEW),
  row("bool", "x.detach().bool()", (x) => x.detach().bool(), [...FEW, special("specials", given(SPECIALS))]),
  row("byte", "x.detach().byte()", (x) => x.detach().byte(), [
    set(input([17], { range: [0, 255] })),
    ...COUNTED.slice(1),
  ]),
  row("typeAs", "x.type_as(y)", (x, y) => x.typeAs(y), [
    set(m([2, 3]), n([1])),
    set(input([2, 3], { kind: "int32" }), n([1])),
  ]),
  row("detach_", "(x * 2).detach_()", (x) => x.mul(2).detach_(), [set(m([2, 3]))]),
  row("newZeros", "x.new_zeros(2, 3)", (x) => x.newZeros(2, 3), FEW.slice(-4)),
  row("newOnes", "x.new_ones((2, 3))", (x) => x.newOnes([2, 3]), FEW.slice(-4)),
  row("newEmpty", "x.new_empty((0, 3))", (x) => x.newEmpty([0, 3]), FEW.slice(-4)),
  row("newFull", "x.new_full((2,), 1)", (x) => x.newFull([2], 1), FEW.slice(-4)),
  row("newTensor", "x.new_tensor([1, 0])", (x) => x.newTensor([1, 0]), FEW.slice(-4)),
  row("fliplr", "x.fliplr()", (x) => x.fliplr(), [...axes(), set(m([2, 3])), set(m([0, 3]))]),
  row("flipud", "x.flipud()", (x) => x.flipud(), [...axes(), set(m([5])), set(m([0, 3]))]),
  ...[0, 1, 2, 3, -1, 6].map((k) => row("rot90", `x.rot90(${k})`, (x) => x.rot90(k), axes().slice(0, 6))),
  row("rot90", "x.rot90(1, (2, 1))", (x) => x.rot90(1, [2, 1]), axes().slice(0, 6)),
];

// ---- samples ---------------------------------------------------------------------------------------------------------

/** Where each line has one most frequent element, or several. */
const VOTES: readonly InputSet[] = [
  set(given([1, 2, 2, 3, 3, 3, 1, 1, 2, 5, 4, 6], [3, 4], "int32")),
  special("equals in lines", given([1.5, 2.5, 2.5, 3, 3, 7, 1, 1, 2, 5, 4, 6], [3, 4])),
  special("two pairs", given([4, 2, 4, 2, 1], [5])),
  set(input([1], { kind: "int32" })),
  set(input([3, 9], { kind: "uint8", range: [0, 3] })),
  set(input([4, 9], { kind: "int32", range: [0, 2] })),
];

const SAMPLES = [
  row("diff", "x.diff()", (x) => x.diff(), [
    ...axes(),
    ...WHOLE_ALL.filter((s) => s.inputs[0]?.kind !== "uint8"),
    set(m([1])),
    set(m([0])),
    set(m([7])),
  ]),
  row("diff", "x.diff(n=2, dim=0)", (x) => x.diff({ n: 2, dim: 0 }), [...axes(), set(m([5, 2])), set(m([1, 2]))]),
  row("diff", "x.diff(n=0)", (x) => x.diff({ n: 0 }), axes().slice(0, 1)),
  row("diff", "x.diff(dim=1, prepend=y, append=y)", (x, y) => x.diff({ dim: 1, prepend: y, append: y }), [
    set(m([2, 3]), n([2, 1])),
    set(m([2, 0]), n([2, 2])),
  ]),
  row("trapezoid", "torch.trapezoid(x)", (x) => trapezoid(x), [...axes(), set(m([7])), set(m([1]))]),
  row("trapezoid", "torch.trapezoid(x.detach())", (x) => trapezoid(x.detach()), [set(m([2, 0]))]),
  row("trapezoid", "torch.trapezoid(x, dx=0.5, dim=0)", (x) => trapezoid(x, { dx: 0.5, dim: 0 }), axes()),
  row("trapezoid", "torch.trapezoid(x, y)", (x, y) => trapezoid(x, { x: y }), [
    set(m([2, 5]), n([5])),
    set(m([2, 5]), n([2, 5])),
    set(m([5]), n([5])),
    set(m([3, 4], "transposed"), n([4])),
  ]),
  row("trapz", "torch.trapz(x, y, dim=0)", (x, y) => trapz(x, { x: y, dim: 0 }), [set(m([4, 3]), n([4]))]),
  row("cov", "x.cov()", (x) => x.cov(), [
    ...[set(m([3, 5])), set(m([2, 2])), set(m([7])), set(m([1, 4])), set(m([3, 5], "transposed"))],
    large(m([40, 2001])),
  ]),
  row("cov", "x.cov(correction=0)", (x) => x.cov({ correction: 0 }), [set(m([3, 5])), set(m([3, 1]))]),
  row("corrcoef", "x.corrcoef()", (x) => x.corrcoef(), [set(m([3, 5])), set(m([2, 9])), set(m([4, 6], "narrowed"))]),
  row("corrcoef", "x.detach().corrcoef()", (x) => x.detach().corrcoef(), [set(m([7]))]),
  row("mode", "x.mode()", (x) => both(x.mode()), VOTES),
  row("mode", "x.mode(0, True)", (x) => both(x.mode(0, true)), VOTES),
  row("mode", "x.mode()", (x) => both(x.mode()), [set(m([]))]),
];

// ---- grids and products ----------------------------------------------------------------------------------------------

const GRIDS = [
  row("triuIndices", "torch.triu_indices(3, 4)", () => triuIndices(3, 4), NONE),
  row("triuIndices", "torch.triu_indices(4, 3, 1)", () => triuIndices(4, 3, { offset: 1 }), NONE),
  row("triuIndices", "torch.triu_indices(3, 3, 5)", () => triuIndices(3, 3, { offset: 5 }), NONE),
  row("trilIndices", "torch.tril_indices(3, 4)", () => trilIndices(3, 4), NONE),
  row("trilIndices", "torch.tril_indices(3, 4, -1)", () => trilIndices(3, 4, { offset: -1 }), NONE),
  row("trilIndices", "torch.tril_indices(0, 4)", () => trilIndices(0, 4), NONE),
  row("unravelIndex", "torch.unravel_index(x, (2, 3, 4))", (x) => unravelIndex(x, [2, 3, 4]), [
    set(given([0, 23, 7, 12], [2, 2], "int32")),
    set(given([11], [], "int32")),
    set(input([0], { kind: "int32" })),
  ]),
  row("cartesianProd", "torch.cartesian_prod(x, y)", (x, y) => cartesianProd([x, y]), [
    set(m([2]), n([3])),
    set(m([1]), n([4])),
    set(m([3], "selected"), n([2])),
  ]),
  row("cartesianProd", "torch.cartesian_prod(x)", (x) => cartesianProd([x]), [set(m([3]))]),
  row("columnStack", "torch.column_stack([x, y])", (x, y) => columnStack([x, y]), [
    set(m([3]), n([3])),
    set(m([3]), n([3, 2])),
    set(m([3, 1], "transposed"), n([3, 4])),
  ]),
  row("dstack", "torch.dstack([x, y])", (x, y) => dstack([x, y]), [
    set(m([3]), n([3])),
    set(m([3, 2]), n([3, 2])),
    set(m([3, 2, 4]), n([3, 2, 1])),
    set(m([]), n([])),
  ]),
  row("broadcastTensors", "torch.broadcast_tensors(x, y)", (x, y) => broadcastTensors([x, y]), [
    set(m([2, 1]), n([3])),
    set(m([]), n([2, 2])),
    set(m([0, 1]), n([3])),
  ]),
  row("isin", "torch.isin(x.detach(), y.detach())", (x, y) => isin(x, y), [
    set(given([1, 2, 3, 2]), given([2, 5])),
    set(input([4, 5], { kind: "int32" }), input([2, 2], { kind: "int32" })),
    set(m([3]), n([0])),
    set(m([0]), n([3])),
  ]),
  row("isin", "torch.isin(x, y, invert=True)", (x, y) => isin(x, y, { invert: true }), [
    set(input([4, 5], { kind: "int32" }), input([3], { kind: "int32" })),
  ]),
  row("tensordot", "torch.tensordot(x, y)", (x, y) => tensordot(x, y), [
    set(m([2, 3, 4]), n([3, 4, 5])),
    set(m([3, 4]), n([3, 4])),
    set(m([2, 3, 4], "transposed"), n([3, 4, 2], "narrowed")),
    set(m([2, 0, 4]), n([0, 4, 5])),
  ]),
  row("tensordot", "torch.tensordot(x, y, dims=1)", (x, y) => tensordot(x, y, { dims: 1 }), [
    set(m([2, 3]), n([3, 4])),
    set(m([3]), n([3])),
    large(m([70, 300]), n([300, 40])),
  ]),
  row("tensordot", "torch.tensordot(x, y, dims=0)", (x, y) => tensordot(x, y, { dims: 0 }), [set(m([2]), n([3, 2]))]),
  row(
    "tensordot",
    "torch.tensordot(x, y, dims=([1, 0], [0, 1]))",
    (x, y) =>
      tensordot(x, y, {
        dims: [
          [1, 0],
          [0, 1],
        ],
      }),
    [set(m([3, 4, 5]), n([4, 3, 2]))],
  ),
  row("inner", "torch.inner(x, y)", (x, y) => x.inner(y), [
    set(m([3]), n([3])),
    set(m([2, 3]), n([4, 3])),
    set(m([2, 3]), n([3])),
    set(m([2, 3]), n([])),
    set(m([2, 3], "transposed"), n([1, 3], "narrowed")),
  ]),
];

// ---- losses and pooling ----------------------------------------------------------------------------------------------

/** Scores, and the labels of each row up to a -1. */
const LISTED: readonly InputSet[] = [
  set(m([2, 4]), given([3, 0, -1, 1, 2, -1, 0, 0], [2, 4], "int32")),
  set(m([3]), given([0, 1, 2], [3], "int32")),
  set(m([3]), given([-1, 1, 2], [3], "int32")),
  set(m([2, 3], "transposed"), given([1, 1, -1, 0, 2, 1], [2, 3], "int32")),
];
const WINDOWS: readonly InputSet[] = [
  set(m([2, 3, 8])),
  set(m([3, 7])),
  set(m([1, 1, 4], "transposed")),
  set(m([2, 2, 6], "narrowed")),
];

const LOSSES = [
  ...(["mean", "sum", "none"] as const).map((reduction) =>
    row(
      "multiLabelMarginLoss",
      `F.multilabel_margin_loss(x, y.long(), reduction='${reduction}')`,
      (x, y) => multiLabelMarginLoss(x, y, { reduction }),
      LISTED,
    ),
  ),
  ...[false, true].map((swap) =>
    row(
      "tripletMarginWithDistanceLoss",
      `F.triplet_margin_with_distance_loss(x, y, z, distance_function=lambda a, b: (a - b).abs().sum(-1), margin=1.5, swap=${swap ? "True" : "False"})`,
      (x, y, z) =>
        tripletMarginWithDistanceLoss(x, y, z, {
          distanceFunction: (a, c) => (a.sub(c) as Tensor).abs().sum(-1) as Tensor,
          margin: 1.5,
          swap,
        }),
      [set(m([4, 3]), n([4, 3]), b([4, 3]))],
    ),
  ),
  row(
    "tripletMarginWithDistanceLoss",
    "F.triplet_margin_with_distance_loss(x, y, z, reduction='none')",
    (x, y, z) => tripletMarginWithDistanceLoss(x, y, z, { reduction: "none" }),
    [set(m([4, 3]), n([4, 3]), b([4, 3]))],
  ),
];

const POOLING = [
  row("adaptiveAvgPool1d", "F.adaptive_avg_pool1d(x, 3)", (x) => adaptiveAvgPool1d(x, 3), WINDOWS),
  row("adaptiveAvgPool1d", "F.adaptive_avg_pool1d(x, x.shape[-1])", (x) => adaptiveAvgPool1d(x, [null]), WINDOWS),
  row("adaptiveMaxPool1d", "F.adaptive_max_pool1d(x, 3)", (x) => adaptiveMaxPool1d(x, 3), WINDOWS),
  row(
    "maxUnpool1d",
    "F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)",
    (x) => {
      const { values, indices } = new nn.MaxPool1d(2, { returnIndices: true }).forward(x);
      return maxUnpool1d(values, indices, 2);
    },
    [set(m([2, 3, 8])), set(m([3, 6])), set(m([2, 2, 6], "transposed"))],
  ),
  row(
    "maxUnpool2d",
    "F.max_unpool2d(*F.max_pool2d(x, (2, 3), return_indices=True), (2, 3), output_size=x.shape)",
    (x) => {
      const { values, indices } = new nn.MaxPool2d([2, 3], { returnIndices: true }).forward(x);
      return maxUnpool2d(values, indices, [2, 3], { outputSize: x.shape });
    },
    [set(m([2, 3, 5, 7])), set(m([1, 2, 4, 8], "transposed"))],
  ),
  row(
    "maxUnpool2d",
    "F.max_unpool2d(*F.max_pool2d(x, 3, stride=3, padding=1, return_indices=True), 3, stride=3, padding=1)",
    (x) => {
      const options = { stride: 3, padding: 1 };
      const { values, indices } = new nn.MaxPool2d(3, { ...options, returnIndices: true }).forward(x);
      return maxUnpool2d(values, indices, 3, options);
    },
    [set(m([2, 3, 4, 4])), set(m([1, 7, 7]))],
  ),
];

export const cases: readonly Case[] = [
  ...CLOSENESS,
  ...CONDITIONS,
  ...PAIRS,
  ...ROWS,
  ...NAMES,
  ...SAMPLES,
  ...GRIDS,
  ...LOSSES,
  ...POOLING,
];
