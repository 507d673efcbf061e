/** Order: sorting, the first k, medians and quantiles, counting. */
import { searchsorted, type Tensor } from "../../../src/index.ts";
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { axes, both, type Case, m, NO_ROWS, n, row, TIED, WHOLE_AXES, WITH_NAN } from "./case.ts";

const LINES: readonly InputSet[] = [...axes(), ...WHOLE_AXES.slice(0, 1)];
const MANY: readonly InputSet[] = [
  large(input([7, 300], { range: [-9, 9] })),
  large(input([3, 20001], { range: [-900, 900] })),
  set(input([5, 40], { range: [-9, 9] })),
  set(input([1000], { kind: "int32", range: [-100000, 100000] })),
];
const HUGE: InputSet = large(input([2, 300007], { range: [-100, 100] }));

/** Where all elements differ, so that places are determined. */
const APART: readonly InputSet[] = [
  set(given([3, -1, 7, 2, 0.5, 9, -4, 8], [2, 4])),
  set(given([5, 2, 8, 1, 9, 3], [6])),
  set(given([2.5], [1])),
  set(input([4, 3])),
];

const SORTS = [
  row("sort", "x.sort(stable=True)", (x) => both(x.sort()), [
    ...LINES,
    TIED,
    ...MANY,
    HUGE,
    set(input([])),
    set(input([3, 0])),
  ]),
  row("sort", "x.sort(dim=1, descending=True, stable=True)", (x) => both(x.sort(1, { descending: true })), [
    ...LINES,
    TIED,
    ...MANY.slice(0, 3),
  ]),
  row("sort", "x.sort(dim=0, stable=True)", (x) => both(x.sort(0)), [...LINES, TIED, ...NO_ROWS, MANY[0] as InputSet]),
  row("sort", "[a.detach() for a in x.sort(dim=1, stable=True)]", (x) => both(x.detach().sort(1)), [WITH_NAN]),
  row(
    "sort",
    "[a.detach() for a in x.sort(dim=1, stable=True, descending=True)]",
    (x) => both(x.detach().sort(1, { descending: true, stable: true })),
    [WITH_NAN],
  ),
  row("sort", "x.sort(stable=True)", (x) => both(x.sort()), [
    set(input([3, 40], { kind: "uint8" })),
    set(input([3, 40], { kind: "bool" })),
  ]),
  row("argsort", "x.argsort(dim=1, stable=True)", (x) => x.argsort(1), [...LINES, TIED]),
  row("argsort", "x.argsort(dim=0, stable=True, descending=True)", (x) => x.argsort(0, { descending: true }), LINES),
];

const FIRSTS = [
  row("topk", "x.topk(2)", (x) => both(x.topk(2)), [
    APART[0] as InputSet,
    set(input([3, 40])),
    set(input([3, 4, 5], { layout: "transposed" })),
  ]),
  row("topk", "x.topk(3, 0)", (x) => both(x.topk(3, 0)), [
    set(input([4, 3])),
    set(input([40, 5])),
    APART[1] as InputSet,
  ]),
  row("topk", "x.topk(1, largest=False)", (x) => both(x.topk(1, -1, { largest: false })), APART),
  row("topk", "x.topk(x.shape[-1])", (x) => both(x.topk(x.shape.at(-1) as number)), [...APART, set(input([3, 0]))]),
  row("topk", "x.topk(0)", (x) => both(x.topk(0)), APART.slice(0, 1)),
  row(
    "topk",
    "x.topk(5, sorted=False).values.sort().values",
    (x) => x.topk(5, -1, { sorted: false }).values.sort().values,
    [set(input([3, 40]))],
  ),
  row("topk", "x.topk(3).values", (x) => x.topk(3).values, [set(input([4, 50], { kind: "int32" }))]),
  row("topk", "x.detach().topk(2).values", (x) => x.detach().topk(2).values, [WITH_NAN]),
  row("topk", "x.topk(100).values", (x) => x.topk(100).values, MANY.slice(0, 2)),
  row("topk", "x.detach().topk(100).values", (x) => x.detach().topk(100).values, [HUGE]),
  row(
    "topk",
    "x.detach().topk(250000, largest=False).values",
    (x) => x.detach().topk(250000, -1, { largest: false }).values,
    [HUGE],
  ),
  row("kthvalue", "x.kthvalue(2)", (x) => both(x.kthvalue(2)), [APART[0] as InputSet, APART[1] as InputSet]),
  row("kthvalue", "x.kthvalue(3, 0, True)", (x) => both(x.kthvalue(3, 0, true)), [
    set(input([4, 3])),
    set(input([50, 4])),
  ]),
  row("kthvalue", "x.kthvalue(3)", (x) => both(x.kthvalue(3)), [set(given([3, 9, -2, 7], [4], "int32"))]),
  row("kthvalue", "x.detach().kthvalue(150000).values", (x) => x.detach().kthvalue(150000).values, [HUGE]),
  row("median", "x.median()", (x) => x.median(), [...APART, TIED, ...MANY.slice(0, 3), set(input([]))]),
  row("median", "x.detach().median()", (x) => x.detach().median(), [WITH_NAN]),
  row("median", "x.median(1)", (x) => both(x.median(1)), [
    APART[0] as InputSet,
    set(input([4, 3])),
    set(input([2, 3, 4], { layout: "narrowed" })),
    set(input([3, 41])),
  ]),
  row("median", "x.median(0, True)", (x) => both(x.median(0, true)), [...APART]),
  row("median", "x.median(1).values", (x) => x.median(1).values, MANY.slice(0, 2)),
  row("median", "[a.detach() for a in x.median(1)]", (x) => both(x.detach().median(1)), [WITH_NAN]),
];

