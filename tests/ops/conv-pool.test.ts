/** A convolution that max pooling may follow waits until something asks for it: nobody must notice. */
import { describe, expect, test } from "vitest";
import { backend } from "../../src/backend/index.ts";
import { autograd, manualSeed, noGrad, ones, optim, randn, type Tensor, tensor, zeros } from "../../src/index.ts";
import { conv2d, maxPool2d, maxPool2dWithIndices } from "../../src/nn/functional.ts";
import { expectSame } from "./same.ts";

interface Operands {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b: Tensor | null;
  readonly padding: number;
}

/** Images, channels in and out, height, width, padding, kernel size. */
type Sizes = readonly [
  n: number,
  inputs: number,
  outputs: number,
  height: number,
  width: number,
  padding: number,
  kernel: number,
];

function operands([n, inputs, outputs, height, width, padding, kernel]: Sizes, bias = true): Operands {
  manualSeed(3);
  const [x, w] = [randn(n, inputs, height, width), randn(outputs, inputs, kernel, kernel)] as [Tensor, Tensor];
  return { x, w, b: bias ? (randn(outputs) as Tensor) : null, padding };
}

const convolved = ({ x, w, b, padding }: Operands): Tensor => conv2d(x, w, b, { padding }) as Tensor;
/** The same as a tensor that is the result of nothing. */
function written(given: Operands): Tensor {
  const y = convolved(given);
  return (tensor(y.data() as Float32Array) as Tensor).reshape(...y.shape) as Tensor;
}

/** Of all ways in which convolutions are computed, with and without images left over, and in several bands. */
const SIZES: Record<string, Sizes> = {
  "few channels": [16, 3, 32, 32, 32, 1, 3],
  "many channels": [32, 32, 64, 16, 16, 1, 3],
  "many channels, images left over": [37, 32, 64, 12, 16, 1, 3],
  "many channels, no padding": [16, 24, 40, 22, 14, 0, 3],
  "many channels, full padding": [33, 16, 48, 20, 14, 2, 3],
  "5 × 5": [64, 1, 20, 28, 28, 2, 5],
  "1 × 1": [32, 16, 32, 16, 16, 0, 1],
  "small images": [64, 32, 64, 8, 8, 1, 3],
  "narrow images": [64, 3, 24, 40, 6, 1, 3],
  "images in bands": [2, 3, 16, 224, 224, 1, 3],
  "long images in bands": [1, 8, 16, 1024, 64, 1, 3],
  "odd sizes": [16, 3, 32, 33, 31, 1, 3],
};

describe("max pooling of a convolution that waits", () => {
  for (const [name, sizes] of Object.entries(SIZES)) {
    test(name, () => {
      for (const bias of [true, false]) {
        const given = operands(sizes, bias);
        const y = written(given);
        expectSame(maxPool2d(convolved(given), 2), maxPool2d(y, 2));
        const [found, wanted] = [maxPool2dWithIndices(convolved(given).relu(), 2), maxPool2dWithIndices(y.relu(), 2)];
        expectSame(found.values, wanted.values);
        expectSame(found.indices, wanted.indices);
        expectSame(convolved(given), y);
      }
    });
  }

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -3e38])("passes %s on", (value) => {
    for (const sizes of [SIZES["few channels"], SIZES["many channels"]] as Sizes[]) {
      for (const where of ["x", "w"] as const) {
        const given = operands(sizes);
        given[where].set([1, 0, 1], value);
        const y = written(given);
        expectSame(maxPool2d(convolved(given).relu(), 2), maxPool2d(y.relu(), 2));
      }
    }
  });

  test("takes other windows, and planes that a view cuts in another way, as they are", () => {
    const given = operands([16, 3, 32, 32, 32, 1, 3]);
    const y = written(given);
    const poolings: ((t: Tensor) => Tensor)[] = [
      (t) => maxPool2d(t, 3, { stride: 2, padding: 1 }),
      (t) => maxPool2d(t, 2, { stride: 1 }),
      (t) => maxPool2d(t, [2, 1]),
      (t) => maxPool2d(t.reshape(16, 32, 16, 64) as Tensor, 2),
      (t) => maxPool2d(t.reshape(32, 16, 32, 32) as Tensor, 2),
      (t) => maxPool2d(t.narrow(0, 3, 5) as Tensor, 2),
      (t) => maxPool2d(t.transpose(2, 3) as Tensor, 2),
    ];
    for (const pool of poolings) {
      expectSame(pool(convolved(given)), pool(y));
      expectSame(pool(convolved(given).relu() as Tensor), pool(y.relu() as Tensor));
    }
  });
});

