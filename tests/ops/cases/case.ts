/** What a case is, and the inputs that cases of several families share. */
import { type Tensor, tensor } from "../../../src/index.ts";
import {
  elementwise,
  given,
  type Input,
  type InputSet,
  input,
  type Layout,
  large,
  type Range,
  set,
  special,
} from "../inputs.ts";

export interface Case {
  /** The exported function or method. */
  readonly op: string;
  /** Python's expression over x, y and z; `torch` and `F` are known. The generator is seeded before each. */
  readonly torch: string;
  /** Gives what PyTorch's expression gives: a tensor, or several. */
  readonly run: (x: Tensor, y: Tensor, z: Tensor) => Tensor | readonly Tensor[];
  readonly sets: readonly InputSet[];
}

export type Run = Case["run"];

export function row(op: string, torch: string, run: Run, sets: readonly InputSet[]): Case {
  return { op, torch, run, sets };
}

/** Int32, uint8 and bool in functions that give floats. */
export const COUNTED: readonly InputSet[] = (["int32", "uint8", "bool"] as const).map((kind) =>
  set(input([2, 3], { kind })),
);

export const FLOATS_AND_INTS: readonly InputSet[] = [...elementwise([-2, 2]), set(input([2, 3], { kind: "int32" }))];

export const COUNTS: readonly InputSet[] = [
  set(input([2, 3])),
  set(input([2, 3], { kind: "int32" })),
  set(input([2, 3], { kind: "bool" })),
];

export const LAYOUTS: readonly Layout[] = ["transposed", "narrowed", "selected", "expanded"];

export const LONG: readonly InputSet[] = [large(input([3, 70001], { range: [-1, 2] }))];

export const TALL: readonly InputSet[] = [large(input([20011, 3], { range: [-1, 2] }))];

/** Inputs of every rank up to 1 and of 2, for reductions of everything. */
export function everything(range: Range = [-2, 2], empties: readonly InputSet[] = []): InputSet[] {
  return [
    ...[[2, 3], [], [1], [17], [33], [17, 33], [3, 1001]].map((shape) => set(input(shape, { range }))),
    ...LAYOUTS.map((layout) => set(input([3, 5], { range, layout }))),
    ...empties,
  ];
}

/** Inputs of three axes, for reductions along some of them. */
export function axes(range: Range = [-2, 2]): InputSet[] {
  return [
    ...[
      [2, 3, 4],
      [1, 1, 1],
      [3, 17, 2],
      [2, 33, 1],
    ].map((shape) => set(input(shape, { range }))),
    ...LAYOUTS.map((layout) => set(input([3, 4, 5], { range, layout }))),
  ];
}

export const NOTHING: readonly InputSet[] = [set(input([0])), set(input([3, 0]))];

export const NO_ROWS: readonly InputSet[] = [set(input([0, 3, 2])), set(input([2, 0, 3]))];

export const WITH_NAN: InputSet = special(
  "NaN and infinities",
  given([1, Number.NaN, 3, 1, 2, Number.POSITIVE_INFINITY], [2, 3]),
);

export const WITH_ZEROS: InputSet = set(given([2, 0, 3, 4, 1, 5, 0, 0, 7], [3, 3]));

export const TIED: InputSet = special("ties and zeros", given([1, 3, 3, 2, 5, 5, 5, 5, 0, -0, -0, 0], [3, 4]));

export const WHOLE_AXES: readonly InputSet[] = (["int32", "uint8", "bool"] as const).map((kind) =>
  set(input([2, 3, 4], { kind })),
);

export const WHOLE_ALL: readonly InputSet[] = (["int32", "uint8", "bool"] as const).map((kind) =>
  set(input([5, 7], { kind })),
);

export const truths = (shape: readonly number[], layout: Layout = "plain"): Input =>
  input(shape, { kind: "bool", layout });

export const both = (pair: { values: Tensor; indices: Tensor }): Tensor[] => [pair.values, pair.indices];

export const m = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout });

export const n = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout, seed: 2 });

export const b = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout, seed: 3 });

export const labels = (shape: readonly number[], classes: number, kind: "int32" | "uint8" = "int32"): Input =>
  input(shape, { kind, range: [0, classes - 1], seed: 2 });

/** The sets without empty inputs: nabla refuses the mean of no losses, which is NaN in PyTorch. */
export const filled = (sets: readonly InputSet[]): InputSet[] =>
  sets.filter(({ inputs }) => inputs.every(({ shape }) => !shape.includes(0)));

export const CUBES: readonly InputSet[] = [
  ...["plain" as const, ...LAYOUTS].map((layout) => set(input([2, 3, 4], { layout }))),
  ...(["int32", "uint8", "bool"] as const).map((kind) => set(input([2, 3, 4], { kind }))),
];

export const NONE: readonly InputSet[] = [set()];

export const counted = (values: readonly number[]): Tensor => tensor(values, { dtype: "int32" });

export const COMPARABLE: readonly InputSet[] = [
  ...[[5, 3], [], [0], [33], [3, 17]].map((shape) => set(m(shape), n(shape))),
  set(m([3, 4], "transposed"), n([3, 4], "narrowed")),
  special("NaN", given([1, Number.NaN]), given([2, 3])),
  large(m([3, 70001]), n([3, 70001])),
];

export const ONES: readonly InputSet[] = [
  ...[[1, 3, 1], [1, 1], [2, 3], [], [0, 1]].map((shape) => set(input(shape))),
  set(m([3, 1, 2], "transposed")),
];
