/** Elements by index, by mask and by condition. */
import { hstack, meshgrid, type Tensor, vstack, where } from "../../../src/index.ts";
import { given, type Input, type InputSet, input, large, SPECIALS, set, special } from "../inputs.ts";
import { type Case, CUBES, LAYOUTS, m, n, row, truths } from "./case.ts";

/** Indices from 0 up to but without `size`. */
const indices = (shape: readonly number[], size: number, kind: "int32" | "uint8" = "int32"): Input =>
  input(shape, { kind, range: [0, size - 1], seed: 5 });

const turnedIndices = (shape: readonly number[], size: number): Input =>
  input(shape, { kind: "int32", range: [0, size - 1], seed: 5, layout: "transposed" });

const WHOLE = ["int32", "uint8", "bool"] as const;

// ---- gather and scatter ---------------------------------------------------------------------------------------------

const GATHERED: readonly InputSet[] = [
  set(m([3, 4, 5]), indices([3, 2, 5], 4)),
  set(m([3, 4, 5]), indices([2, 7, 3], 4)),
  set(m([1, 1, 1]), indices([1, 1, 1], 1)),
  set(m([3, 4, 5]), indices([3, 0, 5], 4)),
  ...LAYOUTS.map((layout) => set(m([3, 4, 5], layout), indices([3, 2, 5], 4))),
  set(m([3, 4, 5], "transposed"), turnedIndices([2, 6, 4], 4)),
  ...WHOLE.map((kind) => set(input([3, 4, 2], { kind }), indices([2, 3, 2], 4, "uint8"))),
  special("NaN and infinities", given([Number.NaN, 1, Number.POSITIVE_INFINITY, -0], [1, 4, 1]), indices([1, 6, 1], 4)),
  large(m([41, 30, 50]), indices([41, 40, 50], 30)),
];
const FIRST: readonly InputSet[] = [
  set(m([5]), indices([9], 5)),
  set(m([5]), indices([0], 5)),
  set(m([4, 3]), indices([6, 2], 4)),
  set(m([4, 3], "transposed"), turnedIndices([6, 3], 4)),
  large(m([70, 600]), indices([65, 600], 70)),
];
const SCATTERED: readonly InputSet[] = [
  set(m([3, 4, 5]), indices([3, 2, 5], 4), n([3, 2, 5])),
  set(m([3, 4, 5]), indices([2, 3, 4], 4), n([2, 3, 4])),
  set(input([3, 4, 5], { kind: "int32" }), indices([2, 3, 4], 4), input([3, 5, 4], { kind: "int32" })),
  set(m([1, 1, 1]), indices([1, 1, 1], 1), n([1, 1, 1])),
  set(m([3, 4, 5]), indices([3, 0, 5], 4), n([3, 0, 5])),
  ...LAYOUTS.map((layout) => set(m([3, 4, 5], layout), indices([3, 2, 5], 4), n([3, 2, 5], layout))),
  set(m([3, 4, 5], "transposed"), turnedIndices([2, 3, 4], 4), n([2, 3, 4], "transposed")),
];
/** With no index twice, so that PyTorch gives the gradients of a scatter their one meaning. */
const ONCE: readonly InputSet[] = [
  set(m([5]), given([3, 0, 4], [3], "int32"), n([3])),
  set(m([3, 2]), given([2, 0, 1, 1], [2, 2], "int32"), n([2, 2])),
  ...LAYOUTS.map((layout) => set(m([3, 2], layout), given([2, 0, 1, 1], [2, 2], "int32"), n([2, 2], layout))),
];
const ADDED: readonly InputSet[] = [
  ...SCATTERED,
  set(input([3, 4, 2], { kind: "int32" }), indices([3, 6, 2], 4), input([3, 6, 2], { kind: "int32" })),
  large(m([41, 30, 50]), indices([41, 40, 50], 30), n([41, 40, 50])),
];

