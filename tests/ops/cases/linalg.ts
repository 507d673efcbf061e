/** Products that are made of others, and Einstein's summation. */
import { einsum } from "../../../src/index.ts";
import { input, large, set } from "../inputs.ts";
import { b, type Case, LAYOUTS, m, n, row } from "./case.ts";

const MATRICES = [
  ...[set(m([2, 3]), n([3, 4])), set(m([1, 1]), n([1, 1])), set(m([17, 33]), n([33, 5])), set(m([0, 3]), n([3, 2]))],
  ...LAYOUTS.map((layout) => set(m([6, 5], layout), n([5, 7], layout))),
];
const STACKS = [
  ...[set(m([2, 3, 4]), n([2, 4, 5])), set(m([1, 1, 1]), n([1, 1, 1])), set(m([0, 3, 4]), n([0, 4, 2]))],
  ...LAYOUTS.map((layout) => set(m([2, 3, 4], layout), n([2, 4, 5], layout))),
  large(m([24, 64, 40]), n([24, 40, 72])),
];

const PRODUCTS = [
  row("mm", "x.mm(y)", (x, y) => x.mm(y), MATRICES),
  row("mv", "x.mv(y)", (x, y) => x.mv(y), [set(m([2, 3]), n([3])), set(m([3, 4], "transposed"), n([4], "narrowed"))]),
  row("bmm", "x.bmm(y)", (x, y) => x.bmm(y), STACKS),
  row("outer", "x.outer(y)", (x, y) => x.outer(y), [
    set(m([3]), n([4])),
    set(m([0]), n([4])),
    set(m([5], "selected"), n([2], "narrowed")),
  ]),
  row("addmm", "z.addmm(x, y)", (x, y, z) => z.addmm(x, y), [
    set(m([2, 3]), n([3, 4]), b([4])),
    set(m([2, 3]), n([3, 4]), b([2, 4])),
  ]),
  row("addmm", "z.addmm(x, y, beta=0.5, alpha=2)", (x, y, z) => z.addmm(x, y, { beta: 0.5, alpha: 2 }), [
    set(m([2, 3]), n([3, 4]), b([2, 1])),
  ]),
  row("baddbmm", "z.baddbmm(x, y, alpha=-1)", (x, y, z) => z.baddbmm(x, y, { alpha: -1 }), [
    set(m([2, 3, 4]), n([2, 4, 5]), b([5])),
    set(m([2, 3, 4]), n([2, 4, 5]), b([2, 3, 5])),
  ]),
  row("trace", "x.trace()", (x) => x.trace(), [
    ...[
      [3, 3],
      [2, 5],
      [5, 2],
      [1, 1],
      [1, 4],
      [0, 3],
    ].map((shape) => set(m(shape))),
    ...LAYOUTS.map((layout) => set(m([4, 3], layout))),
  ]),
  row("kron", "torch.kron(x, y)", (x, y) => x.kron(y), [
    set(m([2, 3]), n([4, 2])),
    set(m([3]), n([2, 2])),
    set(m([]), n([2])),
  ]),
  row("cross", "torch.cross(x, y, dim=-1)", (x, y) => x.cross(y), [
    set(m([4, 3]), n([4, 3])),
    set(m([3]), n([3])),
    set(m([1, 3]), n([5, 3])),
  ]),
  row("cross", "torch.cross(x, y, dim=0)", (x, y) => x.cross(y, 0), [set(m([3, 2]), n([3, 2], "transposed"))]),
  row("cdist", "torch.cdist(x, y)", (x, y) => x.cdist(y), [set(m([4, 3]), n([5, 3])), set(m([2, 4, 3]), n([2, 2, 3]))]),
  row("cdist", "torch.cdist(x, y, p=1)", (x, y) => x.cdist(y, { p: 1 }), [set(m([4, 3]), n([5, 3]))]),
];

const one = (equation: string, ...shapes: number[][]): Case =>
  row("einsum", `torch.einsum("${equation}", x)`, (x) => einsum(equation, x), [
    ...shapes.map((shape) => set(m(shape))),
    set(m(shapes[0] as number[], "transposed")),
  ]);
