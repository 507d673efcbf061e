/** Tensors out of numbers, and back. */
import {
  arange,
  empty,
  eye,
  full,
  linspace,
  ones,
  onesLike,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../../src/index.ts";
import { set } from "../inputs.ts";
import { type Case, COUNTS, CUBES, counted, m, NONE, ONES, row, truths } from "./case.ts";

// ---- tensors out of numbers, and back --------------------------------------------------------------------------------

const COUNTED_IN_TORCH = (sizes: string): string => `torch.tensor(${sizes}, dtype=torch.int32)`;

const CREATION = [
  row(
    "tensor",
    "torch.tensor([[1., 2.], [3., 4.]])",
    () =>
      tensor([
        [1, 2],
        [3, 4],
      ]),
    NONE,
  ),
  row("tensor", "torch.tensor([True, False])", () => tensor([true, false]), NONE),
  row("tensor", "torch.tensor([[], []])", () => tensor([[], []]), NONE),
  row("tensor", "torch.tensor([1.5, 2], dtype=torch.float64)", () => tensor(new Float64Array([1.5, 2])), NONE),
  row("tensor", "torch.tensor([255, 3], dtype=torch.uint8)", () => tensor([255, 3], { dtype: "uint8" }), NONE),
  row("zeros", "torch.zeros(2, 3)", () => zeros(2, 3), NONE),
  row("zeros", "torch.zeros([0, 3], dtype=torch.bool)", () => zeros([0, 3], { dtype: "bool" }), NONE),
  row("ones", "torch.ones(17, 33)", () => ones(17, 33), NONE),
  row("ones", "torch.ones([5], dtype=torch.uint8)", () => ones([5], { dtype: "uint8" }), NONE),
  row("full", "torch.full([3], -7, dtype=torch.int32)", () => full([3], -7, { dtype: "int32" }), NONE),
  row("full", "torch.full([2, 2], 0.1, dtype=torch.float64)", () => full([2, 2], 0.1, { dtype: "float64" }), NONE),
  row("empty", "torch.empty(2, 3).fill_(4)", () => empty(2, 3).fill_(4), NONE),
  row("zerosLike", "torch.zeros_like(x).detach()", (x) => zerosLike(x), COUNTS),
  row("onesLike", "torch.ones_like(x).detach()", (x) => onesLike(x), [...COUNTS, set(m([2, 3], "transposed"))]),
  row("arange", "torch.arange(5)", () => arange(5), NONE),
  row("arange", "torch.arange(-3, 40, 4)", () => arange(-3, 40, 4), NONE),
  row("arange", "torch.arange(2, -1, -0.3)", () => arange(2, -1, -0.3), NONE),
  row(
    "arange",
    "torch.arange(0, 1, 0.001, dtype=torch.float64)",
    () => arange(0, 1, 0.001, { dtype: "float64" }),
    NONE,
  ),
  row("arange", "torch.arange(0)", () => arange(0), NONE),
  row("linspace", "torch.linspace(-1, 2, 33)", () => linspace(-1, 2, 33), NONE),
  row("linspace", "torch.linspace(0, 1, 1)", () => linspace(0, 1, 1), NONE),
  row("linspace", "torch.linspace(3, 1, 4, dtype=torch.float64)", () => linspace(3, 1, 4, { dtype: "float64" }), NONE),
  row("eye", "torch.eye(4)", () => eye(4), NONE),
  row("eye", "torch.eye(0)", () => eye(0), NONE),
  row("eye", "torch.eye(2, 3)", () => eye(2, 3), NONE),
  row("eye", "torch.eye(4, 2, dtype=torch.int32)", () => eye(4, 2, { dtype: "int32" }), NONE),
];

const READING = [
  row("toArray", "x.detach().float()", (x) => tensor(x.toArray()), [
    set(m([2, 3, 4], "transposed")),
    set(m([])),
    set(m([3, 0])),
  ]),
  row("toArray", "x", (x) => tensor(x.toArray()), [set(truths([3, 4]))]),
  row("item", "x.detach().float().reshape([])", (x) => tensor(x.item()), [
    set(m([])),
    set(m([1, 1])),
    set(m([1], "narrowed")),
  ]),
  row("numel", COUNTED_IN_TORCH("[x.numel()]"), (x) => counted([x.numel()]), ONES),
  row("size", COUNTED_IN_TORCH("[*x.size(), x.size(-1)]"), (x) => counted([...x.size(), x.size(-1)]), CUBES),
  row("dim", COUNTED_IN_TORCH("[x.dim()]"), (x) => counted([x.dim()]), ONES),
  row(
    "stride",
    COUNTED_IN_TORCH("x.contiguous().transpose(0, 1).stride()"),
    (x) => counted(x.contiguous().transpose(0, 1).stride()),
    CUBES,
  ),
  row(
    "isContiguous",
    "torch.tensor([a.is_contiguous() for a in (x.contiguous(), x.contiguous().transpose(0, 1), x.contiguous()[1])])",
    (x) => {
      const y = x.contiguous() as Tensor;
      return tensor([y, y.transpose(0, 1), y.select(0, 1)].map((part) => (part as Tensor).isContiguous()));
    },
    CUBES,
  ),
  row("isFloatingPoint", "torch.tensor([x.is_floating_point()])", (x) => tensor([x.isFloatingPoint()]), COUNTS),
];

export const cases: readonly Case[] = [...CREATION, ...READING];
