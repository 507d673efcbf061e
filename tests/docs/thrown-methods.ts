/** Calls of tensor methods that must throw, by what is wrong with them. */
import {
  DeviceError,
  DTypeError,
  GradError,
  IndexError,
  MemoryError,
  noGrad,
  ones,
  ShapeError,
  Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";

/** A title, a call that must throw, and what it throws. */
export type Row = readonly [title: string, call: () => unknown, type: new (...args: never[]) => Error];
/** The arguments of calls by method. */
type Calls = Readonly<Record<string, readonly unknown[]>>;

const x = ones(2, 3);
const vector = ones(3);
const matrix = ones(3, 3);
const none = zeros(0);
const ints = tensor([[1, 2, 3], [4, 5, 6]], { dtype: "int32" }); // biome-ignore format: a line
const few = tensor([1, 2, 3], { dtype: "int32" });
const first = tensor([0], { dtype: "int32" });
const far = tensor([9], { dtype: "int32" });
const bytes = tensor([1, 2, 3], { dtype: "uint8" });
const mask = tensor([true, false, true]);
const double = ones([3], { dtype: "float64" });
const most = tensor([2 ** 31 - 1, 2 ** 31 - 1, 2], { dtype: "int32" });
const images = ones(1, 4, 4, 4);
const leaf = ones([2, 3], { requiresGrad: true });
const made = leaf.mul(2);
const unknown = { unknown: 1 };
const never = { dtype: "float16" };

/** Calls of methods on one tensor that all throw one class. */
function on(receiver: Tensor, type: Row[2], calls: Calls): Row[] {
  return Object.entries(calls).map(([name, args]) => {
    const method = Tensor.prototype[name as "mul"] as (this: Tensor, ...given: unknown[]) => unknown;
    return [name, () => method.apply(receiver, [...args]), type];
  });
}

/** The same arguments for several methods. */
function each(names: string, ...args: readonly unknown[]): Calls {
  return Object.fromEntries(names.split(" ").map((name) => [name, args]));
}

const CHANGING =
  "neg_ abs_ exp_ expm1_ log1p_ sign_ log_ sqrt_ rsqrt_ square_ reciprocal_ sin_ cos_ tanh_ sigmoid_ relu_ floor_ ceil_ " +
  "round_ trunc_ zero_ tril_ triu_";

const axes: readonly Row[] = [
  ...on(x, IndexError, {
    ...each("sum mean prod argmax argmin max min any all nansum nanmean median mode softmax logSoftmax glu", 9),
    ...each("cumsum cumprod cummax cummin logcumsumexp sort argsort var std varMean stdMean logsumexp amax amin", 9),
    ...each("aminmax countNonzero unbind squeeze unsqueeze flip flatten size", 9),
    ...each("transpose swapaxes movedim", 0, 9),
    ...each("split chunk tensorSplit topk kthvalue", 1, 9),
    ...each("indexFill indexFill_", 9, first, 1),
    ...each("indexCopy indexCopy_ indexAdd indexAdd_ scatterAdd scatterAdd_", 9, first, x),
    ...each("scatter scatter_", 9, first, 1),
    ...each("gather indexSelect", 9, first),
    takeAlongDim: [ints, 9],
    scatterReduce: [9, first, x, "sum"],
    permute: [0, 9],
    narrow: [0, 1, 2],
    select: [0, 2],
    unfold: [9, 1, 1],
    unflatten: [9, [1]],
    diagonal: [{ dim1: 9 }],
    diff: [{ dim: 9 }],
    norm: [2, 9],
    quantile: [0.5, 9],
    roll: [1, 9],
    rot90: [1, [0, 9]],
    repeatInterleave: [2, 9],
    cross: [x, 9],
    at: [2],
    set: [[2], 1],
    take: [far],
  }),
  ...on(vector, IndexError, {
    ...each("gather indexSelect", 0, far),
    ...each("scatter scatter_ indexFill indexFill_", 0, far, 1),
    ...each("scatterAdd scatterAdd_ indexAdd indexAdd_ indexCopy indexCopy_", 0, far, ones(1)),
    scatterReduce: [0, far, ones(1), "amax"],
    takeAlongDim: [far, 0],
    kthvalue: [4],
    at: [0, 0],
  }),
  ...on(few, IndexError, { oneHot: [3] }),
];

const shapes: readonly Row[] = [
  ...on(x, ShapeError, {
    ...each("add sub mul div pow maximum minimum remainder fmod floorDivide atan2 eq ne lt le gt ge", ones(2)),
    ...each("logicalAnd logicalOr logicalXor isclose allclose hypot xlogy logaddexp heaviside dist", ones(2)),
    ...each("add_ sub_ mul_ div_ pow_ remainder_ copy_ clamp clamp_ clampMin clampMax", ones(2)),
    ...each("expandAs reshapeAs viewAs mv bmm outer dot matmul mm inner cdist cross", ones(2)),
    ...each("lerp lerp_", ones(2), 0.5),
    ...each("addcmul addcdiv addcmul_ addcdiv_", ones(2), ones(2)),
    ...each("addmm", ones(2, 3), ones(2, 3)),
    ...each("baddbmm", ones(1, 2, 3), ones(1, 2, 3)),
    ...each("maskedFill maskedFill_", tensor([true, false]), 1),
    maskedSelect: [tensor([true, false])],
    where: [tensor([true, false]), 0],
    set: [[0], ones(2)],
    at: [mask],
    ...each("reshape view as broadcastTo expand", 4, 4),
    ...each("repeat tile", -1, 1),
    permute: [0],
    movedim: [[0, 1], [0]],
    flip: [[0, 0]],
    flatten: [1, 0],
    split: [[1, 2]],
    unfold: [0, 3, 1],
    unflatten: [0, [3]],
    diagonal: [{ dim1: 0, dim2: 0 }],
    roll: [[1, 2], 0],
    repeatInterleave: [[1], 0],
    diff: [{ prepend: ones(3, 3), dim: 1 }],
    item: [],
    layerNorm: [[2]],
    rmsNorm: [[2]],
    prelu: [ones(2)],
    pad: [[0, 0, 0, 0, 0, 0]],
    gather: [0, first],
    takeAlongDim: [first, 0],
    ...each("scatter scatter_", 0, first, 1),
    ...each("scatterAdd scatterAdd_", 0, first, x),
    scatterReduce: [0, first, x, "sum"],
    indexSelect: [0, ints],
    ...each("indexAdd indexAdd_ indexCopy indexCopy_", 0, first, x),
    ...each("indexFill indexFill_", 0, first, ones(1)),
    batchNorm: [ones(2), ones(2)],
    groupNorm: [2],
    instanceNorm: [{ weight: ones(2) }],
    localResponseNorm: [2],
    ...each("im2col", 2),
    col2im: [2, 2],
    ...each("pixelShuffle pixelUnshuffle", 2),
    interpolate: [{ size: 2, mode: "bicubic" }],
    dropout3d: [],
    newZeros: [-1],
    newOnes: [-1],
    newEmpty: [-1],
    newFull: [[-1], 1],
    newTensor: [[[1], [2, 3]]],
  }),
  ...on(vector, ShapeError, {
    ...each("tril triu tril_ triu_ fliplr rot90 trace fillDiagonal_ dropout1d dropout2d featureAlphaDropout glu"),
  }),
  ...on(none, ShapeError, {
    ...each("argmax argmin max min amax amin aminmax median mode kthvalue"),
    kthvalue: [1],
    quantile: [0.5],
    norm: [-Infinity],
  }),
  ...on(ones(2, 2, 2), ShapeError, each("t diag cov corrcoef")),
  ...on(tensor(1), ShapeError, each("diagEmbed diff flipud")),
  ...on(ints, ShapeError, { bincount: [] }),
  ...on(few, ShapeError, { bincount: [{ weights: ones(2) }], bitwiseAnd: [ints.T], bitwiseOr: [ints.T] }),
  ...on(few, ShapeError, each("bitwiseXor bitwiseLeftShift bitwiseRightShift", ints.T)),
  ...on(few.narrow(0, 0, 0), ShapeError, { oneHot: [] }),
  ...on(vector, ShapeError, { bucketize: [x] }),
  ...on(images, ShapeError, { multinomial: [1], im2col: [9], groupNorm: [3] }),
];

const dtypes: readonly Row[] = [
  ...on(ints, DTypeError, {
    ...each("exp_ expm1_ log1p_ log_ sqrt_ rsqrt_ reciprocal_ sin_ cos_ tanh_ sigmoid_ frac var std varMean stdMean"),
    ...each("norm nanmean cov corrcoef logcumsumexp glu histc dropout normal_ uniform_ bernoulli exponential_"),
    ...each("dropout1d dropout2d dropout3d alphaDropout featureAlphaDropout requiresGrad_"),
    ...each("add_ sub_ mul_ div_ pow_ remainder_", 0.5),
    ...each("clamp_", 0.5),
    ...each("matmul mm", ints.T),
    ...each("cdist prelu dist inner", ints),
    ...each("lerp lerp_", ints, 0.5),
    ...each("addcmul_ addcdiv_", x, x),
    ...each("addmm", ints, ints.T),
    ...each("baddbmm", ints.unsqueeze(0), ints.unsqueeze(0).transpose(1, 2)),
    ...each("multinomial geometric_ quantile", 0.5),
    ...each("layerNorm rmsNorm", [3]),
    ...each("batchNorm", null, null),
    ...each("groupNorm localResponseNorm im2col", 1),
    ...each("instanceNorm interpolate", {}),
    col2im: [1, 1],
    heaviside: [x],
  }),
  ...on(few, DTypeError, { dot: [few] }),
  ...on(ints, DTypeError, { mv: [few] }),
  ...on(ones([1, 2, 3], { dtype: "int32" }), DTypeError, { bmm: [ones([1, 3, 2], { dtype: "int32" })] }),
  ...on(vector, DTypeError, {
    ...each("bincount oneHot bitwiseNot"),
    ...each("bitwiseAnd bitwiseOr bitwiseXor bitwiseLeftShift bitwiseRightShift", 1),
    ...each("gather indexSelect takeAlongDim", 0, vector),
    takeAlongDim: [vector, 0],
    take: [vector],
    repeatInterleave: [vector],
    ...each("scatter scatter_ scatterAdd scatterAdd_ indexCopy indexCopy_ indexAdd indexAdd_", 0, few, double),
    ...each("indexFill indexFill_", 0, vector, 1),
    scatterReduce: [0, few, double, "sum"],
    ...each("maskedFill maskedFill_", vector, 1),
    maskedSelect: [vector],
    where: [vector, 1],
    at: [vector],
    set: [vector, 1],
    bucketize: [double],
    to: ["float16"],
    newZeros: [[2], never],
    newOnes: [[2], never],
    newEmpty: [[2], never],
    newFull: [[2], 1, never],
    newTensor: [["1"]],
  }),
  ...on(bytes, DTypeError, each("scatterAdd scatterAdd_", 0, first, bytes)),
  ["Tensor", () => (x as unknown as number) * 2, DTypeError],
];

const values: readonly Row[] = [
  ...on(x, ValueError, {
    ...each("leakyRelu hardtanh softshrink hardshrink elu celu gelu softplus logit nanToNum unique histc", unknown),
    ...each("diff cov diagonal instanceNorm bernoulli backward", unknown),
    ...each("add sub add_ sub_ cdist isclose allclose", x, unknown),
    ...each("addcmul addcdiv addcmul_ addcdiv_", x, x, unknown),
    ...each("sort argsort", 0, unknown),
    groupNorm: [0],
    ...each("layerNorm rmsNorm", []),
    ...each("var std varMean stdMean", 0, false, unknown),
    ...each("sum mean nansum nanmean amax amin aminmax countNonzero logsumexp", [0, 0]),
    ...each("clamp clamp_ clampMin clampMax", Number.NaN),
    ...each("dropout alphaDropout featureAlphaDropout dropout1d geometric_ bernoulli_", 2),
    ...each("tril triu tril_ triu_ rot90 roll", 0.5),
    ...each("newZeros newOnes newEmpty", [1], unknown),
    newFull: [[1], 1, unknown],
    newTensor: [1, unknown],
    threshold: [Number.NaN, 0],
    exponential_: [0],
    normal_: [0, -1],
    uniform_: [1, 0],
    random_: [3],
    multinomial: [0],
    dist: [x, Number.NaN],
    norm: ["nuc"],
    quantile: [2],
    topk: [4],
    split: [0],
    chunk: [0],
    tensorSplit: [0],
    unfold: [0, -1, 1],
    repeatInterleave: [-1],
    pad: [[1]],
    at: ["::-1"],
    set: ["a:b", 1],
    batchNorm: [null, null],
    scatterReduce: [0, ints, x, "most"],
    ...each("indexAdd indexAdd_", 0, first, ones(1, 3), unknown),
    bucketize: [vector, unknown],
    diagEmbed: [0.5],
  }),
  ...on(vector, DTypeError, { prelu: [double] }),
  ...on(matrix, ValueError, { diag: [0.5], addmm: [matrix, matrix, unknown] }),
  ...on(ones(1, 3, 3), ValueError, { baddbmm: [ones(1, 3, 3), ones(1, 3, 3), unknown] }),
  ...on(images, ValueError, { ...each("im2col pixelShuffle pixelUnshuffle dropout2d", 0), dropout2d: [2] }),
  ...on(ones(1, 4, 4), ValueError, { col2im: [2, 0] }),
  ...on(images, ValueError, { dropout3d: [2], localResponseNorm: [0], interpolate: [{}] }),
  ...on(most, ValueError, each("sum prod nansum cumsum cumprod", 0)),
  ...on(few, ValueError, {
    ...each("remainder fmod floorDivide remainder_", 0),
    ...each("pow pow_", 99),
    oneHot: [0],
    fill_: [2 ** 40],
    maskedFill: [mask, 2 ** 40],
    maskedFill_: [mask, 2 ** 40],
    ...each("scatter scatter_ indexFill indexFill_", 0, first, 2 ** 40),
    bincount: [{ minlength: -1 }],
    newFull: [[1], 2 ** 40],
  }),
  ...on(bytes, ValueError, { where: [mask, 300] }),
  ...on(ints, ValueError, { fillDiagonal_: [2 ** 40] }),
];

const graphs: readonly Row[] = [
  ...on(leaf, GradError, {
    ...each(CHANGING),
    ...each("add_ sub_ mul_ div_ pow_ remainder_ clamp_ fill_", 2),
    ...each("lerp_ addcmul_ addcdiv_", x, x),
    copy_: [x],
    maskedFill_: [mask, 1],
    set: [[0], 1],
    ...each("scatter_", 0, ints.mul(0), 1),
    ...each("scatterAdd_", 0, ints.mul(0), x),
    ...each("indexAdd_ indexCopy_", 0, first, ones(1, 3)),
    indexFill_: [0, first, 1],
    fillDiagonal_: [1],
    backward: [],
  }),
  ...on(x, GradError, { ...each("backward retainGrad registerHook"), registerHook: [() => undefined] }),
  ...on(x.narrow(0, 0, 1), GradError, { detach_: [] }),
  ...on(made, GradError, { requiresGrad_: [false] }),
  ...on(ones(1).expand(3), GradError, { mul_: [2] }),
  ["fill_", () => noGrad(() => ones(1).expand(3)).fill_(0), GradError],
];

/** Every call of a method. */
export const METHODS: readonly Row[] = [
  ...axes,
  ...shapes,
  ...dtypes,
  ...values,
  ...graphs,
  ...on(x, DeviceError, { to: ["gpu"] }),
  ...on(x, MemoryError, {
    ...each("newZeros newOnes newEmpty repeat tile", 2 ** 20, 2 ** 20),
    newFull: [[2 ** 20, 2 ** 20], 1],
  }),
  ...on(ones(1), MemoryError, each("expand broadcastTo", 2 ** 20, 2 ** 20)),
  ...on(none, MemoryError, each("chunk tensorSplit", 2 ** 40)),
  ...on(vector, MemoryError, { repeatInterleave: [2 ** 40] }),
  ...on(ones(1).expand(2 ** 24), MemoryError, { split: [1], unbind: [] }),
];
