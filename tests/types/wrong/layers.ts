// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { nn, randn, type Tensor, zeros } from "nabla";

const F = nn.functional;
const x = randn(8, 4);
new nn.LayerNorm(3).forward(x);
x.layerNorm([3]);
F.layerNorm(x, [8, 5]);
new nn.Maxout(5, 2, 3).forward(x);
new nn.Bilinear(4, 3, 2).forward(x, randn(8, 5));
new nn.Unflatten(1, [2, 3]).forward(x);
F.softmax(x, 2);
new nn.Sequential(new nn.Embedding(10, 3), new nn.LayerNorm(4));

declare const indices: Tensor<[8, 5]>;
new nn.Linear(4, 2).forward(new nn.Embedding(10, 3).forward(indices));

// Keeping the shape keeps the mistake.
new nn.Linear(5, 2).forward(new nn.PReLU().forward(new nn.AlphaDropout().forward(zeros(8, 4))));
