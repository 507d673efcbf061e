/**
 * Photographs of ten kinds of things with a better recipe than cifar10-cnn in about the same time. Three convolutions with pooling and batch
 * normalisation, images that are shifted and mirrored at random, and a learning rate that rises and falls once, trained on the 50,000
 * images of CIFAR-10 and evaluated on the 10,000 test images. Writes weights, numbers and pictures to runs/cifar10-better/.
 * 9 epochs reach 0.8367, in 6 minutes of processor time.
 */
import { manualSeed, nn, optim, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { CIFAR10, transforms } from "nabla/vision";
import { trainClassifier } from "./shared/classifier.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 9);
/** Training images used; the test takes a fifth as many. */
const IMAGES = setting("IMAGES", 50_000, 50_000);
const BATCH = 64;
const FOLDER = "runs/cifar10-better";

class BetterCNN extends nn.Module {
  conv1 = new nn.Conv2d(3, 32, 3, { padding: 1 });
  conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
  conv3 = new nn.Conv2d(64, 128, 3, { padding: 1 });
  norm1 = new nn.BatchNorm2d(32);
  norm2 = new nn.BatchNorm2d(64);
  norm3 = new nn.BatchNorm2d(128);
  pool = new nn.MaxPool2d(2);
  fc1 = new nn.Linear(128 * 4 * 4, 256);
  dropout = new nn.Dropout(0.2);
  fc2 = new nn.Linear(256, 10);

  /** Pooled before it is normalised: a quarter of the numbers to normalise. */
  forward(x: Tensor) {
    x = this.norm1.forward(this.pool.forward(this.conv1.forward(x))).relu(); // [n, 32, 16, 16]
    x = this.norm2.forward(this.pool.forward(this.conv2.forward(x))).relu(); // [n, 64, 8, 8]
    x = this.norm3.forward(this.pool.forward(this.conv3.forward(x))).relu(); // [n, 128, 4, 4]
    x = this.fc1.forward(x.flatten(1)).relu();
    return this.fc2.forward(this.dropout.forward(x));
  }
}

manualSeed(SEED);
const toInput = [new transforms.ToTensor(), new transforms.Normalize([0.491, 0.482, 0.447], [0.247, 0.243, 0.262])];
const augment = [new transforms.RandomCrop(32, { padding: 2 }), new transforms.RandomHorizontalFlip()];
const train = await CIFAR10.load({ train: true, transform: new transforms.Compose([...augment, ...toInput]) });
const test = await CIFAR10.load({ train: false, transform: new transforms.Compose(toInput) });
const trainLoader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: BATCH, shuffle: true });
const testLoader = new DataLoader(new Subset(test, Array(Math.ceil(IMAGES / 5)).keys()), { batchSize: 250 });
const model = new BetterCNN();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.01 });
const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 2.5e-3, { totalSteps: EPOCHS * trainLoader.length });

await trainClassifier(
  {
    title: "CIFAR-10, three convolutions, augmentation and a schedule",
    folder: FOLDER,
    epochs: EPOCHS,
    model,
    trainLoader,
    testLoader,
    test,
  },
  (images, labels) => {
    const loss = criterion.forward(model.forward(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    schedule.step();
    return loss;
  },
);
