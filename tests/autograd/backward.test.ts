// What backward() computes and keeps: accumulation, freed graphs, shared parts, and gradients that users hold on to.
import { describe, expect, test } from "vitest";
import { cat, GradError, nn, ones, optim, rand, randn, type Tensor, tensor, zeros } from "../../src/index.ts";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });
const grad = (x: Tensor): unknown => x.grad?.toArray();

describe("gradients", () => {
  test("are null before backward and on tensors that require none", () => {
    const [x, y] = [leaf(2), tensor(3)];
    expect(x.grad).toBeNull();
    x.mul(y).backward();
    expect(grad(x)).toBe(3);
    expect(y.grad).toBeNull();
  });

  test("accumulate over calls of backward", () => {
    const x = leaf([1, 2]);
    x.mul(x).sum().backward();
    x.mul(3).sum().backward();
    expect(grad(x)).toEqual([5, 7]);
  });

  test("have the shape and dtype of their tensors", () => {
    const x: Tensor = randn([2, 1, 3], { dtype: "float64", requiresGrad: true });
    const y: Tensor = randn([4, 1], { dtype: "float32", requiresGrad: true });
    x.mul(y).sum().backward();
    expect([x.grad?.shape, x.grad?.dtype]).toEqual([[2, 1, 3], "float64"]);
    expect([y.grad?.shape, y.grad?.dtype]).toEqual([[4, 1], "float32"]);
  });

  test("of computed tensors are not kept unless retainGrad asks for it", () => {
    const x = leaf([1, 2]);
    const [h, k] = [x.mul(2), x.mul(3)];
    k.retainGrad();
    h.mul(k).sum().backward();
    expect(h.grad).toBeNull();
    expect(grad(k)).toEqual([2, 4]);
  });

  test("of a leaf itself: backward on a leaf gives one", () => {
    const x = leaf(5);
    x.backward();
    expect(grad(x)).toBe(1);
    x.backward();
    expect(grad(x)).toBe(2);
  });

  test("can be assigned and cleared; another shape or dtype is an error", () => {
    const x = leaf([[1, 2, 3]]);
    x.grad = tensor([[4, 5, 6]]);
    x.sum().backward();
    expect(grad(x)).toEqual([[5, 6, 7]]);
    x.grad = null;
    expect(x.grad).toBeNull();
    expect(() => {
      x.grad = tensor([1, 2, 3]);
    }).toThrow(/grad: .*\[1, 3\] float32; got \[3\] float32/);
    expect(() => {
      x.grad = zeros([1, 3], { dtype: "float64" });
    }).toThrow(GradError);
    expect(() => {
      x.grad = [1, 2, 3] as unknown as Tensor;
    }).toThrow(GradError);
  });

  test("an assigned gradient with strides counts in its own order", () => {
    const x: Tensor = zeros([2, 3], { requiresGrad: true });
    x.grad = (tensor([[1, 4], [2, 5], [3, 6]]) as Tensor).t(); // biome-ignore format: a transposed matrix
    x.sum().backward();
    expect(grad(x)).toEqual([[2, 3, 4], [5, 6, 7]]); // biome-ignore format: a matrix
  });
});

describe("the gradient argument", () => {
  test("weighs the elements", () => {
    const x = leaf([1, 2, 3]);
    x.mul(x).backward(tensor([1, 10, 100]));
    expect(grad(x)).toEqual([2, 40, 600]);
  });

  test("may be a view with strides, and is not changed", () => {
    const x: Tensor = ones([2, 3], { requiresGrad: true });
    const weights = tensor([[1, 4], [2, 5], [3, 6]]) as Tensor; // biome-ignore format: a matrix
    x.add(x).backward(weights.t());
    expect(grad(x)).toEqual([[2, 4, 6], [8, 10, 12]]); // biome-ignore format: a matrix
    x.backward(weights.t());
    expect(weights.toArray()).toEqual([[1, 4], [2, 5], [3, 6]]); // biome-ignore format: a matrix
  });

  test("is not changed when a leaf takes it directly, nor taken over", () => {
    const x = leaf([1, 2]);
    const seed = tensor([1, 1]);
    x.backward(seed);
    x.backward(seed);
    expect(grad(x)).toEqual([2, 2]);
    expect(seed.toArray()).toEqual([1, 1]);
  });

  test.each([
    [tensor([1, 2]), /\[3\] float32; got \[2\] float32/],
    [zeros([3], { dtype: "float64" }), /\[3\] float32; got \[3\] float64/],
    [tensor([[1, 2, 3]]), /\[3\] float32; got \[1, 3\] float32/],
  ])("of another shape or dtype is an error", (gradient, message) => {
    const y = leaf([1, 2, 3]).mul(2);
    expect(() => y.backward(gradient)).toThrow(GradError);
    expect(() => y.backward(gradient)).toThrow(message);
  });
});

