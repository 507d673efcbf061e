// The indexing syntax, assignment, what shares memory, what backward notices, and what the errors say.
import { describe, expect, test } from "vitest";
import {
  arange,
  DTypeError,
  GradError,
  type Index,
  IndexError,
  meshgrid,
  noGrad,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  where,
  zeros,
} from "../../src/index.ts";

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });
const grad = (x: Tensor): unknown => x.grad?.toArray();
const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const grid = (): Tensor => arange(12).reshape(3, 4).float();

describe("views share memory", () => {
  test.each<[string, (x: Tensor) => Tensor, number]>([
    ["a number", (x) => x.at(1), 4],
    ["a slice", (x) => x.at("1:", "1:3"), 5],
    ["steps", (x) => x.at("::2", "1::2"), 1],
    ["a new axis", (x) => x.at("...", null, 0), 0],
    ["all numbers", (x) => x.at(-1, -1), 11],
    ["an index tensor without axes", (x) => x.at(tensor(1, { dtype: "int32" })), 4],
    ["split", (x) => x.split(2, 1)[1] as Tensor, 2],
    ["chunk", (x) => x.chunk(2)[1] as Tensor, 8],
    ["unbind", (x) => x.unbind(1)[3] as Tensor, 3],
    ["diagonal", (x) => x.diagonal({ offset: 1 }), 1],
    ["movedim", (x) => x.movedim(0, 1), 0],
    ["unflatten", (x) => x.unflatten(1, [2, 2]), 0],
    ["meshgrid's vectors", (x) => (meshgrid([x.at(0), x.at(1)])[1] as Tensor).at(0), 4],
  ])("%s: a write to either is seen by the other", (_, look, first) => {
    const x = grid();
    const view = look(x);
    expect(view.flatten().at(0).item()).toBe(first);
    view.fill_(-1);
    const changed = view.count;
    expect(x.eq(-1).sum().item()).toBe(changed);
    x.fill_(7);
    expect(view.eq(7).all().item()).toBe(1);
  });

  test("an index tensor without axes is a number: beside lists it moves no axes", () => {
    const one = tensor(1, { dtype: "int32" });
    const x = arange(24).reshape(2, 3, 4);
    expect(x.at(one, ":", [0, 2]).shape).toEqual(x.at(1, ":", [0, 2]).shape);
    expect(() => x.at(tensor(2, { dtype: "int32" }))).toThrow(
      "at: index 2 is out of range for axis 0 of shape [2, 3, 4]",
    );
  });

  test("lists, masks and copies do not", () => {
    for (const copy of [(x: Tensor) => x.at([0]), (x: Tensor) => x.at(x.ge(0)), (x: Tensor) => x.flip(0)]) {
      const x = grid();
      copy(x).fill_(-1);
      expect(x.toArray()).toEqual(grid().toArray());
    }
  });

  test("what would be a view of everything is one, and repeat() of nothing more is none", () => {
    const x = grid();
    (x.at() as Tensor).at(":", "...").at("...").set([0, 0], 50);
    (x.repeat(1, 1) as Tensor).fill_(9);
    (x.tile(1) as Tensor).fill_(9);
    expect(x.at(0).toArray()).toEqual([50, 1, 2, 3]);
  });
});

describe("assignment", () => {
  test("numbers, rows, columns, steps", () => {
    const x: Tensor = zeros(3, 4);
    expect(x.set(0, 1)).toBe(x);
    x.set([":", -1], tensor([5, 6, 7])).set(["1:", "::2"], 9);
    expect(x.toArray()).toEqual([[1, 1, 1, 5], [9, 0, 9, 6], [9, 0, 9, 7]]); // biome-ignore format: a matrix
  });

  test("lists, masks, booleans; the last of equal indices wins", () => {
    const x: Tensor = zeros(5);
    x.set([[1, -1]], 2).set(ints(0, 0, 3), tensor([7, 8, 9]));
    expect(x.toArray()).toEqual([8, 2, 0, 9, 2]);
    x.set(x.gt(2), 0).set([[true, false, false, false, true]], -1);
    expect(x.toArray()).toEqual([-1, 2, 0, 0, -1]);
  });

  test("lists apart from each other, into a view", () => {
    const x: Tensor = zeros(2, 3, 2);
    x.transpose(0, 2).set([[0, 1], ":", [1, 0]], tensor([[1, 2, 3], [4, 5, 6]])); // biome-ignore format: a matrix
    expect(x.toArray()).toEqual([[[0, 4], [0, 5], [0, 6]], [[1, 0], [2, 0], [3, 0]]]); // biome-ignore format: matrices
  });

  test("a part of a tensor into another part of it that overlaps", () => {
    const x = arange(6).float();
    x.set("1:", x.at(":-1"));
    expect(x.toArray()).toEqual([0, 0, 1, 2, 3, 4]);
    x.at(":-1").copy_(x.at("1:"));
    expect(x.toArray()).toEqual([0, 1, 2, 3, 4, 4]);
  });

  test("keeps the dtype, and refuses what it does not hold", () => {
    const x = ints(1, 2, 3);
    expect(x.set(0, tensor([2.7]).at(0)).toArray()).toEqual([2, 2, 3]);
    expect(() => x.set(0, 2 ** 40)).toThrow(ValueError);
  });
});

