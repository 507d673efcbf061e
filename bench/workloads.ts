/** nabla's side of every benchmark, by the names of `torch/workloads.py`: each function builds and returns one step. */
import { nn, noGrad, optim, rand, randint, randn, type Tensor } from "nabla";
import { backend, type Storage } from "#backend"; // the kernels themselves are not public
import type { Workload } from "./answer.ts";
import { CONVOLUTION_WORKLOADS } from "./convolution-workloads.ts";
import { OPERATIONS, type Operands } from "./op-table.ts";
import { RECURRENT } from "./recurrent-workloads.ts";
import { BATCH, CLASSES, HIDDEN, PIXELS } from "./sizes.ts";
import { VISION } from "./vision-workloads.ts";

const MILLION = 1 << 20;
const LR = { lr: 1e-3 };

// ---- training steps -------------------------------------------------------------------------------------------------

function mlp() {
  return new nn.Sequential(new nn.Linear(PIXELS, HIDDEN), new nn.ReLU(), new nn.Linear(HIDDEN, CLASSES));
}

function tiny() {
  return new nn.Sequential(new nn.Linear(1, 6), new nn.ReLU(), new nn.Linear(6, 1));
}

function mlpAdamStep(): Workload {
  const [x, y] = [rand(BATCH, PIXELS), randint(0, CLASSES, [BATCH])];
  const model = mlp();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), LR);
  const step = (): void => {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
  };
  return { step };
}

function mlpForward(): Workload {
  const [model, x] = [mlp(), rand(BATCH, PIXELS)];
  return { step: () => noGrad(() => void model.forward(x)) };
}

type Optimizer = "SGD" | "Adam";

function tinyTraining(optimizerName: Optimizer): (x: Tensor<[1, 1]>, y: Tensor<[1, 1]>) => void {
  const model = tiny();
  const criterion = new nn.MSELoss();
  const optimizer = new optim[optimizerName](model.parameters(), LR);
  return (x, y) => {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
  };
}

function tinyStep(optimizerName: Optimizer): Workload {
  const [x, y] = [rand(1, 1), rand(1, 1)];
  const train = tinyTraining(optimizerName);
  return { step: () => train(x, y) };
}

function tinyLoop(optimizerName: Optimizer): Workload {
  const train = tinyTraining(optimizerName);
  const step = (): void => {
    const x = rand(1, 1);
    const y = x.pow(3).add(x.pow(2)).sub(x).sub(1);
    train(x, y);
  };
  return { step };
}

function adam1m(): Workload {
  const parameter = new nn.Parameter(randn(MILLION));
  parameter.grad = randn(MILLION).mul(1e-2);
  const optimizer = new optim.Adam([parameter], LR);
  return { step: () => optimizer.step() };
}

// ---- matrix products ------------------------------------------------------------------------------------------------

interface Product {
  m: number;
  n: number;
  k: number;
  transposeA?: boolean;
  transposeB?: boolean;
}

const PRODUCTS: Record<string, Product> = {
  sgemm_512: { m: 512, n: 512, k: 512 },
  gemm_nn: { m: BATCH, n: HIDDEN, k: PIXELS },
  gemm_nt: { m: BATCH, n: HIDDEN, k: PIXELS, transposeB: true },
  gemm_tn: { m: BATCH, n: HIDDEN, k: PIXELS, transposeA: true },
};

function operation({ m, n, k, transposeA, transposeB }: Product): Workload {
  const a: Tensor = transposeA ? randn(k, m).T : randn(m, k);
  const b: Tensor = transposeB ? randn(n, k).T : randn(k, n);
  return { step: () => a.matmul(b), flops: 2 * m * n * k };
}

function kernel({ m, n, k, transposeA, transposeB }: Product): Workload {
  const gemm = backend.kernel("gemm_f32");
  const [a, b, c] = [block(m * k), block(k * n), block(m * n)];
  const flags = (transposeA ? 1 : 0) | (transposeB ? 2 : 0);
  const [lda, ldb] = [transposeA ? m : k, transposeB ? k : n];
  const at = (storage: Storage): number => backend.pointer(storage);
  return { step: () => gemm(at(a), at(b), at(c), 0, m, n, k, lda, ldb, n, flags), flops: 2 * m * n * k };
}