describe("errors", () => {
  test("a tensor of several elements needs a gradient", () => {
    const y = leaf([1, 2]).mul(2);
    expect(() => y.backward()).toThrow(GradError);
    expect(() => y.backward()).toThrow(/backward: starts from a tensor of one element; got \[2\]; use sum\(\)/);
  });

  test("one element in any shape is enough", () => {
    const x: Tensor = ones([1, 1, 1], { requiresGrad: true });
    x.mul(4).backward();
    expect(x.grad?.item()).toBe(4);
  });

  test("without a graph", () => {
    expect(() => tensor(1).backward()).toThrow(/backward: needs a tensor that was computed from one that requires/);
  });

  test("twice through the same graph, which names the operation", () => {
    const x = leaf(2);
    const y = x.exp();
    y.backward();
    expect(() => y.backward()).toThrow(GradError);
    expect(() => y.backward()).toThrow(/the graph through exp was freed .* retainGraph: true/);
    expect(x.grad?.item()).toBeCloseTo(Math.exp(2), 5);
  });

  test("a part of the graph that another backward freed", () => {
    const x = leaf(2);
    const shared = x.exp();
    const [a, b] = [shared.mul(2), shared.mul(3)];
    a.backward();
    expect(() => b.backward()).toThrow(/the graph through exp was freed/);
  });

  test("after an error, another backward is not disturbed", () => {
    const x = leaf(2);
    const shared = x.exp();
    shared.mul(2).backward();
    expect(() => shared.mul(x).add(x).backward()).toThrow(GradError);
    x.grad = null;
    x.mul(x).backward();
    expect(grad(x)).toBe(4);
  });
});

describe("retainGraph", () => {
  test("allows backward again, which accumulates", () => {
    const x = leaf([1, 2]);
    const y = x.exp().mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    const once = x.grad?.clone().toArray() as number[];
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(grad(x)).toEqual(once.map((g) => Math.fround(Math.fround(g + g) + g)));
    expect(() => y.backward()).toThrow(GradError);
  });

  test("keeps what losses share", () => {
    const x = leaf(3);
    const shared = x.mul(x);
    shared.mul(2).backward(undefined, { retainGraph: true });
    shared.mul(5).backward();
    expect(grad(x)).toBe(42);
  });

  test("what graphs keep is theirs while others of the same sizes come and go", () => {
    const [a, b]: Tensor[] = [randn([500], { requiresGrad: true }), randn([500], { requiresGrad: true })];
    const [first, second] = [a!.dropout(0.5), b!.dropout(0.5)];
    randn([500], { requiresGrad: true }).dropout(0.5).sum().backward();
    second.sum().backward();
    first.sum().backward();
    for (const [x, y] of [
      [a, first],
      [b, second],
    ] as const) {
      // biome-ignore format: pairs
      expect(grad(x!)).toEqual((y.ne(0).toArray() as boolean[]).map((kept) => (kept ? 2 : 0)));
    }
    const labels = zeros([40], { dtype: "int32" });
    const [c, d]: Tensor[] = [randn([40, 3], { requiresGrad: true }), randn([40, 3], { requiresGrad: true })];
    const losses = [c, d].map((x) => new nn.CrossEntropyLoss({ reduction: "sum" }).forward(x!, labels));
    for (const loss of losses) loss.backward();
    for (const x of [c!, d!]) {
      const onFirst: Tensor = zeros(40, 3);
      onFirst.select(1, 0).fill_(1);
      const distance = x.grad?.sub(x.detach().softmax(1).sub(onFirst)).abs().max().item();
      expect(distance).toBeLessThan(1e-6);
    }
  });

  test("keeps dropout's mask and cross-entropy's gradient", () => {
    const x: Tensor = randn([50, 4], { requiresGrad: true });
    const loss = new nn.CrossEntropyLoss().forward(x.dropout(0.5), zeros([50], { dtype: "int32" }));
    loss.backward(undefined, { retainGraph: true });
    const once = x.grad?.clone().toArray();
    for (let i = 0; i < 5; i++) rand(50, 4).relu(); // other work in between
    x.grad = null;
    loss.backward();
    expect(grad(x)).toEqual(once);
  });
});

