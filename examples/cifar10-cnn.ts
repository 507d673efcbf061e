/**
 * Photographs of ten kinds of things with a small convolutional network. Two convolutions with pooling and two linear layers are trained
 * on the 50,000 images of CIFAR-10 and evaluated on the 10,000 test images. Writes weights, numbers and pictures to runs/cifar10-cnn/.
 * 10 epochs reach 0.7190, in 6.6 minutes of processor time.
 */
import { manualSeed, nn, optim } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { CIFAR10, transforms } from "nabla/vision";
import { trainClassifier } from "./shared/classifier.ts";
import { SEED, setting } from "./shared/report.ts";
import { SimpleCNN } from "./shared/simple-cnn.ts";

const EPOCHS = setting("EPOCHS", 10);
/** Training images used; the test takes a fifth as many. */
const IMAGES = setting("IMAGES", 50_000, 50_000);
const BATCH = 64;
const FOLDER = "runs/cifar10-cnn";

manualSeed(SEED);
const transform = new transforms.Compose([
  new transforms.ToTensor(),
  new transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
]);
const train = await CIFAR10.load({ train: true, transform });
const test = await CIFAR10.load({ train: false, transform });
const trainLoader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: BATCH, shuffle: true });
const testLoader = new DataLoader(new Subset(test, Array(Math.ceil(IMAGES / 5)).keys()), { batchSize: 250 });
const model = new SimpleCNN();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });

await trainClassifier(
  { title: "CIFAR-10, two convolutions", folder: FOLDER, epochs: EPOCHS, model, trainLoader, testLoader, test },
  (images, labels) => {
    const loss = criterion.forward(model.forward(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  },
);