const GATHERS = [
  row("gather", "x.gather(1, y.long())", (x, y) => x.gather(1, y), GATHERED),
  row("gather", "x.gather(-2, y.long())", (x, y) => x.gather(-2, y), GATHERED.slice(0, 3)),
  row("gather", "x.gather(0, y.long())", (x, y) => x.gather(0, y), [...FIRST, set(m([]), given([0], [], "int32"))]),
  row("scatter", "x.scatter(0, y.long(), z)", (x, y, z) => x.scatter(0, y, z), ONCE),
  row("scatter", "x.scatter(1, y.long(), 3)", (x, y) => x.scatter(1, y, 3), GATHERED.slice(0, 8)),
  row("scatter", "x.scatter(1, y.long(), 1)", (x, y) => x.scatter(1, y, 1), [
    ...WHOLE.map((kind) => set(input([3, 4, 2], { kind }), indices([2, 3, 2], 4, "uint8"))),
    large(m([41, 900]), indices([41, 900], 900)),
  ]),
  row("scatterAdd", "x.scatter_add(1, y.long(), z)", (x, y, z) => x.scatterAdd(1, y, z), ADDED),
  row("scatterAdd", "x.scatter_add(0, y.long(), z)", (x, y, z) => x.scatterAdd(0, y, z), [
    set(m([4]), indices([9], 4), n([9])),
    set(m([4, 3]), indices([6, 2], 4), n([6, 2])),
    large(m([70, 600]), indices([65, 600], 70), n([65, 600])),
  ]),
];

// ---- rows -----------------------------------------------------------------------------------------------------------

const SELECTED: readonly InputSet[] = [
  set(m([3, 4, 5]), indices([7], 4)),
  set(m([3, 4, 5]), indices([1], 4)),
  set(m([3, 4, 5]), indices([0], 4)),
  set(m([3, 4, 5]), indices([], 4)),
  set(m([3, 4, 1]), indices([7], 4)),
  ...LAYOUTS.map((layout) => set(m([3, 4, 5], layout), indices([7], 4))),
  ...WHOLE.map((kind) => set(input([3, 4, 2], { kind }), indices([5], 4, "uint8"))),
  large(m([3, 400, 300]), indices([333], 400)),
  large(m([90, 400, 1]), indices([700], 400)),
];

const ROWS = [
  row("indexSelect", "x.index_select(1, y.int())", (x, y) => x.indexSelect(1, y), SELECTED),
  row("indexSelect", "x.index_select(0, y.int())", (x, y) => x.indexSelect(0, y), [
    set(m([4]), indices([9], 4)),
    set(m([]), given([0], [1], "int32")),
    large(m([500, 64]), indices([3000], 500)),
  ]),
  row("indexAdd", "x.index_add(1, y.int(), z)", (x, y, z) => x.indexAdd(1, y, z), [
    set(m([3, 4, 5]), indices([7], 4), n([3, 7, 5])),
    set(m([3, 4, 1]), indices([0], 4), n([3, 0, 1])),
    ...LAYOUTS.map((layout) => set(m([3, 4, 5], layout), indices([7], 4), n([3, 7, 5], layout))),
    set(input([2, 4], { kind: "int32" }), indices([5], 4), input([2, 5], { kind: "int32" })),
    large(m([3, 40, 700]), indices([133], 40), n([3, 133, 700])),
  ]),
  row("indexAdd", "x.index_add(0, y.int(), z, alpha=-2.5)", (x, y, z) => x.indexAdd(0, y, z, { alpha: -2.5 }), [
    set(m([4]), indices([9], 4), n([9])),
    set(m([4, 3]), indices([2], 4), n([2, 3])),
  ]),
  row("take", "x.take(y.long())", (x, y) => x.take(y), [
    set(m([3, 4]), indices([2, 5], 12)),
    set(m([3, 4]), given([-1, 11, -12, 0], [4], "int32")),
    set(m([3, 4]), indices([], 12)),
    ...LAYOUTS.map((layout) => set(m([3, 4], layout), indices([5], 12))),
    large(m([300, 200]), indices([70, 1000], 60000)),
  ]),
  row("takeAlongDim", "torch.take_along_dim(x, y.long(), 1)", (x, y) => x.takeAlongDim(y, 1), [
    set(m([3, 4]), indices([3, 6], 4)),
    set(m([3, 4]), indices([1, 6], 4)),
    set(m([1, 4]), indices([3, 2], 4)),
  ]),
  row("takeAlongDim", "torch.take_along_dim(x, y.long())", (x, y) => x.takeAlongDim(y), [
    set(m([3, 4]), indices([6], 12)),
  ]),
];

