/** One epoch of SimpleCNN on so many images of CIFAR-10, with crop, flip and normalising: node --import tsx cifar-epoch.ts IMAGES */
import { manualSeed } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { CIFAR10, transforms } from "nabla/vision";
import { simpleCnnTraining } from "./simple-cnn.ts";

const images = Number(process.argv[2]);
manualSeed(777);
const transform = new transforms.Compose([
  new transforms.RandomCrop(32, { padding: 4 }),
  new transforms.RandomHorizontalFlip(),
  new transforms.ToTensor(),
  new transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
]);
const dataset = await CIFAR10.load({ train: true, transform });
const loader = new DataLoader(new Subset(dataset, Array(images).keys()), { batchSize: 64, shuffle: true });
const train = simpleCnnTraining();
const start = performance.now();
let sum = 0;
for (const [batch, labels] of loader) sum += train(batch, labels).item();
console.log(`seconds ${((performance.now() - start) / 1000).toFixed(3)}, loss ${(sum / loader.length).toFixed(4)}`);
