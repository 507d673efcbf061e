// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { cat, type Dim, randn, stack, type Tensor, zeros } from "nabla";

const x = randn(100, 784);
const w = randn(500, 10);
x.matmul(w);
x.matmul(zeros(783));
x.matmul(zeros());
randn(2, 5, 4).matmul(randn(3, 4, 6));
x.add(zeros(500));
x.sub(zeros(99, 1));
x.maximum(zeros(500));
x.add(zeros(784)).sum(5);
x.sum(2);
zeros().sum(1);
x.mean([0, 2]);
x.mean(-3, true);
x.max(2);
x.argmax(2);
x.softmax(2);
x.select(2, 0);
x.narrow(2, 0, 1);
x.reshape(100, 28, 27);
x.expand(50, 784);
x.expand(784);
x.transpose(0, 2);
x.permute(0, 2);
x.permute(0);
x.permute(1, -1);
x.squeeze(2);
x.unsqueeze(3);
x.unsqueeze(-4);
x.flatten(2);
x.flatten(1, 0);
cat([randn(2, 3), randn(2, 4)]);
cat([randn(2, 3), randn(2, 3)], 2);
cat([zeros(), zeros()]);
stack([randn(2, 3), randn(2, 4)]);
stack([randn(2, 3), randn(2, 3)], 3);
x.add("1");

declare const batch: Tensor<[Dim<"batch">, 10]>;
declare const time: Tensor<[Dim<"time">, 10]>;
batch.add(time);

export function twoSizes<B extends number>(a: Tensor<[B, 10]>, b: Tensor<[32, 10]>) {
  return a.add(b);
}

// One mistake is reported once: what comes of it fits everywhere.
function exact(t: Tensor<[100, 10]>) {
  return t;
}
exact(x.matmul(w));
x.matmul(w).add(zeros(3)).sum(7);
