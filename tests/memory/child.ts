// One synchronous loop in a process of its own: node --import tsx child.ts <train|evaluate|leak> <steps>
// Prints what memory did as JSON: samples on the way, the pool after every step, and what is left when all garbage is gone.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { backend } from "../../src/backend/index.ts";
import { DataLoader } from "../../src/data/index.ts";
import { manualSeed, nn, noGrad, optim, type Tensor } from "../../src/index.ts";
import { MNIST, transforms } from "../../src/vision/index.ts";

const LEAK_BYTES = 16384;
const SAMPLES = 200;

/** Resident bytes, and bytes of array buffers. */
export interface Sample {
  rss: number;
  arrayBuffers: number;
}

export interface Report {
  backend: string;
  steps: number;
  samples: Sample[];
  /** The pool's bytes after each step but the first few. */
  pooled: { least: number; most: number };
  /** Bytes in use without garbage, after half of the steps and at the end. */
  settled: { half: number; end: number };
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function sample(): Sample {
  return { rss: process.memoryUsage.rss(), arrayBuffers: process.memoryUsage().arrayBuffers };
}

function inUse(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers + backend.memory().linear;
}

function network(): nn.Module {
  return new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 500), new nn.ReLU(), new nn.Linear(500, 10));
}

function* endless(dataset: MNIST): Generator<[Tensor, Tensor]> {
  const loader = new DataLoader(dataset, { batchSize: 100, shuffle: true });
  for (;;) yield* loader as Iterable<[Tensor, Tensor]>;
}

/** What is done in every step. */
function stepOf(mode: string, dataset: MNIST): () => void {
  manualSeed(777);
  const model = network();
  const batches = endless(dataset);
  if (mode === "evaluate") {
    return () => {
      const [images, labels] = batches.next().value as [Tensor, Tensor];
      noGrad(() => (model.forward(images) as Tensor).argmax(1).eq(labels).sum().item());
    };
  }
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const leaked: Uint8Array[] = [];
  const losses: Tensor[] = [];
  return () => {
    const [images, labels] = batches.next().value as [Tensor, Tensor];
    const loss = criterion.forward(model.forward(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss.detach()); // as a learner may, for the curve
    if (mode === "leak") leaked.push(new Uint8Array(LEAK_BYTES).fill(1));
  };
}

async function main(mode: string, steps: number): Promise<Report> {
  const dataset = await MNIST.load({ train: false, transform: new transforms.ToTensor(), download: false });
  const step = stepOf(mode, dataset);
  const every = Math.max(1, Math.floor(steps / SAMPLES));
  const samples: Sample[] = [];
  const pooled = { least: Infinity, most: 0 };
  const settled = { half: 0, end: 0 };
  for (let i = 1; i <= steps; i++) {
    step();
    if (i % every === 0) samples.push(sample());
    if (i === Math.floor(steps / 2)) settled.half = inUse();
    if (i === steps) settled.end = inUse(); // here, where the next step would still need all that the loop holds
    if (i <= 5) continue;
    const bytes = backend.memory().pooled;
    pooled.least = Math.min(pooled.least, bytes);
    pooled.most = Math.max(pooled.most, bytes);
  }
  return { backend: backend.name, steps, samples, pooled, settled };
}

const [mode = "train", steps = "2000"] = process.argv.slice(2);
console.log(JSON.stringify(await main(mode, Number(steps))));
