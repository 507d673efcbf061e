// Convolutions: the sizes of their results.
import { nn, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

const images = randn(64, 3, 32, 32);
is<Tensor<[64, 8, 16, 28]>>()(new nn.Conv2d(3, 8, [3, 5], { stride: [2, 1], padding: [1, 0] }).forward(images));
is<Tensor<[4, 3, 14, 14]>>()(
  new nn.ConvTranspose2d(8, 3, 3, { stride: 2, padding: 1, outputPadding: 1 }).forward(randn(4, 8, 7, 7)),
);

// The network of the first lessons on images, its batch unknown.
const model = new nn.Sequential(
  new nn.Conv2d(3, 32, 4, { padding: "same" }),
  new nn.ReLU(),
  new nn.MaxPool2d(4),
  new nn.Flatten(),
  new nn.Linear(2048, 10),
);
export function classify(x: Tensor<[number, 3, 32, 32]>): Tensor<[number, 10]> {
  return model.forward(x);
}

// What is not a literal is unknown.
declare const unknown: Tensor;
is<Tensor<[...number[], 32, number, number]>>()(new nn.Conv2d(3, 32, 3).forward(unknown));

// The bare class name is a type.
export const layer: nn.Conv2d = new nn.Conv2d(3, 32, 3, { padding: 1 });