/** Random floats where kernels find them. */
function block(count: number): Storage {
  const storage = backend.allocate(count * 4);
  const { buffer, byteOffset } = backend.view(storage);
  new Float32Array(buffer, byteOffset, count).set(randn(count).data() as Float32Array);
  return storage;
}

/** As many multiply-adds in registers as the machine does: the yardstick of the products. */
function fmaPeak(name: string): Workload {
  const peak = backend.kernel(name);
  const iterations = 10_000;
  return { step: () => peak(iterations), flops: peak(iterations) };
}

/** As many floats read and written as given: an addition in place moves three for each element. */
function traffic(floats: number): Workload {
  const count = Math.round(floats / 3);
  const [x, y] = [randn(count), randn(count).mul(1e-3)];
  return { step: () => x.add_(y) };
}

/** What Adam moves for the network 784-500-10: 4 floats read and 3 written for each parameter. */
const ADAM_FLOATS = 7 * ((PIXELS + 1) * HIDDEN + (HIDDEN + 1) * CLASSES);
/** What relu moves forward (x, y) and backward (its gradient, y, that of x) for the first layer of SimpleCNN. */
const RELU_FLOATS = 5 * 64 * 32 * 32 * 32;

// ---- elementwise operations, reductions -----------------------------------------------------------------------------

const SHAPES: Record<string, [number, number]> = { "100x500": [BATCH, HIDDEN], "1m": [1024, 1024] };

function relu(shape: [number, number]): Workload {
  const x = randn(shape);
  return { step: () => x.relu() };
}

function add(shape: [number, number]): Workload {
  const [x, y] = [randn(shape), randn(shape)];
  return { step: () => x.add(y) };
}

function sum(shape: [number, number]): Workload {
  const x = randn(shape);
  return { step: () => x.sum() };
}

function softmax(shape: [number, number]): Workload {
  const x = randn(shape);
  return { step: () => x.softmax(1) };
}

// ---- by name --------------------------------------------------------------------------------------------------------

const WORKLOADS = new Map<string, () => Workload>([
  ["mlp_adam_step", mlpAdamStep],
  ["mlp_forward", mlpForward],
  ["tiny_sgd_step", () => tinyStep("SGD")],
  ["tiny_adam_step", () => tinyStep("Adam")],
  ["tiny_loop_sgd", () => tinyLoop("SGD")],
  ["tiny_loop_adam", () => tinyLoop("Adam")],
  ["adam_1m", adam1m],
  ["adam_traffic", () => traffic(ADAM_FLOATS)],
  ["relu_traffic", () => traffic(RELU_FLOATS)],
  ["fma_peak", () => fmaPeak("fma_peak_f32")],
  ["fma_peak_changing", () => fmaPeak("fma_peak_changing_f32")],
  ...CONVOLUTION_WORKLOADS,
  ...RECURRENT,
  ...VISION,
]);
for (const [name, product] of Object.entries(PRODUCTS)) {
  WORKLOADS.set(name, () => operation(product));
  WORKLOADS.set(`${name}/kernel`, () => kernel(product));
}
for (const [label, shape] of Object.entries(SHAPES)) {
  WORKLOADS.set(`relu_${label}`, () => relu(shape));
  WORKLOADS.set(`add_${label}`, () => add(shape));
  WORKLOADS.set(`sum_${label}`, () => sum(shape));
  WORKLOADS.set(`softmax_${label}`, () => softmax(shape));
}

/** One of the operations of the table: "op ROWS COLUMNS NAME". */
function tableOperation(name: string): Workload {
  const [, rows, columns, title] = /^op (\d+) (\d+) (.+)$/.exec(name) as RegExpExecArray;
  const operation = OPERATIONS.find((one) => one.name === title);
  if (operation === undefined) throw new Error(`no operation is called ${title}`);
  const [r, c] = [Number(rows), Number(columns)];
  const operands: Operands = {
    ...{ x: randn(r, c), y: randn(r, c), p: rand(r, c).add(0.5), row: randn(c), square: randn(c, c) },
    ...{ index: randint(0, r, [r]), leaf: randn([r, c], { requiresGrad: true }) },
  };
  return { step: () => operation.run(operands) };
}

/** The workload of that name, ready to run. */
export function buildWorkload(name: string): Workload {
  if (name.startsWith("op ")) return tableOperation(name);
  const build = WORKLOADS.get(name);
  if (build === undefined) throw new Error(`no workload is called ${name}`);
  return build();
}