// ---- masks ----------------------------------------------------------------------------------------------------------

const NAN = Number.NaN;
const MASKED: readonly InputSet[] = [
  set(m([3, 4]), truths([3, 4])),
  set(m([]), truths([])),
  set(m([0]), truths([0])),
  set(m([17]), truths([17])),
  set(m([3, 4]), truths([4])),
  set(m([3, 4]), truths([3, 1])),
  set(m([4]), truths([3, 4])),
  ...LAYOUTS.map((layout) => set(m([3, 4], layout), truths([3, 4], layout))),
  ...WHOLE.map((kind) => set(input([3, 4], { kind }), truths([3, 4]))),
  special("NaN and infinities", given(SPECIALS), truths([SPECIALS.length])),
  large(m([41, 1001]), truths([41, 1001])),
  large(m([41, 1001]), truths([1001])),
];
const CHOSEN: readonly InputSet[] = [
  set(truths([2, 3]), m([2, 3]), n([2, 3])),
  set(truths([]), m([]), n([])),
  set(truths([0]), m([0]), n([1])),
  set(truths([33]), m([33]), n([33])),
  set(truths([3]), m([2, 3]), n([])),
  set(truths([2, 1]), m([3]), n([2, 3])),
  set(truths([4, 1, 1]), m([3, 1]), n([5])),
  ...LAYOUTS.map((layout) => set(truths([3, 4], layout), m([3, 4], layout), n([3, 4]))),
  set(truths([3, 4]), m([3, 4], "expanded"), n([3, 4], "transposed")),
  ...WHOLE.map((kind) => set(truths([3, 4]), input([3, 4], { kind }), input([4], { kind, seed: 2 }))),
  set(truths([3, 4]), m([3, 4]), input([4], { kind: "int32" })),
  special("NaN and infinities", truths([4]), given([NAN, 1, Number.POSITIVE_INFINITY, -0]), given([1, NAN, 0, 0])),
  large(truths([41, 1001]), m([41, 1001]), n([41, 1001])),
  large(truths([41, 1]), m([1001]), n([41, 1001])),
];

const MASKS = [
  row("where", "torch.where(x, y, z)", (x, y, z) => where(x, y, z), CHOSEN),
  row("where", "torch.where(x, 2.5, y)", (x, y) => where(x, 2.5, y), CHOSEN.slice(0, 11).map(twoOf)),
  row("where", "torch.where(x, y, 7)", (x, y) => where(x, y, 7), CHOSEN.slice(0, 14).map(twoOf)),
  row("where", "torch.where(x, 1, 0)", (x) => where(x, 1, 0), [set(truths([3, 4])), set(truths([]))]),
  row("where", "torch.where(x, 1.5, 0.)", (x) => where(x, 1.5, 0), [set(truths([3, 4]))]),
  row("where", "torch.where(x)", (x) => where(x), [set(truths([3, 4])), set(truths([7])), set(truths([2, 3, 2]))]),
  row("maskedFill", "x.masked_fill(y, 1)", (x, y) => x.maskedFill(y, 1), MASKED),
  row("maskedFill", "x.masked_fill(y, float('-inf'))", (x, y) => x.maskedFill(y, Number.NEGATIVE_INFINITY), [
    special("infinities", m([3, 4]), truths([3, 4])),
  ]),
  row("maskedFill", "x.masked_fill(y, z)", (x, y, z) => x.maskedFill(y, z), [
    set(m([3, 4]), truths([4]), n([])),
    set(m([3, 4], "transposed"), truths([3, 4]), n([])),
  ]),
  row(
    "maskedFill_",
    "x.mul(2).masked_fill_(y, 5)",
    (x, y) => x.mul(2).maskedFill_(y, 5),
    MASKED.filter((s) => s.name !== "[4] and [3, 4]" && s.inputs[0]?.kind === "float"),
  ),
  row("maskedSelect", "x.masked_select(y)", (x, y) => x.maskedSelect(y), MASKED),
  row("nonzero", "x.nonzero()", (x) => x.nonzero(), [
    ...CUBES,
    set(given([0, -0, NAN, 0.5])),
    set(input([0])),
    set(input([], { kind: "int32" })),
    set(truths([3, 5], "transposed")),
    large(truths([41, 1001])),
  ]),
];