describe("graphs", () => {
  test("the same leaf in both operands", () => {
    const x = leaf(3);
    x.mul(x).backward();
    expect(grad(x)).toBe(6);
    x.grad = null;
    x.sub(x).backward();
    expect(grad(x)).toBe(0);
    x.grad = null;
    x.div(x).backward();
    expect(grad(x)).toBe(0);
    const m: Tensor = tensor([[1, 2], [3, 4]], { requiresGrad: true }); // biome-ignore format: a matrix
    m.matmul(m).sum().backward(); // 1·(mᵀ)ᵀ + … = row sums of mᵀ + column sums of m
    expect(grad(m)).toEqual([[7, 11], [9, 13]]); // biome-ignore format: a matrix
  });

  test("one gradient handed to both inputs: x.add(x), of leaves and of computed tensors", () => {
    const x = leaf([1, 2]);
    x.add(x).sum().backward();
    expect(grad(x)).toEqual([2, 2]);
    x.grad = null;
    const h = x.mul(3);
    const sum = h.add(h);
    sum
      .add(sum)
      .mul(tensor([1, 10]))
      .sum()
      .backward();
    expect(grad(x)).toEqual([12, 120]);
  });

  test("one gradient handed to two leaves: each has its own", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    x.add(y)
      .mul(tensor([1, 2]))
      .sum()
      .backward();
    expect([grad(x), grad(y)]).toEqual([[1, 2], [1, 2]]); // biome-ignore format: two vectors
    x.mul(10).sum().backward();
    expect([grad(x), grad(y)]).toEqual([[11, 12], [1, 2]]); // biome-ignore format: two vectors
  });

  test("views of one gradient: pieces of a cat, and reshapes that both inputs keep", () => {
    const [x, y] = [leaf([1, 2]), leaf([3])];
    cat([x, y, x])
      .mul(tensor([1, 10, 100, 1000, 10000]))
      .sum()
      .backward();
    expect([grad(x), grad(y)]).toEqual([[1001, 10010], [100]]); // biome-ignore format: two vectors
    const z: Tensor = ones([2, 2], { requiresGrad: true });
    const weights: Tensor = tensor([[1, 2], [3, 4]]); // biome-ignore format: a matrix
    z.reshape(4).add(z.t().reshape(4)).mul(weights.reshape(4)).sum().backward();
    expect(grad(z)).toEqual([[2, 5], [5, 8]]); // biome-ignore format: a matrix
  });

  test("a diamond runs each node once", () => {
    const x = leaf(1);
    let runs = 0;
    const top = x.mul(2);
    top.registerHook(() => {
      runs++;
    });
    const [left, right] = [top.mul(3), top.mul(5)];
    left.mul(right).add(left).backward();
    expect(runs).toBe(1);
    expect(grad(x)).toBe(126); // of 60x² + 6x
  });

  test("many paths: 2^40 through 40 diamonds", () => {
    const x: Tensor = tensor(1, { dtype: "float64", requiresGrad: true });
    let y = x;
    for (let i = 0; i < 40; i++) y = y.add(y);
    y.backward();
    expect(grad(x)).toBe(2 ** 40);
  });

  test("a chain of 20,000 operations does not overflow the stack", () => {
    const x = leaf(0.5);
    let y = x;
    for (let i = 0; i < 10000; i++) y = y.mul(1).add(0.0001);
    y.backward();
    expect(grad(x)).toBe(1);
  });

  test("a leaf that is made late, in the middle of a graph of others", () => {
    const x = leaf(2);
    const h = x.mul(3);
    const late = leaf(4);
    h.mul(late).add(late.mul(x)).backward();
    expect([grad(x), grad(late)]).toEqual([16, 8]);
  });

  test("integer and bool tensors may take part, without gradients", () => {
    const x = leaf([1, 2, 3]);
    const mask = x.gt(1.5);
    const y = x
      .mul(mask)
      .mul(tensor([1, 2, 3], { dtype: "int32" }))
      .sum();
    y.backward();
    expect(grad(x)).toEqual([0, 2, 3]);
    expect([mask.requiresGrad, x.argmax().requiresGrad]).toEqual([false, false]);
  });

  test("gradients flow from float64 to float32 leaves", () => {
    const x = leaf([1, 2]);
    x.to("float64")
      .mul(tensor([0.1, 0.2], { dtype: "float64" }))
      .sum()
      .backward();
    expect(x.grad?.dtype).toBe("float32");
    expect(grad(x)).toEqual([Math.fround(0.1), Math.fround(0.2)]);
  });
});

