// Everything here compiles, with the shapes that are written down.
import { nn, randn, type Tensor } from "nabla";

const F = nn.functional;
const images = randn(8, 12, 4, 6);

export const normalized: Tensor<[8, 12, 4, 6]> = new nn.BatchNorm2d(12).forward(images);
export const rows: Tensor<[8, 3]> = new nn.BatchNorm1d(3).forward(randn(8, 3));
export const lines: Tensor<[8, 3, 7]> = new nn.BatchNorm1d(3).forward(randn(8, 3, 7));
export const alone: Tensor<[12, 4, 6]> = new nn.InstanceNorm2d(12).forward(randn(12, 4, 6));
export const groups: Tensor<[8, 12, 4, 6]> = new nn.GroupNorm(3, 12).forward(images);
export const functional: Tensor<[8, 12, 4, 6]> = F.batchNorm(images, null, null, { training: true });
export const padded: Tensor<[8, 12, 5, 9]> = F.pad(images, [1, 2, 0, 1]);
export const around: Tensor<[8, 12, 6, 8]> = new nn.ReflectionPad2d(1).forward(images);
export const sides: Tensor<[8, 12, 11, 9]> = new nn.ZeroPad2d([1, 2, 3, 4]).forward(images);
export const doubled: Tensor<[8, 12, 8, 12]> = new nn.Upsample({ scaleFactor: 2 }).forward(images);
export const sized: Tensor<[8, 12, 7, 9]> = F.interpolate(images, { size: [7, 9], mode: "bilinear" });
export const square: Tensor<[8, 12, 7, 7]> = F.interpolate(images, { size: 7 });
export const shuffled: Tensor<[8, number, 8, 12]> = new nn.PixelShuffle(2).forward(images);
export const unshuffled: Tensor<[8, 48, number, number]> = F.pixelUnshuffle(images, 2);
const chain = new nn.Sequential(new nn.ZeroPad2d(1), new nn.BatchNorm2d(12), new nn.Upsample({ scaleFactor: 2 }));
export const chained: Tensor<[8, 12, 12, 16]> = chain.forward(images);

// What is not known never gets in the way.
declare const any: Tensor;
declare const n: number;
new nn.BatchNorm2d(n).forward(images);
new nn.BatchNorm2d(4).forward(any);
new nn.GroupNorm(n, n).forward(any);
export const unknown: Tensor = F.pad(any, [n, n]);
export const resized: Tensor<[8, 12, number, number]> = F.interpolate(images, { size: n });
export const layer: nn.BatchNorm2d = new nn.BatchNorm2d(3);