const LISTED = "torch.tensor([0., 0.3, 1.], dtype=x.dtype)";
const QUANTILES = [
  row("quantile", "x.quantile(0.3)", (x) => x.quantile(0.3), [...APART, set(input([]))]),
  row("quantile", "x.quantile(0.5, 1)", (x) => x.quantile(0.5, 1), axes()),
  row("quantile", "x.quantile(0.7, 0, True)", (x) => x.quantile(0.7, 0, true), axes()),
  row("quantile", `x.quantile(${LISTED}, 1)`, (x) => x.quantile([0, 0.3, 1], 1), [APART[0] as InputSet]),
  row("quantile", `x.quantile(${LISTED}, 1, True)`, (x) => x.quantile([0, 0.3, 1], 1, true), [APART[0] as InputSet]),
  ...(["lower", "higher", "midpoint", "nearest"] as const).map((interpolation) =>
    row(
      "quantile",
      `x.quantile(0.4, 1, interpolation='${interpolation}')`,
      (x) => x.quantile(0.4, 1, false, { interpolation }),
      [APART[0] as InputSet, set(input([3, 6]))],
    ),
  ),
  row("quantile", "x.detach().quantile(0.5, 1)", (x) => x.detach().quantile(0.5, 1), [WITH_NAN]),
];

const SOME: readonly InputSet[] = [
  TIED,
  set(given([3, 1, 2, 3, 1, 1])),
  set(input([0])),
  set(input([40], { kind: "int32" })),
  set(input([5, 9], { kind: "uint8" })),
  set(input([9], { kind: "bool" })),
  special("NaN", given([1, Number.NaN, 1, Number.NaN])),
];
const DIGITS: readonly InputSet[] = [
  set(input([40], { kind: "uint8" })),
  set(given([3, 1, 1, 0, 6], [5], "int32")),
  set(input([0], { kind: "int32" })),
];

const COUNTING = [
  row("unique", "x.detach().unique()", (x) => x.unique(), SOME),
  row(
    "unique",
    "torch.unique(x.detach(), return_inverse=True, return_counts=True)",
    (x) => Object.values(x.unique({ returnInverse: true, returnCounts: true })) as Tensor[],
    SOME,
  ),
  row("bincount", "x.bincount()", (x) => x.bincount(), DIGITS),
  row("bincount", "x.bincount(minlength=12)", (x) => x.bincount({ minlength: 12 }), DIGITS),
  row("bincount", "x.bincount(y.detach())", (x, y) => x.bincount({ weights: y }), [
    set(input([40], { kind: "uint8" }), input([40], { seed: 2 })),
  ]),
  row(
    "bincount",
    "x.bincount(torch.tensor([1, 2, 3, 4, 5]))",
    (x) => x.bincount({ weights: x.mul(0).add(1).cumsum(0) as Tensor }),
    [set(given([3, 1, 1, 0, 6], [5], "int32"))],
  ),
  row("histc", "x.detach().histc(10, -1, 1)", (x) => x.histc({ bins: 10, min: -1, max: 1 }), [
    set(input([50])),
    set(given([-1, -0.8, 1, 2, -2, 0.5], [2, 3])),
    large(input([41, 1001])),
  ]),
  row("histc", "x.detach().histc(4)", (x) => x.histc({ bins: 4 }), [set(input([50])), set(given([2, 2, 2]))]),
  row(
    "searchsorted",
    "torch.searchsorted(x.detach().sort().values, y.detach())",
    (x, y) => searchsorted(x.detach().sort().values, y.detach()),
    [
      set(m([3, 7]), n([3, 4])),
      set(m([9]), n([3, 4])),
      set(m([9]), n([])),
      set(given([1, 2, 2, 3]), given([2, 0, 5, 3])),
    ],
  ),
  row(
    "searchsorted",
    "torch.searchsorted(x.detach().sort().values, y.detach(), right=True)",
    (x, y) => searchsorted(x.detach().sort().values, y.detach(), { right: true }),
    [
      set(m([3, 7]), n([3, 4])),
      set(given([1, 2, 2, 3]), given([2, 0, 5, 3])),
      set(given([1, 2], [2], "int32"), given([2, 0], [2], "int32")),
    ],
  ),
  row(
    "bucketize",
    "torch.bucketize(x.detach(), torch.tensor([-1., 0., 1.], dtype=x.dtype))",
    (x) => x.detach().bucketize(x.mul(0).add(1).detach().reshape(-1).narrow(0, 0, 3).cumsum(0).sub(2) as Tensor),
    [set(m([3, 4])), set(given([-1, 0, 1, 5]))],
  ),
];

export const cases: readonly Case[] = [...SORTS, ...FIRSTS, ...QUANTILES, ...COUNTING];
