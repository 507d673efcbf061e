// What L-BFGS does besides its trajectories (trajectories.test.ts).
import { describe, expect, test } from "vitest";
import { NablaError, nn, noGrad, optim, type Tensor, tensor, zeros } from "../../src/index.ts";

/** Rosenbrock's valley, whose least value 0 is at (1, 1), as PyTorch's own example. */
const valley = (x: Tensor): Tensor => {
  const [a, b] = [x.select(0, 0), x.select(0, 1)] as [Tensor, Tensor];
  return b.sub(a.square()).square().mul(100).add(a.neg().add(1).square());
};
const closure = (optimizer: optim.LBFGS, x: Tensor) => (): Tensor => {
  optimizer.zeroGrad();
  const loss = valley(x);
  loss.backward();
  return loss;
};
const start = (options: optim.LBFGSOptions): [Tensor, optim.LBFGS] => {
  const x = new nn.Parameter(tensor([-1.2, 1], { dtype: "float64" }));
  return [x, new optim.LBFGS([x], options)];
};

test("finds the end of a curved valley", () => {
  const [x, optimizer] = start({ lineSearchFn: "strong_wolfe", maxIter: 60, maxEval: 200 });
  const first = optimizer.step(closure(optimizer, x));
  expect(first.item()).toBeCloseTo(24.2, 10);
  // PyTorch 2.15 gives 0.9999814210791366 and 0.9999619651810989 after 35 iterations with 43 evaluations.
  expect(x.toArray()).toEqual([expect.closeTo(0.9999814210791366, 13), expect.closeTo(0.9999619651810989, 13)]);
  expect(optimizer.stateDict().state[0]).toMatchObject({ n_iter: 35, func_evals: 43 });
});

test("goes on exactly from a state dict", () => {
  const options: optim.LBFGSOptions = { lineSearchFn: "strong_wolfe", maxIter: 3, historySize: 4 };
  const [x, first] = start(options);
  for (let i = 0; i < 3; i++) first.step(closure(first, x));
  const saved = first.stateDict();
  expect(saved.state[0]).toHaveProperty("old_dirs.length", 4);
  const [y, second] = start(options);
  second.loadStateDict(saved);
  noGrad(() => y.copy_(x));
  for (const [p, optimizer] of [
    [x, first],
    [y, second],
  ] as const)
    optimizer.step(closure(optimizer, p));
  expect(y.toArray()).toEqual(x.toArray());
});

test("a closure may return a number, and parameters without gradients stay", () => {
  const [a, b] = [new nn.Parameter(tensor([2])), new nn.Parameter(tensor([5]))];
  const optimizer = new optim.LBFGS([a, b], { lr: 0.5 });
  const loss = optimizer.step(() => {
    optimizer.zeroGrad();
    const y = a.square().sum();
    y.backward();
    return y.item();
  });
  expect(loss).toBe(4);
  expect(a.item()).toBeCloseTo(0, 3);
  expect(b.item()).toBe(5);
});

describe("bad arguments", () => {
  const p = (): Tensor[] => [new nn.Parameter(zeros(1))];
  const two = [new nn.Parameter(zeros(1)), new nn.Parameter(zeros([1], { dtype: "float64" }))];
  test.each<[string, () => unknown, RegExp]>([
    ["two groups", () => new optim.LBFGS([{ params: p() }, { params: p() }]), /parameter groups\); got 2/],
    ["a group more", () => new optim.LBFGS(p()).addParamGroup(), /doesn't support per-parameter options/],
    ["two dtypes", () => new optim.LBFGS(two), /one dtype; got float32 and float64/],
    ["no closure", () => new optim.LBFGS(p()).step(), /step\(closure\) takes a function .*got undefined/],
    ["no loss", () => new optim.LBFGS(p()).step(() => "1"), /the closure returns the loss; got string/],
    ["maxIter", () => new optim.LBFGS(p(), { maxIter: 0 }), /maxIter .*at least 1; got 0/],
    ["historySize", () => new optim.LBFGS(p(), { historySize: 1.5 }), /historySize .*got 1.5/],
    [
      "line search",
      () => new optim.LBFGS(p(), { lineSearchFn: "x" as "strong_wolfe" }),
      /"strong_wolfe" .*got lineSearchFn x/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(NablaError);
  });
});
