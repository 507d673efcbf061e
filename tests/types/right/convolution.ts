// Convolutions: the sizes of their results.
import { conv1d, conv2d, convTranspose2d, nn, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

const images = randn(64, 3, 32, 32);
is<Tensor<[64, 32, 32, 32]>>()(new nn.Conv2d(3, 32, 3, { padding: 1 }).forward(images));
is<Tensor<[64, 32, 30, 30]>>()(new nn.Conv2d(3, 32, 3).forward(images));
is<Tensor<[64, 32, 28, 32]>>()(new nn.Conv2d(3, 32, [5, 1]).forward(images));
is<Tensor<[64, 8, 16, 16]>>()(new nn.Conv2d(3, 8, 3, { stride: 2, padding: 1 }).forward(images));
is<Tensor<[64, 8, 112, 56]>>()(new nn.Conv2d(3, 8, 7, { stride: [2, 4], padding: 3 }).forward(randn(64, 3, 224, 224)));
is<Tensor<[64, 8, 32, 32]>>()(new nn.Conv2d(3, 8, [4, 5], { padding: "same", dilation: 3 }).forward(images));
is<Tensor<[64, 8, 28, 30]>>()(new nn.Conv2d(3, 8, 3, { padding: "valid", dilation: [2, 1] }).forward(images));
is<Tensor<[8, 30, 30]>>()(new nn.Conv2d(3, 8, 3).forward(randn(3, 32, 32)));
is<Tensor<[2, 4, 25]>>()(new nn.Conv1d(2, 4, 3, { stride: 2, padding: 1 }).forward(randn(2, 2, 50)));
is<Tensor<[4, 3, 28, 28]>>()(new nn.ConvTranspose2d(8, 3, 2, { stride: 2 }).forward(randn(4, 8, 14, 14)));
is<Tensor<[4, 3, 14, 14]>>()(
  new nn.ConvTranspose2d(8, 3, 3, { stride: 2, padding: 1, outputPadding: 1 }).forward(randn(4, 8, 7, 7)),
);
is<Tensor<[2, 2, 50]>>()(new nn.ConvTranspose1d(4, 2, 2, { stride: 2 }).forward(randn(2, 4, 25)));

// The network of the first lessons on images, its batch unknown.
const model = new nn.Sequential(
  new nn.Conv2d(3, 32, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.Conv2d(32, 64, 4, { stride: 4 }),
  new nn.Flatten(),
  new nn.Linear(4096, 10),
);
is<Tensor<[64, 10]>>()(model.forward(images));
export function classify(x: Tensor<[number, 3, 32, 32]>): Tensor<[number, 10]> {
  return model.forward(x);
}
export function anyBatch<B extends number>(x: Tensor<[B, 3, 32, 32]>): Tensor<[B, 32, 32, 32]> {
  return new nn.Conv2d(3, 32, 3, { padding: 1 }).forward(x);
}

// What is not a literal is unknown.
declare const size: number;
declare const unknown: Tensor;
declare const options: nn.Conv2dLayerOptions;
is<Tensor<[...number[], 32, number, number]>>()(new nn.Conv2d(3, 32, 3).forward(unknown));
is<Tensor<[64, 32, number, number]>>()(new nn.Conv2d(3, 32, size).forward(images));
is<Tensor<[64, 32, number, number]>>()(new nn.Conv2d(3, 32, 3, { padding: size }).forward(images));
is<Tensor<[64, 32, number, number]>>()(new nn.Conv2d(3, 32, 3, options).forward(images));
is<Tensor<[64, number, 30, 30]>>()(new nn.Conv2d(size, size, 3).forward(images));

// The bare class names are types.
export let layer: nn.Conv2d = new nn.Conv2d(3, 32, 3, { padding: 1 });
layer = new nn.Conv2d(1, 2, [3, 5]);
layer.forward(images);
export const layers: nn.Module[] = [layer, new nn.ConvTranspose2d(8, 3, 2), new nn.Conv1d(2, 4, 3)];

is<Tensor<[64, 8, 32, 32]>>()(conv2d(images, randn(8, 3, 3, 3), randn(8), { padding: 1 }));
is<Tensor<[64, 8, 30, 30]>>()(conv2d(images, randn(8, 3, 3, 3)));
is<Tensor<[2, 6, 9, 9]>>()(conv2d(randn(2, 4, 9, 9), randn(6, 2, 3, 3), null, { padding: "same", groups: 2 }));
is<Tensor<[2, 4, 48]>>()(conv1d(randn(2, 3, 50), randn(4, 3, 3)));
is<Tensor<[2, 4, 10, 10]>>()(convTranspose2d(randn(2, 3, 5, 5), randn(3, 4, 2, 2), null, { stride: 2 }));
conv2d(unknown, randn(8, 3, 3, 3));
conv2d(images, unknown);
