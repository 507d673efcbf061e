/**
 * Looks into the network that `npm run example cifar10-cnn` has trained. Draws its first filters, what each layer makes of an image,
 * what pooling, padding and stride do, and which pixels an answer rests on, as pictures in runs/look-inside/.
 * IMAGE=12 chooses the test image.
 */
import { existsSync } from "node:fs";
import {
  avgPool2d,
  cat,
  conv2d,
  full,
  load,
  manualSeed,
  maxPool2d,
  noGrad,
  randn,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "nabla";
import * as plot from "nabla/plot";
import { CIFAR10, transforms } from "nabla/vision";
import { SEED, setting } from "./shared/report.ts";
import { SimpleCNN } from "./shared/simple-cnn.ts";

const WEIGHTS = "runs/cifar10-cnn/model.safetensors";
const FOLDER = "runs/look-inside";
const IMAGE = setting("IMAGE", 12, 9994, 0);
const SIDE = 32;

if (!existsSync(WEIGHTS)) throw new Error(`there is no ${WEIGHTS}; run \`npm run example cifar10-cnn\` first`);
manualSeed(SEED);
const model = new SimpleCNN();
model.loadStateDict(load(WEIGHTS));
model.eval();
const test = await CIFAR10.load({ train: false, transform: new transforms.ToTensor() });

/** Image number `i` of the test, [3, 32, 32] from 0 to 1. */
const imageAt = (i: number): Tensor => test.get(i)[0];
/** As the network was trained on it: from -1 to 1. */
const normalised = (x: Tensor): Tensor => x.sub(0.5).div(0.5);
/** Each pixel as a block, so that results of every size are drawn alike: [..., side, side] to [..., 32, 32]. */
const enlarged = (x: Tensor): Tensor => {
  const times = SIDE / (x.shape.at(-1) as number);
  return x.repeatInterleave(times, -1).repeatInterleave(times, -2);
};

/** The 32 filters of the first layer as pictures of 3 × 3 pixels; gray is a weight of 0. */
function drawFilters(): void {
  const weight = model.conv1.weight.detach();
  const strongest = weight.abs().amax([1, 2, 3], true);
  plot
    .images(weight.div(strongest.mul(2)).add(0.5), {
      columns: 8,
      title: "The 32 filters of the first convolution",
      subtitle: "red, green and blue weights of 3 × 3 pixels, each filter by its strongest weight; gray is 0",
    })
    .save(`${FOLDER}/filters.svg`);
}

/** The maps of each layer that answer the image most strongly, each from black (0) to white (its maximum). */
function drawFeatureMaps(image: Tensor): void {
  const rows: Tensor[] = [];
  const captions: string[] = [];
  for (const [name, maps] of Object.entries(model.layers(normalised(image).unsqueeze(0)))) {
    const found = maps.squeeze(0);
    const peaks = found.amax([1, 2]);
    const strongest = peaks.argsort(0, { descending: true }).narrow(0, 0, 10);
    const chosen = found.indexSelect(0, strongest);
    rows.push(enlarged(chosen.div(chosen.amax([1, 2], true).clamp(1e-6))));
    for (const number of strongest.data()) captions.push(`${name} ${number}`);
  }
  plot
    .images(cat(rows, 0), {
      captions,
      title: "What the layers make of one image",
      subtitle: "the ten maps of each layer with the highest peaks: 32 × 32, 16 × 16, 16 × 16 and 8 × 8 numbers",
    })
    .save(`${FOLDER}/feature-maps.svg`);
}

/** Maximum against mean, over windows of 2, 4 and 8. */
function drawPooling(image: Tensor): void {
  const batch = image.unsqueeze(0);
  const row = (pool: typeof maxPool2d | typeof avgPool2d) =>
    [image].concat([2, 4, 8].map((size) => enlarged(pool(batch, size)).squeeze(0)));
  const names = (kind: string) => ["image", ...[2, 4, 8].map((size) => `${kind} ${size} × ${size}`)];
  plot
    .images(stack([...row(maxPool2d), ...row(avgPool2d)]), {
      columns: 4,
      width: 540,
      captions: [...names("max"), ...names("mean")],
      title: "Max pooling and average pooling",
      subtitle: "the maximum keeps the brightest pixel of each window, the mean blurs",
    })
    .save(`${FOLDER}/pooling.svg`);
}

/** One filter over an image of 7 × 7 pixels with several paddings and strides. Blue is padding, gray-blue is no part of the picture. */
function drawPaddingAndStride(): void {
  const small = tensor(
    [".......", "..###..", ".#...#.", "....#..", "...#...", ".#####.", "......."].map((line) =>
      [...line].map((pixel) => (pixel === "#" ? 1 : 0.15)),
    ),
  );
  const mean = full([1, 1, 3, 3], 1 / 9);
  const input = small.reshape(1, 1, 7, 7);
  const cases = [0, 1, 2].flatMap((padding) => [1, 2].map((stride) => ({ padding, stride })));
  const captions: string[] = [];
  const drawn: Tensor[] = [];
  for (const padding of [0, 1, 2]) {
    drawn.push(onCanvas(input.squeeze(0), padding));
    captions.push(`image, padding ${padding}`);
    for (const { stride } of cases.filter((one) => one.padding === padding)) {
      const result = conv2d(input, mean, null, { padding, stride });
      drawn.push(onCanvas(result.squeeze(0).mul(1.5), 0));
      captions.push(`stride ${stride}: ${result.shape.slice(2).join(" × ")}`);
    }
  }
  plot
    .images(stack(drawn), {
      columns: 3,
      width: 480,
      captions,
      title: "Padding and stride",
      subtitle: "the mean of 3 × 3 pixels; blue is a frame of zeros, a stride skips places",
    })
    .save(`${FOLDER}/padding-and-stride.svg`);
}

/** A gray picture in the middle of 11 × 11 pixels, in a blue frame for its padding. */
function onCanvas(picture: Tensor, padding: number): Tensor {
  const size = picture.shape.at(-1) as number;
  const at = Math.floor((11 - size) / 2);
  const channel = (frame: number, around: number): Tensor => {
    const canvas = full([1, 11, 11], around);
    square(canvas, at - padding, at - padding, size + 2 * padding).fill_(frame);
    square(canvas, at, at, size).copy_(picture);
    return canvas;
  };
  return cat([channel(0.25, 0.5), channel(0.5, 0.54), channel(0.9, 0.58)], 0);
}

/** A view of the square part of the pictures with this corner. */
function square(pictures: Tensor, top: number, left: number, size: number): Tensor {
  return pictures.narrow(-2, top, size).narrow(-1, left, size);
}

/**
 * How strongly each pixel changes the score of the class, [32, 32]: the gradient's size, mean over copies of the image with some noise
 * (SmoothGrad, Smilkov et al. 2017), largest of the three colours. The gradient of a single image is little more than noise itself.
 */
function saliency(image: Tensor, label: number): Tensor {
  const x = randn(100, 3, SIDE, SIDE).mul(0.3).add(normalised(image)).requiresGrad_();
  model.forward(x).select(1, label).sum().backward();
  const size = (x.grad as Tensor).abs().mean(0).amax(0);
  return size.sub(size.min()).div(size.max().sub(size.min()));
}

/** How much of the probability of the class goes when a gray square of 8 × 8 covers a pixel, mean over the squares, [32, 32]. */
function occlusion(image: Tensor, label: number): Tensor {
  const PATCH = 8;
  const places = Array.from({ length: (SIDE - PATCH) / 2 + 1 }, (_, i) => 2 * i);
  const corners = places.flatMap((top) => places.map((left) => [top, left] as const));
  const masks: Tensor = zeros(corners.length, SIDE, SIDE);
  corners.forEach(([top, left], i) => {
    square(masks.select(0, i), top, left, PATCH).fill_(1);
  });
  const covered = normalised(image).mul(masks.unsqueeze(1).neg().add(1)); // 0 is gray
  return noGrad(() => {
    const probability = (x: Tensor): Tensor => model.forward(x).softmax(1).select(1, label);
    const lost = probability(normalised(image).unsqueeze(0)).sub(probability(covered)).clamp(0);
    const mean = lost.reshape(-1, 1, 1).mul(masks).sum(0).div(masks.sum(0));
    return mean.div(mean.max().clamp(1e-6));
  });
}

/** Images, the pixels that their scores hang on, and the places that may not be covered. */
function drawSaliency(first: number): void {
  const pictures: Tensor[] = [];
  const captions: string[] = [];
  const wrong: boolean[] = [];
  for (let i = first; i < first + 6; i++) {
    const image = imageAt(i);
    const label = test.targets.select(0, i).item();
    const probabilities = noGrad(() => model.forward(normalised(image).unsqueeze(0)).softmax(1).squeeze(0));
    const predicted = probabilities.argmax().item();
    const share = Math.round(100 * probabilities.select(0, predicted).item());
    const gray = image.mean(0).mul(0.6);
    const heat = occlusion(image, predicted);
    const black = full([SIDE, SIDE], 0);
    pictures.push(
      image,
      saliency(image, predicted).unsqueeze(0).expand(3, SIDE, SIDE),
      stack([gray.add(heat.mul(0.6)).clamp(0, 1), gray.add(heat.mul(0.15)).clamp(0, 1), gray.add(black)]),
    );
    const name = `${test.classes[predicted]}, ${share} %`;
    captions.push(name, "gradient", "covered");
    wrong.push(label !== predicted, false, false);
  }
  plot
    .images(stack(pictures), {
      columns: 6,
      captions,
      wrong,
      title: "Which pixels the answer rests on",
      subtitle:
        "gradient: what changes the score most; covered: the answer fades when a gray square covers the warm places",
    })
    .save(`${FOLDER}/saliency.svg`);
}

const chosen = imageAt(IMAGE);
drawFilters();
noGrad(() => drawFeatureMaps(chosen));
drawPooling(chosen);
drawPaddingAndStride();
drawSaliency(IMAGE);
console.log(`pictures: ${FOLDER}/`);