describe("gradients through assignment", () => {
  test("to the value, and to the tensor where it keeps its elements", () => {
    const [x, v] = [leaf([1, 2, 3]), leaf([10])];
    const y = x.mul(2).set("1:", v);
    y.mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect([grad(x), grad(v)]).toEqual([[2, 0, 0], [110]]); // biome-ignore format: two vectors
  });

  test("a tensor without gradients takes them over, step by step", () => {
    const x = leaf([2, 3]);
    const y: Tensor = zeros(3);
    y.set(0, x.at(0));
    for (const i of [1, 2])
      y.set(
        i,
        y
          .at(i - 1)
          .clone()
          .mul(x.at(1)),
      );
    expect(y.toArray()).toEqual([2, 6, 18]);
    y.at(-1).backward(); // x0 · x1²
    expect(grad(x)).toEqual([9, 12]);
  });

  test("through a view of a view, in place", () => {
    const x = leaf([1, 2, 3, 4]);
    const y = x.mul(1).reshape(2, 2) as Tensor;
    const row = y.at(1) as Tensor;
    row.set(0, 7).mul_(5);
    expect(y.toArray()).toEqual([[1, 2], [35, 20]]); // biome-ignore format: a matrix
    row.sum().backward(undefined, { retainGraph: true });
    expect(grad(x)).toEqual([0, 0, 0, 5]);
    x.grad = null;
    (row.at(1) as Tensor).mul(2).backward();
    expect(grad(x)).toEqual([0, 0, 0, 10]);
  });

  test("by lists and masks into a view", () => {
    const [x, v] = [leaf([1, 2, 3, 4]), leaf([5, 6])];
    const y = x.mul(1);
    const part = y.at("1:") as Tensor;
    part.set([[0, 2]], v);
    part.set(part.gt(5), 0);
    expect(y.toArray()).toEqual([1, 5, 3, 0]);
    y.mul(tensor([1, 10, 100, 1000]))
      .sum()
      .backward();
    expect([grad(x), grad(v)]).toEqual([[1, 0, 100, 0], [10, 0]]); // biome-ignore format: two vectors
  });

  test("refused: a leaf that requires gradients, and views of it", () => {
    const x = leaf([1, 2]);
    for (const change of [
      () => x.set(0, 1),
      () => x.at(0).fill_(1),
      () => x.set([[0]], 1),
      () => x.maskedFill_(x.gt(0), 1),
    ])
      expect(change).toThrow(GradError);
    noGrad(() => x.set(0, 5).set([[1]], 6));
    expect([x.toArray(), x.requiresGrad]).toEqual([[5, 6], true]);
  });

  test("refused: windows that overlap, and expanded tensors", () => {
    expect(() => zeros(5).unfold(0, 3, 1).add_(1)).toThrow(/share memory; use clone/);
    expect(() => zeros(1, 3).expand(2, 3).set(0, 1)).not.toThrow();
    expect(() => zeros(1, 3).expand(2, 3).set([":", 0], 1)).toThrow(GradError);
    expect(() => zeros(5).unfold(0, 2, 2).add_(1)).not.toThrow();
  });
});

