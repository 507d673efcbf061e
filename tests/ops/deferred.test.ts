/** The relu of a large tensor is computed when something asks for it, and by max pooling on the way: nobody must notice. */
import { describe, expect, test } from "vitest";
import { cat, manualSeed, noGrad, randn, type Tensor, tensor } from "../../src/index.ts";
import { maxPool1d, maxPool2d, maxPool2dWithIndices } from "../../src/nn/functional.ts";

type Numbers = Float32Array | Float64Array;

/** Beyond the size from which results are put off. */
const SHAPE = [3, 4, 64, 96] as const;

/** Random numbers, of which some are zeros, negative zeros, equal to others and NaN. */
function numbers(dtype: "float32" | "float64" = "float32", shape: readonly number[] = SHAPE): Tensor {
  manualSeed(5);
  const x = randn([...shape])
    .mul(2)
    .round()
    .div(2)
    .to(dtype) as Tensor;
  const values = x.data();
  for (let i = 0; i < values.length; i += 1013) values[i] = Number.NaN;
  for (let i = 7; i < values.length; i += 11) values[i] = -0;
  return (tensor(values as Float32Array) as Tensor).reshape(...shape) as Tensor;
}

const positive = (value: number): number => (value >= 0 || Number.isNaN(value) ? value : 0);
const rectified = (x: Tensor): Numbers => (x.data() as Numbers).map(positive);
/** A tensor of the same numbers that is the result of nothing. */
const written = (x: Tensor): Tensor => (tensor(rectified(x) as Float32Array) as Tensor).reshape(...x.shape) as Tensor;

describe("a relu that is put off", () => {
  test("has the values of its source at the time of the call", () => {
    const x = numbers();
    const before = rectified(x);
    const [added, filled, part] = [x.clone(), x.clone(), x.clone()] as [Tensor, Tensor, Tensor];
    const results = [added, filled, part].map((one) => one.relu());
    added.add_(3);
    filled.fill_(-1);
    (part.select(0, 1) as Tensor).zero_();
    for (const y of results) expect(y.data()).toEqual(before);
    expect(x.relu().data()).toEqual(before);
  });

  test("is changed in place alone, and what is read afterwards is the change", () => {
    const x = numbers();
    const [before, source] = [rectified(x), x.data()];
    const y = x.relu() as Tensor;
    y.mul_(2);
    expect(y.data()).toEqual(before.map((value) => value * 2));
    expect(x.data()).toEqual(source);
    const [values, once] = [maxPool2d(y, 2) as Tensor, maxPool2d(written(x), 2) as Tensor];
    expect(values.data()).toEqual((once.data() as Numbers).map((value) => value * 2));
  });

  test("may be asked for twice, of one source, of another's result, and after its source is gone", () => {
    const x = numbers();
    const expected = rectified(x);
    const [first, second] = [x.relu() as Tensor, x.relu() as Tensor];
    const third = second.relu() as Tensor;
    x.zero_();
    for (const y of [third, second, first]) expect(y.data()).toEqual(expected);
    const many: Tensor[] = [];
    for (let i = 0; i < 20; i++) many.push((numbers().add(i) as Tensor).relu() as Tensor);
    const joined = cat(many).data();
    many.forEach((_, i) => {
      expect(joined.slice(i * expected.length, (i + 1) * expected.length)).toEqual(
        rectified(numbers().add(i) as Tensor),
      );
    });
  });

  test("gives what views of it show", () => {
    const x = numbers();
    const y = written(x);
    const views: ((t: Tensor) => Tensor)[] = [
      (t) => t.select(0, 2) as Tensor,
      (t) => t.transpose(1, 3) as Tensor,
      (t) => t.reshape(-1).narrow(0, 100, 1000) as Tensor,
    ];
    for (const view of views) expect(view(x.relu() as Tensor).data()).toEqual(view(y).data());
  });
});

describe("max pooling of a relu that is put off", () => {
  const poolings: Record<string, (x: Tensor) => Tensor> = {
    "2 × 2": (x) => maxPool2d(x, 2) as Tensor,
    "3 × 3 with padding": (x) => maxPool2d(x, 3, { stride: 2, padding: 1 }) as Tensor,
    "along a line": (x) => maxPool1d(x, 5) as Tensor,
    "of a view": (x) => maxPool2d(x.narrow(0, 1, 2) as Tensor, 2) as Tensor,
    "of a turned view": (x) => maxPool2d(x.transpose(2, 3) as Tensor, 2) as Tensor,
  };
  for (const dtype of ["float32", "float64"] as const)
    for (const [name, pool] of Object.entries(poolings)) {
      test(`${name}, ${dtype}`, () => {
        const x = numbers(dtype, name === "along a line" ? [12, 6144] : SHAPE);
        const y = x.relu() as Tensor;
        const [found, again] = [pool(y), pool(y)];
        expect(found.data()).toEqual(pool(written(x)).data());
        expect(again.data()).toEqual(found.data());
        expect(y.data()).toEqual(rectified(x));
        expect(pool(y).data()).toEqual(found.data());
      });
    }

  test("finds the places that it finds in a written one", () => {
    const x = numbers();
    for (const size of [2, 3]) {
      const [found, expected] = [maxPool2dWithIndices(x.relu(), size), maxPool2dWithIndices(written(x), size)];
      expect(found.indices.data()).toEqual(expected.indices.data());
      expect(found.values.data()).toEqual(expected.values.data());
    }
  });

  test("leaves the source itself as it is", () => {
    const x = numbers();
    const expected = maxPool2d(x, 2).data();
    const y = x.relu();
    expect(maxPool2d(x, 2).data()).toEqual(expected);
    expect(y.data()).toEqual(rectified(x));
  });

  test("looks at the values from before its source was changed", () => {
    const x = numbers();
    const expected = maxPool2d(written(x), 2).data();
    const y = x.relu();
    x.sub_(1);
    expect(maxPool2d(y, 2).data()).toEqual(expected);
  });

  test("comes back with the same gradients, also where something else reads the relu", () => {
    manualSeed(6);
    const x = randn([...SHAPE]) as Tensor;
    const g = randn([3, 4, 32, 48]) as Tensor;
    const shares = (result: (x: Tensor) => Tensor): unknown => {
      const leaf = x.clone().requiresGrad_() as Tensor;
      result(leaf.mul(1) as Tensor).backward(g);
      return leaf.grad?.add(0).data(); // -0 and 0 are one
    };
    const mask = x.gt(0).to("float32") as Tensor;
    expect(shares((t) => maxPool2d(t.relu(), 2) as Tensor)).toEqual(shares((t) => maxPool2d(t.mul(mask), 2) as Tensor));
    const both = (y: Tensor): Tensor =>
      (maxPool2d(y, 2) as Tensor).add(y.reshape(3, 4, 32, 192).narrow(3, 0, 48)) as Tensor;
    expect(shares((t) => both(t.relu() as Tensor))).toEqual(shares((t) => both(t.mul(mask) as Tensor)));
    expect(noGrad(() => maxPool2d(x.relu(), 2)).requiresGrad).toBe(false);
  });

  test("notices that a value needed for the gradient was changed", () => {
    const x = (randn([...SHAPE]) as Tensor).requiresGrad_() as Tensor;
    for (const result of [(y: Tensor) => y.sum(), (y: Tensor) => y.mul(y).sum()]) {
      const y = x.mul(1).relu() as Tensor;
      const out = result(y);
      y.add_(1);
      expect(() => out.backward()).toThrow(/changed in place/);
    }
  });
});
