// Batches keep what is known of a sample.
import { type Generator, normal, rand, randint, randn, type Tensor, tensor, zeros } from "nabla";
import {
  ConcatDataset,
  DataLoader,
  type Dataset,
  type IterableDataset,
  parseCsv,
  RandomSampler,
  randomSplit,
  Subset,
  TensorDataset,
} from "nabla/data";
import { is } from "../equal.ts";

declare const n: number;
declare const unknown: Tensor;
declare const generator: Generator;

const pairs = new TensorDataset(randn(100, 4), zeros(100), unknown);
is<Tensor<[4]>>()(pairs.get(0)[0]);
is<Tensor<[]>>()(pairs.get(0)[1]);
for (const [x, y, z] of new DataLoader(pairs, { batchSize: 16, shuffle: true, generator })) {
  is<Tensor<[number, 4]>>()(x);
  is<Tensor<[number]>>()(y);
  is<Tensor>()(z);
}
const [train, test] = randomSplit(pairs, [0.8, 0.2], { generator });
for (const [x] of new DataLoader(train)) is<Tensor<[number, 4]>>()(x);
for (const [x] of new DataLoader(new Subset(test, [0, 2]))) is<Tensor<[number, 4]>>()(x);
for (const [x] of new DataLoader(new ConcatDataset([train, test]))) is<Tensor<[number, 4]>>()(x);

declare const words: Dataset<{ text: string; ids: Tensor<[12]>; label: number }>;
for (const batch of new DataLoader(words, { sampler: new RandomSampler(words) })) {
  is<string[]>()(batch.text);
  is<Tensor<[number, 12]>>()(batch.ids);
  is<Tensor<[number]>>()(batch.label);
}
for (const word of new DataLoader(words, { batchSize: null })) is<string>()(word.text);
for (const count of new DataLoader(words, { batchSize: 4, collateFn: (some) => some.length })) is<number>()(count);

declare const stream: IterableDataset<[Tensor<[3]>, number]>;
export async function loop() {
  for await (const [x, y] of new DataLoader(stream, { batchSize: 8 })) {
    is<Tensor<[number, 3]>>()(x);
    is<Tensor<[number]>>()(y);
  }
}

const table = parseCsv("a,b\n1,2", { y: "b" });
is<Tensor<[number]>>()(table.y);
is<undefined>()(parseCsv("a\n1").y);
is<Tensor<[number, number]>>()(parseCsv("a,b\n1,2", { y: ["a", "b"] }).y);

is<Tensor<[2, 5]>>()(rand(2, 9).multinomial(5));
is<Tensor<[5]>>()(rand(9).multinomial(5));
is<Tensor>()(unknown.multinomial(5));
is<Tensor<[2, 3]>>()(rand(2, 3).bernoulli());
is<Tensor<[2, 3]>>()(normal(zeros(2, 1), rand(3)));
is<Tensor<[2]>>()(normal(tensor([1, 2]), 1));
is<Tensor<[2, 3]>>()(normal(0, 1, [2, 3]));
is<Tensor<[2, number]>>()(randint(0, 2 ** 40, [2, n], { dtype: "float64" }));
