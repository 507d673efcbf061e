// What only the engine sees goes back to the pool at once, not when V8 collects it.
import { expect, test } from "vitest";
import { backend } from "../../src/backend/index.ts";
import { maxPool1d, nn, optim, randn, type Tensor } from "../../src/index.ts";

const pooled = (): number => backend.memory().pooled;
/** A size that nothing else here has: its blocks of float32 and of bytes. */
const COUNT = 12345;
const FLOATS = 49408;
const BYTES = 12352;

function step(x: Tensor): void {
  x.mul(2).dropout(0.5).sum().backward();
}

test("gradients of computed tensors and dropout's mask come back after backward", () => {
  const x: Tensor = randn([COUNT], { requiresGrad: true });
  const before = pooled();
  step(x);
  const after = pooled();
  expect(after - before).toBeGreaterThanOrEqual(FLOATS + BYTES);
  x.grad = null; // never read, so its memory comes back too
  expect(pooled() - after).toBe(FLOATS);
});

test("where the largest elements are goes back after backward, and is not kept where nobody asks for it", () => {
  const x: Tensor = randn([1, COUNT]);
  const before = pooled();
  maxPool1d(x, 1);
  expect(pooled()).toBe(before);
  const y = maxPool1d((randn([1, COUNT], { requiresGrad: true }) as Tensor).mul(2), 1) as Tensor;
  const during = pooled();
  y.sum().backward();
  expect(pooled() - during).toBeGreaterThanOrEqual(FLOATS);
});

test("a gradient that was read is the user's: it stays out of the pool", () => {
  const x: Tensor = randn([COUNT], { requiresGrad: true });
  step(x);
  expect(x.grad?.shape).toEqual([COUNT]);
  const after = pooled();
  x.grad = null;
  expect(pooled()).toBe(after);
});

test("nothing comes back while the graph is kept", () => {
  const x: Tensor = randn([COUNT], { requiresGrad: true });
  const y = x.dropout(0.5).sum();
  y.backward(undefined, { retainGraph: true });
  const kept = pooled();
  y.backward();
  expect(pooled() - kept).toBeGreaterThanOrEqual(BYTES);
});

test("after the first steps of training, the pool holds the same after each", () => {
  const net = new nn.Sequential(new nn.Linear(70, 90), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(90, 5));
  const optimizer = new optim.Adam(net.parameters());
  const found: number[] = [];
  for (let i = 0; i < 12; i++) {
    const loss = ((net as nn.Module).forward(randn(20, 70)) as Tensor).square().mean();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    found.push(pooled());
  }
  expect(new Set(found.slice(3)).size).toBe(1);
  expect(found.at(-1)).toBeGreaterThan(0);
});