function twoOf({ inputs }: InputSet): InputSet {
  return set(...inputs.slice(0, 2));
}

// ---- at and set -----------------------------------------------------------------------------------------------------

const rows = (x: Tensor, y: Tensor): Tensor => x.at(y) as Tensor;

const AT = [
  row("at", "x[1]", (x) => x.at(1), CUBES),
  row("at", "x[1, -1]", (x) => x.at(1, -1), CUBES),
  row("at", "x[1, -1, 2]", (x) => x.at(1, -1, 2), CUBES),
  row("at", "x[:, 1:3]", (x) => x.at(":", "1:3"), CUBES),
  row("at", "x[..., -1]", (x) => x.at("...", -1), CUBES),
  row("at", "x[0, ..., None, ::2]", (x) => x.at(0, "...", null, "::2"), CUBES),
  row("at", "x[None, :, :-1, -3:-1]", (x) => x.at(null, ":", ":-1", "-3:-1"), CUBES),
  row("at", "x[1:, 5:, 1:2]", (x) => x.at("1:", "5:", "1:2"), CUBES),
  row("at", "x[:, ::3, 1::2]", (x) => x.at(":", "::3", "1::2"), CUBES),
  row("at", "x[3:1, -100:100:2]", (x) => x.at("3:1", "-100:100:2"), CUBES),
  row("at", "x[y.long()]", rows, [
    set(m([4, 3]), indices([6], 4)),
    set(m([4, 3]), indices([2, 3], 4)),
    set(m([4, 3]), indices([], 4)),
    set(m([4]), given([-1, -4, 3, 0], [4], "int32")),
    set(m([4, 3]), indices([0], 4)),
    ...LAYOUTS.map((layout) => set(m([4, 3], layout), indices([6], 4))),
    large(m([500, 64]), indices([3000], 500)),
  ]),
  row("at", "x[:, y.long()]", (x, y) => x.at(":", y), SELECTED.slice(0, 9)),
  row("at", "x[y.long(), z.long()]", (x, y, z) => x.at(y, z), [
    set(m([4, 3, 2]), indices([6], 4), indices([6], 3)),
    set(m([4, 3, 2]), indices([5, 1], 4), indices([6], 3)),
    set(m([4, 3]), given([-1, 0], [2], "int32"), given([-3, 2], [2], "int32")),
  ]),
  row("at", "x[y.long(), :, z.long()]", (x, y, z) => x.at(y, ":", z), [
    set(m([4, 3, 2]), indices([6], 4), indices([6], 2)),
    set(m([4, 3, 2], "transposed"), indices([5, 1], 4), indices([6], 2)),
  ]),
  row("at", "x[:, y.long(), z.long()]", (x, y, z) => x.at(":", y, z), [
    set(m([4, 3, 2]), indices([6], 3), indices([6], 2)),
    set(m([4, 3, 2], "transposed"), indices([5, 1], 3), indices([6], 2)),
  ]),
  row("at", "x[1:, None, y.long(), 1]", (x, y) => x.at("1:", null, y, 1), [set(m([4, 3, 2]), indices([6], 3))]),
  row("at", "x[[0, -1], 1:]", (x) => x.at([0, -1], "1:"), CUBES),
  row("at", "x[[True, False]]", (x) => x.at([true, false]), CUBES),
  row("at", "x[y]", (x, y) => x.at(y), [
    set(m([3, 4]), truths([3, 4])),
    set(m([3, 4]), truths([3])),
    set(m([3, 4], "transposed"), truths([3, 4], "transposed")),
    set(m([2, 3, 4]), truths([2, 3])),
    large(m([41, 1001]), truths([41, 1001])),
  ]),
  row("at", "x[:, y]", (x, y) => x.at(":", y), [set(m([2, 3, 4]), truths([3, 4])), set(m([2, 3, 4]), truths([3]))]),
  row("at", "x[y, z.long()]", (x, y, z) => x.at(y, z), [
    set(m([3, 4]), given([1, 0, 1], [3], "bool"), indices([2], 4)),
  ]),
];

/** PyTorch's assignment into a computed tensor, as an expression. */
const assigned = (index: string, value: string): string =>
  `(v := x.mul(2) if x.is_floating_point() else x.clone(), v.__setitem__(${index}, ${value}))[0]`;
