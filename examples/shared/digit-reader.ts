/** A convolutional network that reads digits of any hand: trained on MNIST's images turned, moved, sheared, and with thicker and thinner strokes. */
import { existsSync } from "node:fs";
import { load, manualSeed, maxPool2d, nn, noGrad, optim, rand, save, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { Accuracy, evaluate, progress } from "nabla/train";
import { MNIST, transforms } from "nabla/vision";
import { DigitCNN } from "./digit-cnn.ts";

const BATCH = 100;

/** Other pens: a third of the images with thicker strokes, a third with thinner ones, by mixing in the brightest or darkest neighbours. */
function otherPens(images: Tensor): Tensor {
  const count = images.shape[0] as number;
  const thick = maxPool2d(images, 3, { stride: 1, padding: 1 });
  const thin = maxPool2d(images.neg(), 3, { stride: 1, padding: 1 }).neg();
  const chosen = rand(count, 1, 1, 1).mul(3).sub(1.5); // from −1.5 to 1.5; the middle third changes nothing
  const thicker = chosen.sub(0.5).clamp(0, 0.8);
  const thinner = chosen.neg().sub(0.5).clamp(0, 0.6);
  return images.add(thick.sub(images).mul(thicker)).sub(images.sub(thin).mul(thinner));
}

/** How {@link readerFrom} trains. */
export interface ReaderOptions {
  readonly epochs: number;
  /** Training images used. */
  readonly images: number;
}

/** The reader whose weights are at `path`; trains one and keeps it there when there is none. */
export async function readerFrom(path: string, { epochs, images }: ReaderOptions): Promise<DigitCNN> {
  manualSeed(777);
  const model = new DigitCNN();
  if (existsSync(path)) {
    model.loadStateDict(load(path));
    console.log(`weights: ${path}`);
    return model.eval();
  }
  const move = new transforms.RandomAffine(15, {
    translate: [0.06, 0.06],
    scale: [0.85, 1.12],
    shear: 12,
    interpolation: "bilinear",
  });
  const transform = new transforms.Compose([new transforms.ToTensor(), move]);
  const train = await MNIST.load({ train: true, transform });
  const loader = new DataLoader(new Subset(train, Array(images).keys()), { batchSize: BATCH, shuffle: true });
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 3e-3, { totalSteps: epochs * loader.length });
  const criterion = new nn.CrossEntropyLoss();
  const test = await MNIST.load({ train: false, transform: new transforms.ToTensor() });
  const testLoader = new DataLoader(new Subset(test, Array(Math.ceil(images / 6)).keys()), { batchSize: 250 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const description = `Epoch ${epoch}/${epochs}`;
    for (const [batch, labels] of progress(loader, { description, unit: "images", scale: BATCH, leave: false })) {
      const loss = criterion.forward(model.forward(noGrad(() => otherPens(batch))), labels);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      schedule.step();
    }
    const { accuracy } = evaluate(model, testLoader, { metrics: { accuracy: new Accuracy() } });
    console.log(`Epoch[${epoch}/${epochs}], accuracy on MNIST's test images:${accuracy.toFixed(4)}`);
  }
  save(model.stateDict(), path);
  console.log(`weights: ${path}`);
  return model.eval();
}
