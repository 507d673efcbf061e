/** Resident megabytes over a synchronous loop of SimpleCNN's training steps, as JSON: node --import tsx cnn-memory.ts STEPS */
import { manualSeed } from "nabla";
import { DataLoader } from "nabla/data";
import { CIFAR10, transforms } from "nabla/vision";
import { simpleCnnTraining } from "./simple-cnn.ts";

const SAMPLES = 200;
const steps = Number(process.argv[2]);
manualSeed(777);
const normalise = new transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
const dataset = await CIFAR10.load({
  train: false,
  transform: new transforms.Compose([new transforms.ToTensor(), normalise]),
});
const train = simpleCnnTraining();
const every = Math.max(1, Math.floor(steps / SAMPLES));
const samples: number[] = [];
for (let step = 0; step < steps; ) {
  for (const [images, labels] of new DataLoader(dataset, { batchSize: 64, shuffle: true, dropLast: true })) {
    train(images, labels);
    if (++step % every === 0) samples.push(process.memoryUsage.rss() / 2 ** 20);
    if (step === steps) break;
  }
}
console.log(JSON.stringify(samples));