const start = (x: Tensor): Tensor => (x.requiresGrad || x.dtype.startsWith("float") ? x.mul(2) : x.clone()) as Tensor;

const SET = [
  row("set", assigned("1", "5"), (x) => start(x).set(1, 5), CUBES.slice(0, 6)),
  row("set", assigned("(slice(None), slice(1, 3))", "y"), (x, y) => start(x).set([":", "1:3"], y), [
    set(m([2, 3, 4]), n([2, 2, 4])),
    set(m([2, 3, 4]), n([4])),
    set(m([2, 3, 4]), n([])),
    set(m([2, 3, 4], "transposed"), n([1, 2, 2, 1])),
    set(m([2, 3, 4]), input([2, 1], { kind: "int32" })),
    set(input([2, 3, 4], { kind: "int32" }), input([2, 1], { kind: "int32" })),
    large(m([41, 3, 1001]), n([41, 2, 1001])),
  ]),
  row("set", assigned("(Ellipsis, slice(None, None, 2))", "y"), (x, y) => start(x).set(["...", "::2"], y), [
    set(m([2, 3, 4]), n([2, 3, 2])),
    set(m([5]), n([3])),
  ]),
  row("set", assigned("(1, -1, 0)", "y"), (x, y) => start(x).set([1, -1, 0], y), [set(m([2, 3, 4]), n([]))]),
  row("set", assigned("y.long()", "z"), (x, y, z) => start(x).set(y, z), [
    set(m([4, 3]), given([2, 0], [2], "int32"), n([2, 3])),
    set(m([4, 3]), given([-1, 0], [2], "int32"), n([3])),
    set(m([4, 3]), given([2, 0, 1, 3], [2, 2], "int32"), n([])),
  ]),
  row("set", assigned("(slice(None), y.long())", "z"), (x, y, z) => start(x).set([":", y], z), [
    set(m([4, 3]), given([2, 0], [2], "int32"), n([4, 2])),
    set(m([4, 3], "transposed"), given([2, 0], [2], "int32"), n([2])),
  ]),
  row("set", assigned("y", "3"), (x, y) => start(x).set(y, 3), [
    set(m([3, 4]), truths([3, 4])),
    set(m([3, 4]), truths([3])),
    set(input([3, 4], { kind: "int32" }), truths([3, 4])),
    set(input([3, 4], { kind: "uint8" }), truths([3, 4])),
    set(input([3, 4], { kind: "bool" }), truths([3, 4])),
    large(m([41, 1001]), truths([41, 1001])),
  ]),
  row("set", assigned("y", "z"), (x, y, z) => start(x).set(y, z), [
    set(m([4]), given([1, 0, 1, 1], [4], "bool"), n([3])),
    set(m([2, 2]), given([1, 0, 1, 1], [2, 2], "bool"), n([1])),
  ]),
];

// ---- parts and axes -------------------------------------------------------------------------------------------------