describe("a convolution that waits", () => {
  const sizes = SIZES["many channels"] as Sizes;

  test("has the values that its operands had at the time of the call", () => {
    const y = written(operands(sizes));
    const pooled = maxPool2d(y.relu(), 2);
    type Change = (x: Tensor, w: Tensor, b: Tensor) => unknown;
    const changes: Change[] = [
      (x) => x.add_(1),
      (_x, w) => w.mul_(2),
      (_x, _w, b) => b.fill_(3),
      (x) => x.copy_(ones(x.shape) as Tensor),
      (_x, w) => w.set([0], 5),
      (_x, w) => w.set([[0, 3]], 5),
      (x) => (x.select(0, 1) as Tensor).zero_(),
      (_x, w) => w.normal_(),
      (_x, w) => w.clamp_(0, 1),
      (x) => x.neg_(),
      (_x, w) => (w.reshape(-1) as Tensor).zero_(),
    ];
    for (const change of changes) {
      const given = operands(sizes); // anew, as weights remember that their convolution was asked for
      const [plain, rectified, asked] = [convolved(given), convolved(given).relu(), convolved(given).relu()] as [
        Tensor,
        Tensor,
        Tensor,
      ];
      maxPool2d(asked, 2);
      change(given.x, given.w, given.b as Tensor);
      expectSame(plain, y, String(change));
      expectSame(maxPool2d(rectified, 2), pooled, String(change));
      expectSame(asked, y.relu() as Tensor, String(change));
    }
  });

  test("has the values from before an optimizer's step", () => {
    const given = operands(sizes);
    const y = written(given);
    const leaves = [given.w, given.b as Tensor].map((one) => one.requiresGrad_() as Tensor);
    const rates = { lr: 0.1 };
    for (const optimizer of [new optim.SGD(leaves, rates), new optim.Adam(leaves, rates)]) {
      const before = leaves.map((one) => one.detach().clone() as Tensor);
      const waits = noGrad(() => convolved(given));
      maxPool2d(convolved(given).relu(), 2).sum().backward();
      optimizer.step();
      expect(given.w.equal(before[0] as Tensor)).toBe(false);
      expectSame(waits, y);
      noGrad(() => leaves.forEach((one, i) => void one.copy_(before[i] as Tensor)));
    }
  });

  test("has the values from before a backward pass changed its operands", () => {
    const given = operands(sizes);
    const y = written(given);
    class Changing extends autograd.Function {
      static forward(_ctx: autograd.FunctionContext, x: Tensor): Tensor {
        return x.mul(1) as Tensor;
      }
      static backward(_ctx: autograd.FunctionContext, g: Tensor): Tensor {
        given.w.mul_(2);
        return g.mul(1).mul(1) as Tensor;
      }
    }
    const waits = convolved(given);
    const leaf = randn(given.w.shape).requiresGrad_() as Tensor;
    for (let i = 0; i < 3; i++) Changing.apply(leaf.mul(3)).square().sum().backward();
    expectSame(waits, y);
    expectSame(given.w, operands(sizes).w.mul(8) as Tensor);
  });

  test("gives what views of it show, and what changes it in place", () => {
    const given = operands(sizes);
    const y = written(given);
    const uses: ((t: Tensor) => Tensor)[] = [
      (t) => t.permute(1, 0, 3, 2).contiguous() as Tensor,
      (t) => t.select(1, 3) as Tensor,
      (t) => t.mul_(2) as Tensor,
      (t) => t.relu_() as Tensor,
      (t) => t.relu().relu() as Tensor,
      (t) => (t.relu() as Tensor).add(t) as Tensor,
      (t) => t.add(t.relu() as Tensor) as Tensor,
      (t) => {
        const [first, second] = [t.relu() as Tensor, t.relu() as Tensor];
        return first.sub(t.sub_(1)).add(second) as Tensor;
      },
      (t) => {
        const rectified = t.relu() as Tensor;
        const pooled = maxPool2d(rectified, 2);
        return pooled.add(maxPool2d(rectified, 2)).add(maxPool2d(t, 2)) as Tensor;
      },
    ];
    for (const use of uses) expectSame(use(convolved(given)), use(y.clone() as Tensor), String(use));
  });

  test("is read while other operands' addresses are known", () => {
    const given = operands(sizes);
    const y = written(given);
    const other = randn(y.shape) as Tensor;
    expectSame(other.mul(convolved(given)), other.mul(y));
    expectSame(other.transpose(2, 3).add(convolved(given)), other.transpose(2, 3).add(y));
    expectSame(convolved(given).sum(1), y.sum(1));
    expectSame(convolved(given).add(convolved(given).relu()), y.add(y.relu()));
  });

  test("has the same gradients, also where its results are read, and derivatives of them", () => {
    const given = operands([16, 6, 12, 32, 32, 1, 3]);
    const leaves = (): Operands => ({
      ...given,
      x: given.x.clone().requiresGrad_() as Tensor,
      w: given.w.clone().requiresGrad_() as Tensor,
      b: (given.b as Tensor).clone().requiresGrad_() as Tensor,
    });
    const expectSameGradients = (one: Operands, other: Operands): void => {
      for (const name of ["x", "w", "b"] as const) expectSame(one[name]?.grad, other[name]?.grad, name);
    };
    const losses: ((y: Tensor) => Tensor)[] = [
      (y) => maxPool2d(y.relu(), 2).sum() as Tensor,
      (y) => maxPool2d(y, 2).square().sum() as Tensor,
      (y) => {
        const rectified = y.relu() as Tensor;
        return maxPool2d(rectified, 2).sum().add(rectified.square().mean()) as Tensor;
      },
    ];
    for (const loss of losses) {
      const [one, other] = [leaves(), leaves()];
      loss(convolved(one)).backward();
      // Read before anything follows, a convolution is written as it always was.
      const y = convolved(other);
      y.data();
      loss(y).backward();
      expectSameGradients(one, other);
    }
    const twice = (read: boolean): Operands => {
      const of = leaves();
      const y = convolved(of);
      if (read) y.data();
      maxPool2d(y.relu(), 2).square().sum().backward({ createGraph: true });
      (of.w.grad as Tensor).square().sum().backward();
      return of;
    };
    expectSameGradients(twice(false), twice(true));
  });

  test("no longer waits where it was asked for after pooling, so that it is computed once", () => {
    if (backend.name === "wasm") return;
    const given = operands(sizes);
    const y = convolved(given).relu() as Tensor;
    expect(y.storage.late).not.toBe(null);
    maxPool2d(y, 2);
    expect(y.storage.late).not.toBe(null);
    y.data();
    expect(convolved(given).storage.late).toBe(null);
  });

  test("many of them wait at once", () => {
    const given = operands(sizes);
    const many: Tensor[] = [];
    const wanted: Tensor[] = [];
    for (let i = 0; i < 12; i++) {
      given.x.mul_(0.9);
      wanted.push(written(given));
      many.push(convolved(given));
    }
    given.x.zero_();
    zeros(64, 1024, 1024);
    many.forEach((y, i) => {
      expectSame(y, wanted[i]);
    });
  });
});
