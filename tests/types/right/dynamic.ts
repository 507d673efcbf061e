// Where sizes or shapes are not known, nothing gets in the way.
import { cat, type Dim, nn, randn, stack, type Tensor, tensor, zeros } from "nabla";
import { is } from "../equal.ts";

declare const n: number;
declare const unknown: Tensor;

is<Tensor>()(unknown.matmul(randn(784, 10)));
is<Tensor<[number, 10]>>()(randn(n, 784).matmul(randn(784, 10)));
is<Tensor<[number, 10]>>()(randn(n, 10).add(zeros(10)));
is<Tensor<[5, 10]>>()(randn(n, 10).add(zeros(5, 10)));
is<Tensor>()(unknown.add(randn(n, 10)).relu().sum(0));
is<Tensor<[number, 20]>>()(randn(n, 4, 5).reshape(randn(n, 4, 5).shape[0], -1));
is<Tensor<[number, number]>>()(randn(100, 784).reshape(n, -1));
is<Tensor<[28, number]>>()(randn(n, 784).reshape(28, -1));
is<Tensor<[number, 2]>>()(randn(5, n).reshape(-1, 2));
is<Tensor<[2, 50]>>()(randn(5, n).reshape(2, 50));
is<Tensor<[number, 784]>>()(randn(n, 28, 28).reshape(-1, 784));

export function oneBatch(x: Tensor<[number, 784]>) {
  return x.mean(1);
}
oneBatch(unknown);
oneBatch(randn(3, 784));
oneBatch(randn(n, 10).matmul(unknown));
export const exact: Tensor<[3, 3]> = unknown;
export const anything: Tensor[] = [randn(2), randn(2, 3)];

// A state that goes round a loop, with and without an annotation.
let h = zeros(2, 8);
let total: Tensor = zeros();
for (let i = 0; i < 3; i++) {
  h = h.matmul(randn(8, 8)).tanh();
  total = total.add(h.sum());
}

const list: Tensor<[4, 3]>[] = [];
const many: Tensor[] = [];
is<Tensor<[4, number]>>()(cat(list, 1));
is<Tensor>()(cat(many));
is<Tensor<[4, number, 3]>>()(stack(list, 1));
is<Tensor>()(stack(many));
is<Tensor<[number, 3]>>()(cat([randn(2, 3), randn(n, 3)]));
is<Tensor>()(cat([randn(2, 3), unknown], 1));

// A known shape for an unknown tensor, checked when the program runs.
is<Tensor<[number, 784]>>()(unknown.as(n, 784));
is<Tensor<[number, 784]>>()(unknown.as(-1, 784));

// Axes in variables.
const axis: number = 1;
is<Tensor>()(randn(2, 3).sum(axis));
is<Tensor>()(randn(2, 3).transpose(axis, 0));
is<Tensor>()(randn(2, 3).permute(axis, 0));
is<Tensor>()(randn(2, 3).unsqueeze(axis));
is<Tensor>()(randn(2, 3).squeeze(axis));

// Shapes as values.
is<readonly number[]>()(unknown.shape);
is<readonly [2, 3]>()(randn(2, 3).shape);
const [rows, columns] = randn(2, 3).shape;
is<2>()(rows);
is<3>()(columns);
is<Tensor<[2, 3]>>()(zeros(...randn(2, 3).shape));
is<Tensor>()(zeros(...unknown.shape));
declare const sizes: number[];
export const wide: Tensor<[3]> = zeros(...sizes).add(randn(3));

// Named sizes.
declare const batch: Dim<"batch">;
is<Tensor<[Dim<"batch">, 10]>>()(new nn.Linear(784, 10).forward(zeros(batch, 784)).add(1));
oneBatch(zeros(batch, 784));

// Parameters are tensors.
declare const weight: nn.Parameter<[784, 10]>;
is<Tensor<[5, 10]>>()(randn(5, 784).matmul(weight));
export const asTensor: Tensor<[784, 10]> = weight;

is<Tensor<[3, 2]>>()(
  tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]),
);
is<Tensor<[0]>>()(tensor([]));
const rowsOfNumbers = [
  [1, 2],
  [3, 4],
];
is<Tensor<[number, number]>>()(tensor(rowsOfNumbers));
is<Tensor<[number]>>()(tensor(new Float32Array(3)));
is<Tensor<[]>>()(tensor(3));
declare const parsed: ReturnType<typeof JSON.parse>;
is<Tensor>()(tensor(parsed));

// One operand or another.
declare const either: Tensor<[784]> | number;
is<Tensor<[5, 784]>>()(randn(5, 784).mul(either));
declare const flag: boolean;
const one: Tensor = flag ? randn(2, 3) : randn(4, 3);
new nn.Linear(3, 5).forward(one).add(1);