const VECTORS: readonly InputSet[] = [
  ...[5, 1, 12].map((size) => set(input([size]))),
  set(m([7], "selected")),
  set(m([7], "narrowed")),
];
const SOME = CUBES.slice(0, 6);
const PARTS = [
  row("split", "x.split(2)", (x) => x.split(2), [...SOME, ...VECTORS, set(input([0, 2]))]),
  row("split", "x.split(3, -1)[1:]", (x) => x.split(3, -1).slice(1), CUBES),
  row("split", "x.split([1, 0, 3], 2)[2:]", (x) => x.split([1, 0, 3], 2).slice(2), SOME),
  row("chunk", "x.chunk(3, 2)", (x) => x.chunk(3, 2), [...CUBES, set(input([2, 3, 1])), set(input([2, 3, 7]))]),
  row("chunk", "x.chunk(2)", (x) => x.chunk(2), [...SOME, set(input([0, 2]))]),
  row("tensorSplit", "x.tensor_split(3, 2)", (x) => x.tensorSplit(3, 2), SOME),
  row("tensorSplit", "x.tensor_split((1, 3, 9))", (x) => x.tensorSplit([1, 3, 9]), [set(input([5, 2]))]),
  row("tensorSplit", "x.tensor_split((-2, 1))", (x) => x.tensorSplit([-2, 1]), [set(input([5, 2]))]),
  row("unbind", "x.unbind()[::-1]", (x) => x.unbind().reverse(), [...SOME, ...VECTORS]),
  row("unbind", "x.unbind(-2)", (x) => x.unbind(-2), SOME),
  row("unfold", "x.unfold(0, 1, 1)", (x) => x.unfold(0, 1, 1), [...SOME, ...VECTORS]),
  row("unfold", "x.unfold(-1, 3, 1)", (x) => x.unfold(-1, 3, 1), CUBES),
  row("unfold", "x.unfold(1, 2, 2)", (x) => x.unfold(1, 2, 2), SOME),
  row("unfold", "x.unfold(0, 4, 3)", (x) => x.unfold(0, 4, 3), [
    set(input([11])),
    set(input([9, 2])),
    large(m([4001, 20])),
  ]),
  row("movedim", "x.movedim(0, -1)", (x) => x.movedim(0, -1), SOME),
  row("movedim", "x.movedim(2, 1)", (x) => x.movedim(2, 1), SOME),
  row("movedim", "x.movedim((0, 2), (-1, 0))", (x) => x.movedim([0, 2], [-1, 0]), SOME),
  row("swapaxes", "x.swapaxes(0, -1)", (x) => x.swapaxes(0, -1), SOME),
  row("unflatten", "x.unflatten(2, (2, -1))", (x) => x.unflatten(2, [2, -1]), SOME),
  row("unflatten", "x.unflatten(-3, (1, 2, 1))", (x) => x.unflatten(-3, [1, 2, 1]), SOME),
  row("diagonal", "x.diagonal()", (x) => x.diagonal(), [
    ...SOME,
    set(input([1, 1])),
    set(input([5, 3])),
    set(input([0, 3])),
  ]),
  row("diagonal", "x.diagonal(1, -1, 0)", (x) => x.diagonal({ offset: 1, dim1: -1, dim2: 0 }), SOME),
  row("diagonal", "x.diagonal(-1, 1, 2)", (x) => x.diagonal({ offset: -1, dim1: 1, dim2: 2 }), SOME),
  row("diagonal", "x.diagonal(9)", (x) => x.diagonal({ offset: 9 }), SOME.slice(0, 2)),
  row("expandAs", "x.expand_as(y)", (x, y) => x.expandAs(y), [
    set(m([3, 1]), n([2, 3, 4])),
    set(m([]), n([2])),
    set(m([2, 3]), n([2, 3])),
  ]),
  row("viewAs", "x.view_as(y)", (x, y) => x.viewAs(y), [set(m([3, 4]), n([2, 6]))]),
  row("reshapeAs", "x.reshape_as(y)", (x, y) => x.reshapeAs(y), [
    set(m([3, 4]), n([2, 6])),
    set(m([3, 4], "transposed"), n([12])),
  ]),
  row("broadcastTo", "x.broadcast_to((2, 3, 4))", (x) => x.broadcastTo(2, 3, 4), [set(m([3, 1])), set(m([]))]),
];

// ---- copies in another order ----------------------------------------------------------------------------------------

const MATRICES: readonly InputSet[] = [
  ...[
    [3, 3],
    [2, 5],
    [5, 2],
    [1, 1],
    [0, 3],
    [2, 3, 4],
  ].map((shape) => set(input(shape))),
  ...LAYOUTS.map((layout) => set(m([3, 4], layout))),
  ...WHOLE.map((kind) => set(input([3, 4], { kind }))),
  special("NaN and infinities", given([NAN, NAN, Number.POSITIVE_INFINITY, NAN], [2, 2])),
  large(m([3, 201, 301])),
];