describe("gradients are made of recorded operations, so that they have gradients themselves", () => {
  const index = tensor([[0, 2], [1, 1]], { dtype: "int32" }); // biome-ignore format: a matrix
  const mask = grid().gt(4);
  test.each<[string, (x: Tensor) => Tensor]>([
    ["narrow", (x) => x.narrow(0, 1, 2)],
    ["select", (x) => x.select(1, 2)],
    ["expand", (x) => x.unsqueeze(0).expand(2, 3, 4)],
    ["at", (x) => x.at("1:", null, "::2")],
    ["at of a list", (x) => x.at(":", [3, 0, -1, 0])],
    ["at of lists", (x) => x.at([0, 2, 2], [1, -1, -1])],
    ["at of a mask", (x) => x.at(mask)],
    ["maskedSelect", (x) => x.maskedSelect(mask)],
    ["maskedFill", (x) => x.maskedFill(mask, 0)],
    ["where", (x) => where(mask, 0, x)],
    ["where that broadcasts", (x) => where(mask.unsqueeze(0), x.sum(), 0)],
    ["gather", (x) => x.gather(1, index)],
    ["scatter", (x) => x.scatter(1, index, 0)],
    ["scatterAdd", (x) => zeros(3, 3).scatterAdd(1, index, x)],
    ["indexSelect", (x) => x.indexSelect(0, index.at(0))],
    ["indexAdd", (x) => zeros(3, 4).indexAdd(0, tensor([1, 1, 0], { dtype: "int32" }), x)],
    ["take", (x) => x.take(index)],
    ["unfold", (x) => x.unfold(1, 3, 1)],
    ["diagonal", (x) => x.diagonal({ offset: 1 })],
    ["diagEmbed", (x) => x.diagEmbed(-1)],
    ["flip", (x) => x.flip([0, 1])],
    ["roll", (x) => x.roll(2, 1)],
    ["tril", (x) => x.tril()],
    ["repeat", (x) => x.repeat(2, 3)],
    ["set", (x) => x.clone().set([":", 1], 0)],
    ["set of the value", (x) => (zeros(5, 4) as Tensor).set("2:", x)],
    ["set by a mask", (x) => x.clone().set(mask, 0)],
    ["set by a list, of the value", (x) => (zeros(5, 4) as Tensor).set([[4, 0, 1]], x)],
  ])("%s: the gradient of a linear function is its transpose, and the transpose of that the function", (_, f) => {
    const x = grid().requiresGrad_();
    const y = f(x);
    // The gradient of the gradient, by a graph through the gradients of all nodes from y to x.
    const v = tensor(
      Float64Array.from({ length: y.count }, (__, i) => i - 1.5),
      { dtype: "float32" },
    );
    const g = v.reshape(...y.shape).requiresGrad_() as Tensor;
    const back = transposed(y, g, x);
    const w = grid().mul(3).sub(7);
    back.mul(w).sum().backward();
    expect(g.grad?.toArray()).toEqual(f(w).toArray());
  });
});

/** The gradient of x, from the gradient g of y, computed with recording. */
function transposed(y: Tensor, g: Tensor, x: Tensor): Tensor {
  const waiting = new Map([[y.node, g]]);
  for (;;) {
    const nodes = [...waiting.keys()].sort((a, b) => (b?.sequence ?? 0) - (a?.sequence ?? 0));
    const [node] = nodes;
    const gradient = waiting.get(node as null) as Tensor;
    if (node === x.node || node === null || node === undefined) return gradient;
    waiting.delete(node);
    for (const [i, edge] of node.edges.entries()) {
      if (edge === null) continue;
      const composed = typeof node.composed === "function" ? node.composed() : node.composed;
      const part = composed?.[i]?.(gradient) as Tensor;
      const before = waiting.get(edge);
      waiting.set(edge, before === undefined ? part : before.add(part));
    }
  }
}

describe("what backward notices", () => {
  test("an assignment to something that a gradient reads", () => {
    for (const change of [
      (y: Tensor) => y.set(0, 9),
      (y: Tensor) => y.set([[0]], 9),
      (y: Tensor) => y.set(y.gt(0), 9),
      (y: Tensor) => y.at("1:").fill_(0),
      (y: Tensor) => y.maskedFill_(y.gt(0), 1),
    ]) {
      const y = leaf([1, 2]).exp();
      const loss = y.sum();
      noGrad(() => change(y));
      expect(() => loss.backward(), String(change)).toThrow(/changed in place/);
    }
  });

  test("a change of an index after it was used", () => {
    for (const use of [
      (x: Tensor, i: Tensor) => x.gather(0, i),
      (x: Tensor, i: Tensor) => x.indexSelect(0, i),
      (x: Tensor, i: Tensor) => x.scatterAdd(0, i, x),
    ]) {
      const [x, index] = [leaf([1, 2]), ints(0, 1)];
      const loss = use(x.mul(1), index).sum();
      index.fill_(0);
      if (use.toString().includes("scatterAdd")) expect(() => loss.backward()).toThrow(/changed in place/);
      else expect(() => loss.backward()).toThrow(GradError);
    }
  });

  test("a change of a mask after it was used", () => {
    const [x, mask] = [leaf([1, 2]), tensor([true, false])];
    const loss = where(mask, x, 0).sum();
    mask.fill_(1);
    expect(() => loss.backward()).toThrow(/changed in place/);
  });

  test("a view taken before an assignment", () => {
    const y = leaf([1, 2]).mul(2);
    const view = y.at("1:") as Tensor;
    y.set(0, 5);
    expect(() => view.sum()).toThrow(/changed in place after the view was taken; take the view again/);
  });
});

