// Making tensors and reading them back.
import { describe, expect, test } from "vitest";
import {
  arange,
  type DType,
  empty,
  eye,
  full,
  linspace,
  ones,
  onesLike,
  rand,
  randn,
  Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../src/index.ts";

const facts = (x: Tensor): unknown[] => [x.dtype, x.shape, x.toArray()];

describe("tensor", () => {
  test("numbers become float32, booleans bool, typed arrays keep their type", () => {
    expect(facts(tensor(5))).toEqual(["float32", [], 5]);
    expect(facts(tensor([1, 2]))).toEqual(["float32", [2], [1, 2]]);
    expect(facts(tensor([true, false]))).toEqual(["bool", [2], [true, false]]);
    expect(facts(tensor(true))).toEqual(["bool", [], true]);
    expect(facts(tensor([true, 2]))).toEqual(["float32", [2], [1, 2]]);
    expect(facts(tensor([]))).toEqual(["float32", [0], []]);
    expect(facts(tensor([[], []]))).toEqual(["float32", [2, 0], [[], []]]);
    expect(tensor(new Float64Array(2)).dtype).toBe("float64");
    expect(tensor(new Int32Array(2)).dtype).toBe("int32");
    expect(tensor(new Uint8Array(2)).dtype).toBe("uint8");
    expect(tensor(new Uint8ClampedArray(2)).dtype).toBe("uint8");
    expect(tensor(Buffer.from([1, 2])).toArray()).toEqual([1, 2]);
  });

  test("nested as deep as there are axes", () => {
    const values = [[[1, 2, 3]], [[4, 5, 6]]];
    expect(facts(tensor(values))).toEqual(["float32", [2, 1, 3], values]);
    expect(tensor([new Float32Array([1, 2]), new Float32Array([3, 4])]).toArray()).toEqual([[1, 2], [3, 4]]); // biome-ignore format: a matrix
  });

  test.each<[DType, unknown]>([
    ["float32", [0, 1.5, -2.25]],
    ["float64", [0, 1.5, -2.25]],
    ["int32", [0, 1, -2]],
    ["bool", [false, true, true]],
  ])("as %s", (dtype, expected) => {
    expect(tensor([0, 1.5, -2.25], { dtype }).toArray()).toEqual(expected);
  });

  test("copies what it is given", () => {
    const values = new Float32Array([1, 2]);
    const x = tensor(values);
    values[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    const part = tensor(new Float32Array([1, 2, 3, 4]).subarray(1, 3));
    expect(part.toArray()).toEqual([2, 3]);
  });

  test("float32 rounds, float64 does not; NaN, infinities and -0 stay", () => {
    expect(tensor(0.1).item()).toBe(Math.fround(0.1));
    expect(tensor(0.1, { dtype: "float64" }).item()).toBe(0.1);
    const special = tensor([Number.NaN, Infinity, -Infinity, -0]).toArray() as number[];
    expect(special).toEqual([Number.NaN, Infinity, -Infinity, -0]);
    expect(Object.is(special[3], -0)).toBe(true);
  });

  test("requiresGrad makes a leaf", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect([x.requiresGrad, x.isLeaf]).toEqual([true, true]);
  });
});

describe("filled tensors", () => {
  test("sizes one by one, or as an array with options", () => {
    expect(facts(zeros(2, 3))).toEqual(["float32", [2, 3], [[0, 0, 0], [0, 0, 0]]]); // biome-ignore format: a matrix
    expect(facts(zeros([2], { dtype: "int32" }))).toEqual(["int32", [2], [0, 0]]);
    expect(facts(ones([2], { dtype: "bool" }))).toEqual(["bool", [2], [true, true]]);
    expect(facts(ones())).toEqual(["float32", [], 1]);
    expect(facts(zeros([]))).toEqual(["float32", [], 0]);
    expect(facts(zeros(0, 3))).toEqual(["float32", [0, 3], []]);
    expect(facts(full([2], 2.5, { dtype: "float64" }))).toEqual(["float64", [2], [2.5, 2.5]]);
    expect(empty(3, 4).shape).toEqual([3, 4]);
    expect(zeros([2], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  test("the shape is a copy: changing the array afterwards changes nothing", () => {
    const sizes = [2, 2];
    const x: Tensor = zeros(sizes);
    sizes[0] = 5;
    expect(x.shape).toEqual([2, 2]);
  });

  test("like another", () => {
    const x = zeros([2, 1], { dtype: "int32" });
    expect(facts(onesLike(x))).toEqual(["int32", [2, 1], [[1], [1]]]);
    expect(facts(zerosLike(x, { dtype: "float64" }))).toEqual(["float64", [2, 1], [[0], [0]]]);
  });

  test("eye, arange and linspace", () => {
    expect(facts(eye(2))).toEqual(["float32", [2, 2], [[1, 0], [0, 1]]]); // biome-ignore format: a matrix
    expect(facts(eye(0))).toEqual(["float32", [0, 0], []]);
    expect(facts(arange(3))).toEqual(["int32", [3], [0, 1, 2]]);
    expect(facts(arange(1, 2, 0.25))).toEqual(["float32", [4], [1, 1.25, 1.5, 1.75]]);
    expect(facts(arange(3, 0, -1))).toEqual(["int32", [3], [3, 2, 1]]);
    expect(facts(arange(0))).toEqual(["int32", [0], []]);
    expect(facts(arange(2, { dtype: "float64" }))).toEqual(["float64", [2], [0, 1]]);
    expect(facts(arange(1, 3, { dtype: "uint8" }))).toEqual(["uint8", [2], [1, 2]]);
    expect(facts(arange(2 ** 31 - 2, 2 ** 31))).toEqual(["int32", [2], [2 ** 31 - 2, 2 ** 31 - 1]]);
    expect(facts(linspace(0, 1, 5))).toEqual(["float32", [5], [0, 0.25, 0.5, 0.75, 1]]);
    expect(facts(linspace(3, 9, 1))).toEqual(["float32", [1], [3]]);
    expect(facts(linspace(0, 1, 0))).toEqual(["float32", [0], []]);
  });

  test("random ones lie where they should", () => {
    const values = rand(1000).data();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(randn([3], { dtype: "float64", requiresGrad: true }).requiresGrad).toBe(true);
    expect(rand().shape).toEqual([]);
    expect(randn(0).shape).toEqual([0]);
  });
});

describe("reading back", () => {
  const matrix: Tensor = tensor([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix

  test("data() is a copy in row-major order, of views too", async () => {
    expect([...matrix.t().data()]).toEqual([1, 4, 2, 5, 3, 6]);
    const copy = matrix.data();
    copy[0] = 99;
    expect(matrix.select(0, 0).select(0, 0).item()).toBe(1);
    expect(matrix.data()).toBeInstanceOf(Float32Array);
    expect(arange(2).data()).toBeInstanceOf(Int32Array);
    expect(tensor([true]).data()).toEqual(new Uint8Array([1]));
    expect(await matrix.read()).toEqual(matrix.data());
  });

  test("data() stays valid whatever is computed afterwards", () => {
    const values = matrix.data();
    for (let i = 0; i < 2000; i++) rand(100, 100);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("item() of any tensor of one element, and of views", () => {
    expect(matrix.select(0, 1).select(0, 2).item()).toBe(6);
    expect(zeros(1, 1, 1).item()).toBe(0);
    expect(tensor([true]).item()).toBe(1);
  });

  test("toArray() of views and of empty tensors", () => {
    expect(matrix.t().toArray()).toEqual([[1, 4], [2, 5], [3, 6]]); // biome-ignore format: a matrix
    expect((matrix.narrow(1, 1, 2) as Tensor).toArray()).toEqual([[2, 3], [5, 6]]); // biome-ignore format: a matrix
    expect((tensor([7]) as Tensor).expand(2, 2).toArray()).toEqual([[7, 7], [7, 7]]); // biome-ignore format: a matrix
    expect(zeros(2, 0, 3).toArray()).toEqual([[], []]);
  });

  test("sizes and the like", () => {
    expect([matrix.numel(), matrix.dim(), matrix.ndim, matrix.size(), matrix.size(-1)]).toEqual([6, 2, 2, [2, 3], 3]);
    expect([matrix.stride(), matrix.t().stride(), matrix.t().isContiguous()]).toEqual([[3, 1], [1, 3], false]); // biome-ignore format: one line
    expect([matrix.device, matrix instanceof Tensor]).toEqual(["cpu", true]);
  });

  test("conversions: fractions are cut off, float64 narrows, bool is not zero", () => {
    expect(tensor([1.9, -1.9]).to("int32").toArray()).toEqual([1, -1]);
    expect(tensor([1.9, -1.9]).int().dtype).toBe("int32");
    expect(tensor([0, 0.5]).to("bool").toArray()).toEqual([false, true]);
    expect(tensor([0.1], { dtype: "float64" }).float().item()).toBe(Math.fround(0.1));
    expect(tensor([0.1]).double().item()).toBe(Math.fround(0.1));
    const x = tensor([1]);
    expect([x.to("float32"), x.to("cpu")]).toEqual([x, x]);
  });
});
