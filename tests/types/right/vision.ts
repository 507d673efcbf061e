// Images have the channels that are asked for.
import type { Tensor } from "nabla";
import { DataLoader } from "nabla/data";
import { CIFAR10, ImageFolder, readImage, transforms, writeImage } from "nabla/vision";
import { is } from "../equal.ts";

declare const bytes: Uint8Array;
declare const mode: "gray" | "rgba";

is<Tensor<[3, number, number]>>()(readImage("photo.jpg"));
is<Tensor<[1, number, number]>>()(readImage(bytes, { mode: "gray" }));
is<Tensor<[4, number, number]>>()(readImage("photo.png", { mode: "rgba" }));
is<Tensor<[1 | 4, number, number]>>()(readImage("photo.png", { mode }));
writeImage(readImage(bytes), "copy.jpg", { quality: 80 });

const transform = new transforms.Compose([
  new transforms.RandomCrop(32, { padding: 4, paddingMode: "reflect" }),
  new transforms.RandomHorizontalFlip({ p: 0.5 }),
  new transforms.ColorJitter({ brightness: 0.2, hue: [-0.1, 0.1] }),
  new transforms.Lambda((image) => image.to("float32").div(255)),
  { forward: (image) => image.mul(2) },
]);
export async function load() {
  const train = await CIFAR10.load({ train: true, transform });
  is<Tensor<[number, 3, 32, 32]>>()(train.images);
  for (const [images, labels] of new DataLoader(train, { batchSize: 64, shuffle: true })) {
    is<Tensor>()(images);
    is<Tensor<[number]>>()(labels);
  }
  const [image, label] = new ImageFolder("pets", { transform, mode: "gray" }).get(0);
  is<Tensor>()(image);
  is<number>()(label);
}