describe("gradients that a user holds are never overwritten", () => {
  /** Training steps that move much memory through the pool. */
  function work(): void {
    const net = new nn.Sequential(new nn.Linear(30, 40), new nn.Tanh(), new nn.Dropout(0.5), new nn.Linear(40, 30));
    const optimizer = new optim.Adam(net.parameters());
    for (let i = 0; i < 20; i++) {
      optimizer.zeroGrad();
      net.forward(randn(30, 30)).square().mean().backward();
      optimizer.step();
    }
  }

  test("grad read before zeroGrad", () => {
    const layer = new nn.Linear(40, 30);
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
    const kept: [Tensor, unknown][] = [];
    for (let step = 0; step < 10; step++) {
      optimizer.zeroGrad();
      (layer.forward(randn(30, 40)) as Tensor).square().sum().backward();
      for (const p of layer.parameters()) kept.push([p.grad as Tensor, p.grad?.toArray()]);
      optimizer.step();
    }
    work();
    for (const [gradient, values] of kept) expect(gradient.toArray()).toEqual(values);
  });

  test("views and detached copies of grad", () => {
    const x: Tensor = randn([30, 40], { requiresGrad: true });
    x.mul(x).sum().backward();
    const [view, row] = [x.grad?.t() as Tensor, x.grad?.detach().select(0, 3) as Tensor];
    const before = [view.toArray(), row.toArray()];
    x.grad = null;
    work();
    expect([view.toArray(), row.toArray()]).toEqual(before);
  });

  test("grad that was read once and accumulates later: the tensor is the same one, as in PyTorch", () => {
    const x = leaf([1, 2]);
    x.mul(2).sum().backward();
    const held = x.grad;
    x.mul(2).sum().backward();
    expect(x.grad).toBe(held);
    expect(held?.toArray()).toEqual([4, 4]);
  });

  test("gradients of hooks and of retainGrad", () => {
    const x: Tensor = randn([30, 40], { requiresGrad: true });
    const kept: Tensor[] = [];
    const h = x.mul(2).tanh();
    h.retainGrad();
    h.registerHook((g) => void kept.push(g));
    x.registerHook((g) => void kept.push(g));
    h.mul(h).sum().backward();
    kept.push(h.grad as Tensor);
    const before = kept.map((g) => g.toArray());
    x.grad = null;
    work();
    expect(kept.map((g) => g.toArray())).toEqual(before);
    expect(kept).toHaveLength(3);
  });

  test("the gradient argument, after backward", () => {
    const x: Tensor = randn([30, 40], { requiresGrad: true });
    const seed: Tensor = randn(30, 40);
    const before = seed.toArray();
    x.add(x).backward(seed);
    x.grad = null;
    work();
    expect(seed.toArray()).toEqual(before);
  });

  test("forward results and parameters, while graphs come and go", () => {
    const x: Tensor = randn([30, 40], { requiresGrad: true });
    const results: Tensor[] = [x.mul(2), x.tanh(), x.t().relu(), x.sum(0), x.dropout(0.5), x.softmax(1)];
    const before = results.map((y) => y.toArray());
    results.reduce<Tensor>((sum, y) => sum.add(y.sum()), tensor(0)).backward();
    work();
    expect(results.map((y) => y.toArray())).toEqual(before);
  });
});