const two = (equation: string, ...shapes: [number[], number[]][]): Case =>
  row("einsum", `torch.einsum("${equation}", x, y)`, (x, y) => einsum(equation, x, y), [
    ...shapes.map(([first, second]) => set(m(first), n(second))),
    set(m(shapes[0]?.[0] as number[], "transposed"), n(shapes[0]?.[1] as number[], "narrowed")),
  ]);
const three = (equation: string, ...shapes: [number[], number[], number[]][]): Case =>
  row(
    "einsum",
    `torch.einsum("${equation}", x, y, z)`,
    (x, y, z) => einsum(equation, x, y, z),
    shapes.map(([first, second, third]) => set(m(first), n(second), b(third))),
  );

const SUMMATION = [
  one("ij->ji", [2, 3], [0, 3]),
  one("ij", [2, 3]),
  one("ba", [2, 3]),
  one("ij->", [2, 3]),
  one("ij->i", [2, 3], [2, 0]),
  one("ii", [3, 3], [1, 1]),
  one("ii->i", [4, 4], [1, 1], [2, 2], [0, 0]),
  one("iij->j", [3, 3, 2]),
  one("iji->ij", [3, 2, 3]),
  one("iii->i", [3, 3, 3]),
  one("...ij->...ji", [2, 3, 4], [2, 3]),
  one("i...->...", [2, 3, 4]),
  one("...", [2, 3]),
  two(
    "ij,jk->ik",
    [
      [2, 3],
      [3, 4],
    ],
    [
      [17, 33],
      [33, 5],
    ],
  ),
  two("ij,jk", [
    [2, 3],
    [3, 4],
  ]),
  two("ik,jk->ij", [
    [2, 3],
    [4, 3],
  ]),
  two("ij,jk->ki", [
    [2, 3],
    [3, 4],
  ]),
  two("bij,bjk->bik", [
    [2, 3, 4],
    [2, 4, 5],
  ]),
  two("bhqd,bhkd->bhqk", [
    [2, 3, 4, 5],
    [2, 3, 6, 5],
  ]),
  two("i,i->", [[5], [5]]),
  two("i,i", [[5], [5]]),
  two("i,j->ij", [[5], [3]]),
  two("i,j->", [[5], [3]]),
  two("ij,ij->ij", [
    [2, 3],
    [2, 3],
  ]),
  two("ij,ij->i", [
    [2, 3],
    [2, 3],
  ]),
  two("ij,j->ij", [[2, 3], [3]]),
  two("ij,kl->ijkl", [
    [2, 3],
    [3, 2],
  ]),
  two("ij,kl->il", [
    [2, 3],
    [3, 2],
  ]),
  two(
    "...ij,...jk->...ik",
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [
      [3, 4],
      [4, 2],
    ],
  ),
  two("...ij,jk", [
    [2, 3, 4],
    [4, 5],
  ]),
  two(
    "ij,jk->ik",
    [
      [2, 1],
      [3, 4],
    ],
    [
      [2, 3],
      [1, 4],
    ],
  ),
  two("ijk,jil->kl", [
    [2, 3, 4],
    [3, 2, 5],
  ]),
  two("ii,ij->j", [
    [3, 3],
    [3, 2],
  ]),
  two("Ab,bA->A", [
    [2, 3],
    [3, 2],
  ]),
  three("bn,anm,bm->ba", [
    [2, 3],
    [5, 3, 4],
    [2, 4],
  ]),
  three("ij,jk,kl->il", [
    [2, 3],
    [3, 4],
    [4, 5],
  ]),
  three("i,j,k->ijk", [[2], [3], [4]]),
  row("einsum", "torch.einsum('ij,jk->ik', x, y)", (x, y) => einsum(" i j , jk -> ik", x, y), [
    set(input([2, 3], { kind: "int32" }), input([3, 4], { kind: "int32", seed: 2 })),
    large(m([130, 260]), n([260, 120])),
  ]),
];

export const cases: readonly Case[] = [...PRODUCTS, ...SUMMATION];
