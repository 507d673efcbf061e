/** The relu of a large tensor is computed when something asks for it, and by max pooling on the way: nobody must notice. */
import { describe, expect, test, vi } from "vitest";
import { backend } from "../../src/backend/index.ts";
import { cat, grad, manualSeed, noGrad, randn, type Tensor, tensor } from "../../src/index.ts";
import { maxPool1d, maxPool2d, maxPool2dWithIndices } from "../../src/nn/functional.ts";
import { expectSame } from "./same.ts";

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
    for (const y of results) expectSame(y.data(), before);
    expectSame(x.relu().data(), before);
  });

  test("is changed in place alone, and what is read afterwards is the change", () => {
    const x = numbers();
    const [before, source] = [rectified(x), x.data()];
    const y = x.relu() as Tensor;
    y.mul_(2);
    expectSame(
      y.data(),
      before.map((value) => value * 2),
    );
    expectSame(x.data(), source);
    const [values, once] = [maxPool2d(y, 2) as Tensor, maxPool2d(written(x), 2) as Tensor];
    expectSame(
      values.data(),
      (once.data() as Numbers).map((value) => value * 2),
    );
  });

  test("may be asked for twice, of one source, of another's result, and after its source is gone", () => {
    const x = numbers();
    const expected = rectified(x);
    const [first, second] = [x.relu() as Tensor, x.relu() as Tensor];
    const third = second.relu() as Tensor;
    x.zero_();
    for (const y of [third, second, first]) expectSame(y.data(), expected);
    const many: Tensor[] = [];
    for (let i = 0; i < 20; i++) many.push((numbers().add(i) as Tensor).relu() as Tensor);
    const joined = cat(many).data();
    many.forEach((_, i) => {
      const part = joined.slice(i * expected.length, (i + 1) * expected.length);
      expectSame(part, rectified(numbers().add(i) as Tensor));
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
    for (const view of views) expectSame(view(x.relu() as Tensor).data(), view(y).data());
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
        expectSame(found.data(), pool(written(x)).data());
        expectSame(again.data(), found.data());
        expectSame(y.data(), rectified(x));
        expectSame(pool(y).data(), found.data());
      });
    }

  test("finds the places that it finds in a written one", () => {
    const x = numbers();
    for (const size of [2, 3]) {
      const [found, expected] = [maxPool2dWithIndices(x.relu(), size), maxPool2dWithIndices(written(x), size)];
      expectSame(found.indices.data(), expected.indices.data());
      expectSame(found.values.data(), expected.values.data());
    }
  });

  test("leaves the source itself as it is", () => {
    const x = numbers();
    const expected = maxPool2d(x, 2).data();
    const y = x.relu();
    expectSame(maxPool2d(x, 2).data(), expected);
    expectSame(y.data(), rectified(x));
  });

  test("looks at the values from before its source was changed", () => {
    const x = numbers();
    const expected = maxPool2d(written(x), 2).data();
    const y = x.relu();
    x.sub_(1);
    expectSame(maxPool2d(y, 2).data(), expected);
  });

  test("comes back with the same gradients, also where something else reads the relu", () => {
    manualSeed(6);
    const x = randn([...SHAPE]) as Tensor;
    const g = randn([3, 4, 32, 48]) as Tensor;
    const shares = (result: (x: Tensor) => Tensor): Numbers | undefined => {
      const leaf = x.clone().requiresGrad_() as Tensor;
      result(leaf.mul(1) as Tensor).backward(g);
      return leaf.grad?.add(0).data() as Numbers; // -0 and 0 are one
    };
    const mask = x.gt(0).to("float32") as Tensor;
    expectSame(
      shares((t) => maxPool2d(t.relu(), 2) as Tensor),
      shares((t) => maxPool2d(t.mul(mask), 2) as Tensor),
    );
    const both = (y: Tensor): Tensor =>
      (maxPool2d(y, 2) as Tensor).add(y.reshape(3, 4, 32, 192).narrow(3, 0, 48)) as Tensor;
    expectSame(
      shares((t) => both(t.relu() as Tensor)),
      shares((t) => both(t.mul(mask) as Tensor)),
    );
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

describe("the gradient of a relu that is put off", () => {
  /** The relu in parts so small that each is computed at once, and keeps its results for the gradient. */
  const inParts = (x: Tensor): Tensor => cat(x.split(1, 0).map((part: Tensor) => part.relu())) as Tensor;
  /** No number of elements whose bits fill all vectors. */
  const ROWS = [7, 11003] as const;

  for (const dtype of ["float32", "float64"] as const) {
    const x = numbers(dtype, ROWS);
    const g = numbers(dtype, [...ROWS].reverse()).reshape(...ROWS) as Tensor;
    /** The gradients of a leaf by one backward or more through the relu. */
    const gradients = (relu: (x: Tensor) => Tensor, backward: (y: Tensor) => void): Tensor => {
      const leaf = x.clone().requiresGrad_() as Tensor;
      backward(relu(leaf.mul(1) as Tensor));
      return leaf.grad as Tensor;
    };
    const ways: Record<string, (y: Tensor) => void> = {
      "whose result nobody looked at": (y) => y.backward(g),
      "whose result was looked at before": (y) => {
        y.data();
        y.backward(g);
      },
      "whose gradient is a view": (y) =>
        y.backward(
          g
            .reshape(ROWS[1], ROWS[0])
            .t()
            .contiguous()
            .t()
            .reshape(...ROWS),
        ),
      "that comes back twice": (y) => {
        y.backward(g, { retainGraph: true });
        y.backward(g.mul(3));
      },
      "whose result is read by others": (y) => y.mul(y).add(y).backward(g),
    };
    for (const [name, backward] of Object.entries(ways))
      test(`${name}, ${dtype}`, () => {
        const put = gradients((t) => t.relu() as Tensor, backward);
        expectSame(put, gradients(inParts, backward));
      });

    test(`has a gradient of its own, ${dtype}`, () => {
      const second = (relu: (x: Tensor) => Tensor): Tensor => {
        const leaf = x.clone().requiresGrad_() as Tensor;
        const [first] = grad(relu(leaf).pow(3).sum(), [leaf], { createGraph: true }) as [Tensor];
        return (grad(first.mul(g).sum(), [leaf]) as [Tensor])[0];
      };
      expectSame(
        second((t) => t.relu() as Tensor),
        second(inParts),
      );
    });
  }

  test("its bits are memory that goes back with the graph, and is not taken without one", () => {
    const borrow = vi.spyOn(backend, "borrow");
    const release = vi.spyOn(backend, "release");
    const taken = (): unknown[] => borrow.mock.results.map(({ value }) => value).filter(({ bytes }) => bytes === BITS);
    const x = numbers();
    const BITS = x.count / 8;
    try {
      x.relu().data();
      const leaf = x.clone().requiresGrad_() as Tensor;
      const late = leaf.relu() as Tensor;
      (maxPool2d(late, 2) as Tensor).sum().backward();
      late.data();
      expect(taken()).toEqual([]);
      leaf.relu().sum().backward();
      expect(taken()).toHaveLength(1);
      expect(release.mock.calls.map(([storage]) => storage)).toContain(taken()[0]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
