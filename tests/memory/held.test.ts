// What a graph holds on to until backward: the tensors that its gradients read, and nothing else.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { randn, type Tensor, where } from "../../src/index.ts";
import { avgPool2d, conv2d, convTranspose2d, gelu, layerNorm, maxPool2d } from "../../src/nn/functional.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const other = randn([4, 3, 64, 128]) as Tensor;
const square = randn([128, 128]) as Tensor;
const kernel = randn([5, 3, 3, 3]) as Tensor;

/** A computed tensor, large enough for a relu to wait. */
const computed = (): Tensor => (randn([4, 3, 64, 128], { requiresGrad: true }) as Tensor).add(1) as Tensor;

/** Calls `make` where its tensors die, and says whether the one that it gives beside the result has been collected. */
async function isGone(make: () => { result: Tensor; watched: Tensor }): Promise<boolean> {
  const run = (): { result: Tensor; watched: WeakRef<Tensor> } => {
    const { result, watched } = make();
    return { result, watched: new WeakRef(watched) };
  };
  const { result, watched } = run();
  await new Promise((resume) => setImmediate(resume)); // a WeakRef holds its target until then
  collect();
  const gone = watched.deref() === undefined;
  result.sum().backward(); // the graph was there all the time
  return gone;
}

describe("operations whose gradients do not read their input let go of it", () => {
  const operations: Record<string, (x: Tensor) => Tensor> = {
    add: (x) => x.add(other) as Tensor,
    exp: (x) => x.exp() as Tensor,
    tanh: (x) => x.tanh() as Tensor,
    softmax: (x) => x.softmax(-1) as Tensor,
    "relu, small": (x) => x.narrow(0, 0, 1).relu() as Tensor,
    "relu that waits": (x) => x.relu() as Tensor,
    "relu that has been computed": (x) => {
      const y = x.relu() as Tensor;
      y.data();
      return y;
    },
    "mul by a number": (x) => x.mul(2) as Tensor,
    "mul by a tensor without gradients": (x) => x.mul(other) as Tensor,
    "div by a number": (x) => x.div(2) as Tensor,
    where: (x) => where(other.gt(0), x, other) as Tensor,
    maskedFill: (x) => x.maskedFill(other.gt(0), 0) as Tensor,
    "another dtype": (x) => x.to("float64") as Tensor,
    maxPool2d: (x) => maxPool2d(x, 2) as Tensor,
    avgPool2d: (x) => avgPool2d(x, 2) as Tensor,
    permute: (x) => x.permute(3, 2, 1, 0).contiguous() as Tensor,
  };
  for (const [name, operation] of Object.entries(operations))
    test(name, async () => {
      const make = (): { result: Tensor; watched: Tensor } => {
        const watched = computed();
        return { result: operation(watched), watched };
      };
      expect(await isGone(make)).toBe(true);
    });
});

describe("operations whose gradients do not read their result let go of it", () => {
  const operations: Record<string, (x: Tensor) => Tensor> = {
    "mul by a number": (x) => x.mul(2) as Tensor,
    "mul by a tensor": (x) => x.mul(other) as Tensor,
    "pow of a number": (x) => x.pow(3) as Tensor,
    maximum: (x) => x.maximum(other) as Tensor,
    where: (x) => where(other.gt(0), x, other) as Tensor,
    log: (x) => x.log() as Tensor,
    square: (x) => x.square() as Tensor,
    matmul: (x) => x.matmul(square) as Tensor,
    gelu: (x) => gelu(x) as Tensor,
    layerNorm: (x) => layerNorm(x, [128]) as Tensor,
    conv2d: (x) => conv2d(x, kernel) as Tensor,
    convTranspose2d: (x) => convTranspose2d(x, kernel.transpose(0, 1)) as Tensor,
  };
  for (const [name, operation] of Object.entries(operations))
    test(name, async () => {
      const make = (): { result: Tensor; watched: Tensor } => {
        const watched = operation(computed());
        return { result: watched.add(1) as Tensor, watched };
      };
      expect(await isGone(make)).toBe(true);
    });
});