const ARRANGED = [
  row("flip", "x.flip(0)", (x) => x.flip(0), [...CUBES, ...VECTORS, set(input([0])), large(m([601, 301]))]),
  row("flip", "x.flip((-1, 0))", (x) => x.flip([-1, 0]), [...CUBES, large(m([601, 301]))]),
  row("flip", "x.flip(-1)", (x) => x.flip(-1), [...CUBES, set(input([3, 0])), large(m([201, 301]))]),
  row("roll", "x.roll(1)", (x) => x.roll(1), [...CUBES, ...VECTORS, set(input([0])), set(input([]))]),
  row("roll", "x.roll(-5, 1)", (x) => x.roll(-5, 1), SOME),
  row("roll", "x.roll((1, 2), (0, -1))", (x) => x.roll([1, 2], [0, -1]), SOME),
  row("roll", "x.roll((1, 1), (0, 0))", (x) => x.roll([1, 1], [0, 0]), [set(input([5]))]),
  row("repeat", "x.repeat(2, 1, 3)", (x) => x.repeat(2, 1, 3), CUBES),
  row("repeat", "x.repeat(3, 2)", (x) => x.repeat(3, 2), [...VECTORS, set(input([])), large(m([301, 90]))]),
  row("repeat", "x.repeat(1, 1, 1)", (x) => x.repeat(1, 1, 1), SOME),
  row("repeat", "x.repeat(0, 2, 1)", (x) => x.repeat(0, 2, 1), SOME.slice(0, 2)),
  row("tile", "x.tile((2,))", (x) => x.tile(2), [...CUBES, ...VECTORS]),
  row("tile", "x.tile((2, 1, 1, 2))", (x) => x.tile(2, 1, 1, 2), SOME),
  row("repeatInterleave", "x.repeat_interleave(2)", (x) => x.repeatInterleave(2), [...CUBES, ...VECTORS]),
  row("repeatInterleave", "x.repeat_interleave(3, dim=1)", (x) => x.repeatInterleave(3, 1), SOME),
  row("repeatInterleave", "x.repeat_interleave(y.int(), dim=1)", (x, y) => x.repeatInterleave(y, 1), [
    set(m([2, 3, 4]), given([2, 0, 3], [3], "int32")),
  ]),
  row("tril", "x.tril()", (x) => x.tril(), MATRICES),
  row("tril", "x.tril(1)", (x) => x.tril(1), MATRICES.slice(0, 6)),
  row("tril", "x.tril(-2)", (x) => x.tril(-2), MATRICES.slice(0, 6)),
  row("triu", "x.triu()", (x) => x.triu(), MATRICES),
  row("triu", "x.triu(2)", (x) => x.triu(2), MATRICES.slice(0, 6)),
  row("triu", "x.triu(-9)", (x) => x.triu(-9), MATRICES.slice(0, 6)),
  row("diagEmbed", "x.diag_embed()", (x) => x.diagEmbed(), [...CUBES, ...VECTORS, set(input([0]))]),
  row("diagEmbed", "x.diag_embed(-2)", (x) => x.diagEmbed(-2), SOME),
  row("diag", "x.diag()", (x) => x.diag(), [...VECTORS, set(m([3, 4])), set(m([4, 3], "transposed"))]),
  row("diag", "x.diag(1)", (x) => x.diag(1), [set(m([3])), set(m([3, 4]))]),
  row("oneHot", "F.one_hot(x.long(), 4)", (x) => x.oneHot(4), [
    set(indices([7], 4)),
    set(indices([2, 3], 4, "uint8")),
    set(indices([], 4)),
    set(indices([0], 4)),
    set(turnedIndices([2, 3], 4)),
    large(indices([30000], 4)),
  ]),
  row("oneHot", "F.one_hot(x.long())", (x) => x.oneHot(), [set(indices([7], 4)), set(given([3, 0], [2], "int32"))]),
  row("meshgrid", "torch.meshgrid(x, y, indexing='ij')", (x, y) => meshgrid([x, y]), [
    set(m([3]), n([4])),
    set(m([1]), n([])),
    set(m([3], "selected"), n([4], "narrowed")),
  ]),
  row("meshgrid", "torch.meshgrid(x, y, z, indexing='xy')", (x, y, z) => meshgrid([x, y, z], { indexing: "xy" }), [
    set(m([3]), n([4]), m([2])),
  ]),
  row("hstack", "torch.hstack((x, y))", (x, y) => hstack([x, y]), [
    set(m([3]), n([4])),
    set(m([]), n([])),
    set(m([2, 3]), n([2, 1])),
  ]),
  row("vstack", "torch.vstack((x, y))", (x, y) => vstack([x, y]), [
    set(m([3]), n([3])),
    set(m([]), n([])),
    set(m([2, 3]), n([3])),
  ]),
];

export const cases: readonly Case[] = [...GATHERS, ...ROWS, ...MASKS, ...AT, ...SET, ...PARTS, ...ARRANGED];
