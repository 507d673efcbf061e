/**
 * Photographs of ten kinds of things with a residual network. The ResNet-20 of He et al. (2015, section 4.2): 19 convolutions with
 * batch normalisation in three stages of 16, 32 and 64 channels, with shortcuts around every two, and a linear layer; trained on the
 * 50,000 images of CIFAR-10, shifted and mirrored at random, and evaluated on the 10,000 test images. Writes weights, numbers and
 * pictures to runs/cifar10-resnet/. 6 epochs reach 0.8397, in 18 minutes on one core; more epochs go further.
 */
import { manualSeed, nn, optim, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { CIFAR10, transforms } from "nabla/vision";
import { trainClassifier } from "./shared/classifier.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 6);
/** Training images used; the test takes a fifth as many. */
const IMAGES = setting("IMAGES", 50_000, 50_000);
const BATCH = 128;
const FOLDER = "runs/cifar10-resnet";

/** Two convolutions, and what went in added to what comes out. */
class Block extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.BatchNorm2d;
  conv2: nn.Conv2d;
  bn2: nn.BatchNorm2d;
  /** Where the size changes a 1×1 convolution fits the input to the output. */
  shortcut: nn.Module;

  constructor(inputs: number, outputs: number, stride: number) {
    super();
    this.conv1 = new nn.Conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false });
    this.bn1 = new nn.BatchNorm2d(outputs);
    this.conv2 = new nn.Conv2d(outputs, outputs, 3, { padding: 1, bias: false });
    this.bn2 = new nn.BatchNorm2d(outputs);
    this.shortcut =
      stride === 1 && inputs === outputs
        ? new nn.Identity()
        : new nn.Sequential(new nn.Conv2d(inputs, outputs, 1, { stride, bias: false }), new nn.BatchNorm2d(outputs));
  }

  forward(x: Tensor): Tensor {
    const y = this.bn1.forward(this.conv1.forward(x)).relu();
    return this.bn2.forward(this.conv2.forward(y)).add(this.shortcut.forward(x)).relu();
  }
}

/** Blocks of one stage: the first halves the image if `stride` is 2. */
function stage(inputs: number, outputs: number, stride: number): nn.Sequential {
  return new nn.Sequential(
    new Block(inputs, outputs, stride),
    new Block(outputs, outputs, 1),
    new Block(outputs, outputs, 1),
  );
}

class ResNet20 extends nn.Module {
  conv = new nn.Conv2d(3, 16, 3, { padding: 1, bias: false });
  bn = new nn.BatchNorm2d(16);
  stages = new nn.Sequential(stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2));
  pool = new nn.AdaptiveAvgPool2d(1);
  fc = new nn.Linear(64, 10);

  forward(x: Tensor): Tensor {
    x = this.bn.forward(this.conv.forward(x)).relu(); // [n, 16, 32, 32]
    x = this.stages.forward(x); // [n, 64, 8, 8]
    return this.fc.forward(this.pool.forward(x).flatten(1));
  }
}

manualSeed(SEED);
const toInput = [new transforms.ToTensor(), new transforms.Normalize([0.491, 0.482, 0.447], [0.247, 0.243, 0.262])];
const augment = [new transforms.RandomCrop(32, { padding: 4 }), new transforms.RandomHorizontalFlip()];
const train = await CIFAR10.load({ train: true, transform: new transforms.Compose([...augment, ...toInput]) });
const test = await CIFAR10.load({ train: false, transform: new transforms.Compose(toInput) });
const trainLoader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: BATCH, shuffle: true });
const testLoader = new DataLoader(new Subset(test, Array(Math.ceil(IMAGES / 5)).keys()), { batchSize: 250 });
const model = new ResNet20();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 0.2, { totalSteps: EPOCHS * trainLoader.length });

await trainClassifier(
  {
    title: "CIFAR-10, a residual network of 20 layers",
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
