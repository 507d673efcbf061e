// Everything here compiles, with the shapes that are written down.
import { bilinear, nn, randn, type Tensor } from "nabla";

const F = nn.functional;
const x = randn(8, 4);

export const normalized: Tensor<[8, 4]> = new nn.LayerNorm(4).forward(x);
export const activated: Tensor<[8, 4]> = F.gelu(new nn.LeakyReLU().forward(x), { approximate: "tanh" });
export const largest: Tensor<[8, 2]> = new nn.Maxout(4, 2, 3).forward(x);
export const product: Tensor<[8, 2]> = new nn.Bilinear(4, 3, 2).forward(x, randn(8, 3));
export const split: Tensor<[8, 2, 2]> = new nn.Unflatten(1, [2, 2]).forward(x);
export const worked: Tensor<[8, number, 2]> = new nn.Unflatten(1, [-1, 2]).forward(x);

declare const indices: Tensor<[8, 5]>;
export const rows: Tensor<[8, 5, 3]> = new nn.Embedding(10, 3).forward(indices);
const words = new nn.Sequential(new nn.Embedding(10, 3), new nn.LayerNorm(3), new nn.Linear(3, 2));
export const scores: Tensor<[8, 5, 2]> = words.forward(indices);

// What is not known never gets in the way.
declare const any: Tensor;
declare const n: number;
export const unknown: Tensor = new nn.LayerNorm(n).forward(any);
new nn.LayerNorm(4).forward(any);
new nn.Bilinear(n, 3, 2).forward(any, randn(8, 3));
bilinear(any, any, any);
const grown = new nn.Sequential();
grown.append(new nn.Linear(4, 6));
export const late: Tensor<[8, 6]> = grown.forward(x);
const list = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4)]);
export const first: nn.Linear<4, 4> | undefined = list[0];
for (const layer of list) layer.forward(x);