describe("errors", () => {
  const x = grid();
  const loose = (...index: unknown[]): Tensor => x.at(...(index as Index[]));
  test.each<[string, () => unknown, new (message: string) => Error, RegExp]>([
    [
      "an index too large",
      () => x.at(3),
      IndexError,
      /at: index 3 is out of range for axis 0 of shape \[3, 4\].*-3 to 2/,
    ],
    ["an index too small", () => x.at(0, -5), IndexError, /index -5 is out of range for axis 1/],
    ["a fraction", () => x.at(0.5), IndexError, /index 0.5/],
    ["NaN", () => x.set(Number.NaN, 1), IndexError, /set: index NaN/],
    ["too many indices", () => loose(0, 0, 0), IndexError, /too many indices for shape \[3, 4\]: they cover 3 axes/],
    ["two ellipses", () => loose("...", "..."), IndexError, /"\.\.\." stands once/],
    ["a negative step", () => x.at("::-1"), ValueError, /steps are positive; got "::-1"; use flip/],
    ["no slice", () => x.at("a:b" as "1:2"), ValueError, /a slice is "start:stop".*got "a:b"/],
    ["a word", () => loose("1"), ValueError, /a slice is .*got "1"/],
    ["four parts", () => x.at("1:2:3:4"), ValueError, /a slice is/],
    ["undefined", () => loose(undefined), DTypeError, /an index is a number, a slice.*got undefined/],
    ["an object", () => loose({}), DTypeError, /got object/],
    ["a list of fractions", () => x.at([0.5]), DTypeError, /a list of indices holds whole numbers.*0.5/],
    [
      "a list out of range",
      () => x.at([0, 5]),
      IndexError,
      /at: index 5 at position 1 is out of range for size 3: indices are -3 to 2/,
    ],
    [
      "a list among others",
      () => x.at(":", tensor([[0], [9]], { dtype: "int32" })),
      IndexError,
      /index 9 at position \[1, 0\]/,
    ],
    ["floats as indices", () => x.at(tensor([0, 1])), DTypeError, /indices are int32; got float32 \[2\]/],
    ["lists that do not broadcast", () => x.at([0, 1], [0, 1, 2]), ShapeError, /cannot broadcast \[2\] with \[3\]/],
    [
      "a mask of another shape",
      () => x.at(tensor([true, false])),
      ShapeError,
      /mask of shape \[2\] does not fit axes \[3\]/,
    ],
    ["a value that does not fit", () => x.set(0, zeros(3)), ShapeError, /\[3\] does not expand to \[4\]/],
    ["a value that is nothing", () => x.set(0, null as never), DTypeError, /set: assigns a tensor or a number/],
    [
      "gather out of range",
      () => x.gather(1, tensor([[0, 4]], { dtype: "int32" })),
      IndexError,
      /gather: index 4 at position \[0, 1\] is out of range for size 4: indices are 0 to 3/,
    ],
    [
      "gather of a negative index",
      () => x.gather(0, tensor([[-1]], { dtype: "int32" })),
      IndexError,
      /gather: index -1 at position \[0, 0\]/,
    ],
    [
      "gather of another rank",
      () => (x as Tensor).gather(0, ints(0)),
      ShapeError,
      /gather: the index has as many axes as the input; got index \[1\]/,
    ],
    [
      "gather of a larger index",
      () => x.gather(0, tensor([[0, 0, 0, 0, 0]], { dtype: "int32" })),
      ShapeError,
      /no larger than the input outside axis 0/,
    ],
    ["gather by a mask", () => x.gather(0, x.gt(0)), DTypeError, /indices are int32; got a bool mask.*nonzero/],
    [
      "scatter of a small source",
      () => zeros(3).scatter(0, ints(0, 1), zeros(1)),
      ShapeError,
      /no larger than the source/,
    ],
    [
      "scatter of another dtype",
      () => zeros(3).scatter(0, ints(0), ints(1)),
      DTypeError,
      /source has the input's dtype float32; got int32/,
    ],
    [
      "scatterAdd of bools",
      () => x.gt(0).scatterAdd(0, tensor([[0]], { dtype: "int32" }), x.gt(0)),
      DTypeError,
      /scatterAdd: takes float32, float64, int32; got bool/,
    ],
    [
      "indexSelect out of range",
      () => x.indexSelect(1, ints(0, 1, 7)),
      IndexError,
      /indexSelect: index 7 at position 2/,
    ],
    ["indexSelect of nothing", () => zeros(0).indexSelect(0, ints(0)), IndexError, /there is nothing to index/],
    [
      "indexAdd of another shape",
      () => x.indexAdd(0, ints(0, 1), zeros(2, 3)),
      ShapeError,
      /2 indices need a source of shape \[2, 4\]; got \[2, 3\]/,
    ],
    [
      "take out of range",
      () => x.take(ints(12)),
      IndexError,
      /take: index 12 at position 0 is out of range for size 12: indices are -12 to 11/,
    ],
    [
      "a mask that is none",
      () => x.maskedFill(ints(1, 0, 1, 0), 0),
      DTypeError,
      /a mask is a bool tensor; got int32 \[4\]; compare/,
    ],
    [
      "where of a float condition",
      () => where(tensor([1]), 1, 2),
      DTypeError,
      /where: a mask is a bool tensor; got float32/,
    ],
    [
      "where of one value",
      () => where(tensor([true]), 1, undefined as never),
      DTypeError,
      /where: takes a tensor or a number; got undefined/,
    ],
    [
      "maskedFill with a vector",
      () => x.maskedFill(x.gt(0), zeros(4)),
      ShapeError,
      /the value is a number or a tensor without axes; got \[4\]/,
    ],
    [
      "maskedFill_ with a large mask",
      () => zeros(4).maskedFill_(x.gt(0), 0),
      ShapeError,
      /mask broadcasts to \[4\]; got \[3, 4\]/,
    ],
    [
      "a split that does not add up",
      () => x.split([1, 1]),
      ShapeError,
      /make up axis 0 of \[3, 4\]; got \[1, 1\], which make 2/,
    ],
    ["a split of nothing", () => x.split(0), ValueError, /the size is a whole number of at least 1; got 0/],
    ["a chunk of a half", () => x.chunk(1.5), ValueError, /whole number of at least 1; got 1.5/],
    ["windows too long", () => x.unfold(0, 4, 1), ShapeError, /windows of 4 are longer than axis 0/],
    ["a step of 0", () => x.unfold(0, 1, 0), ValueError, /the step is a whole number of at least 1/],
    ["a diagonal of one axis", () => x.diagonal({ dim1: 1, dim2: -1 }), ShapeError, /two different axes/],
    [
      "unflatten that does not fit",
      () => x.unflatten(1, [3, -1]),
      ShapeError,
      /make up axis 1 of \[3, 4\]; got \[3, -1\]/,
    ],
    ["movedim of one axis twice", () => x.movedim([0, 0], [0, 1]), ShapeError, /each once/],
    ["flip of an axis twice", () => x.flip([0, -2]), ShapeError, /each axis once/],
    ["roll by a half", () => x.roll(0.5), ValueError, /whole numbers; got 0.5/],
    ["roll with too few axes", () => x.roll([1, 2], 0), ShapeError, /as many shifts as axes/],
    ["repeat of too few", () => (x as Tensor).repeat(2), ShapeError, /one number for each axis of \[3, 4\]; got \[2\]/],
    ["repeat by less than nothing", () => x.repeat(-1, 1), ShapeError, /at least 0/],
    ["repeatInterleave of too few", () => x.repeatInterleave([1], 0), ShapeError, /takes 3 numbers of repeats; got 1/],
    ["tril of a vector", () => zeros(3).tril(), ShapeError, /tril: takes matrices/],
    ["triu of a half", () => x.triu(0.5), ValueError, /diagonal is a whole number/],
    [
      "oneHot of a class too many",
      () => ints(0, 3).oneHot(3),
      IndexError,
      /below the number of classes, 3; got 3; it takes at least oneHot\(4\)/,
    ],
    ["oneHot of a negative class", () => ints(0, -3).oneHot(), IndexError, /at least 0; got -3/],
    ["oneHot of floats", () => tensor([1]).oneHot(), DTypeError, /indices are int32; got float32/],
    ["meshgrid of matrices", () => meshgrid([x]), ShapeError, /takes vectors; got \[3, 4\]/],
    ["meshgrid of a tensor", () => meshgrid(x as never), DTypeError, /takes an array of tensors/],
    [
      "meshgrid in another order",
      () => meshgrid([zeros(1)], { indexing: "yx" as "xy" }),
      ValueError,
      /"ij" or "xy"; got "yx"/,
    ],
  ])("%s", (_, run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });

  test("nothing is written when an index is out of range", () => {
    const y: Tensor = zeros(3);
    expect(() => y.set([[0, 1, 5]], 1)).toThrow(IndexError);
    expect(y.toArray()).toEqual([0, 0, 0]);
  });
});
