// What each rule gives, op by op.
import { cat, full, nn, ones, rand, randn, stack, type Tensor, zeros } from "nabla";
import { is } from "./equal.ts";

const x = randn(2, 3, 4);

is<Tensor<[2, 3]>>()(zeros(2, 3));
is<Tensor<[0, 3]>>()(ones(0, 3));
is<Tensor<[]>>()(rand());
is<Tensor<[2, 3]>>()(full([2, 3], 7));

is<Tensor<[2, 3, 4]>>()(x.add(1));
is<Tensor<[2, 3, 4]>>()(x.sub(zeros(4)));
is<Tensor<[2, 3, 4]>>()(x.mul(zeros(3, 1)));
is<Tensor<[2, 3, 4]>>()(x.div(zeros()));
is<Tensor<[2, 3, 4]>>()(zeros(3, 1).maximum(x));
is<Tensor<[5, 2, 3, 4]>>()(x.gt(zeros(5, 1, 1, 1)));
is<Tensor<[0, 3, 4]>>()(randn(1, 3, 4).add(zeros(0, 1, 1)));

is<Tensor<[]>>()(x.sum());
is<Tensor<[]>>()(zeros().sum(0));
is<Tensor<[]>>()(zeros().softmax(-1));
is<Tensor<[3, 4]>>()(x.sum(0));
is<Tensor<[2, 3]>>()(x.mean(-1));
is<Tensor<[2, 1, 4]>>()(x.sum(1, true));
is<Tensor<[3]>>()(x.sum([0, 2]));
is<Tensor<[1, 3, 1]>>()(x.mean([0, -1], true));
is<Tensor<[2, 3]>>()(x.argmax(2));
is<Tensor<[2, 3]>>()(x.max(2).values);
is<Tensor<[2, 3, 1]>>()(x.max(2, true).indices);
is<Tensor<[2, 3, 4]>>()(x.softmax(-1));
declare const keepdim: boolean;
is<Tensor>()(x.sum(1, keepdim));

is<Tensor<[2, 4]>>()(x.select(1, 0));
is<Tensor<[2, 2, 4]>>()(x.narrow(1, 0, 2));
declare const length: number;
is<Tensor<[2, 3, number]>>()(x.narrow(-1, 1, length));

is<Tensor<[4, 3, 2]>>()(x.transpose(0, 2));
is<Tensor<[2, 4, 3]>>()(x.transpose(-1, 1));
is<Tensor<[3, 2]>>()(zeros(2, 3).T);
is<Tensor<[2, 4, 3]>>()(x.T);
is<Tensor>()(zeros(3).T);
is<Tensor<[4, 2, 3]>>()(x.permute(2, 0, 1));
is<Tensor<[4, 2, 3]>>()(x.permute(-1, -3, -2));
is<Tensor<[]>>()(zeros().permute());

is<Tensor<[2, 3]>>()(zeros(2, 1, 3).squeeze(1));
is<Tensor<[2, 1, 3]>>()(zeros(2, 1, 3).squeeze(0));
is<Tensor<[2, 3]>>()(zeros(1, 2, 1, 3, 1).squeeze());
is<Tensor<[1, 2, 3, 4]>>()(x.unsqueeze(0));
is<Tensor<[2, 3, 4, 1]>>()(x.unsqueeze(3));
is<Tensor<[2, 3, 4, 1]>>()(x.unsqueeze(-1));
is<Tensor<[1, 2, 3, 4]>>()(x.unsqueeze(-4));
is<Tensor<[1]>>()(zeros().unsqueeze(0));

is<Tensor<[24]>>()(x.flatten());
is<Tensor<[2, 12]>>()(x.flatten(1));
is<Tensor<[6, 4]>>()(x.flatten(0, 1));
is<Tensor<[2, 12]>>()(x.flatten(-2, -1));
is<Tensor<[2, 3, 4]>>()(x.flatten(2));
is<Tensor<[1]>>()(zeros().flatten());

is<Tensor<[6, 4]>>()(x.reshape(6, 4));
is<Tensor<[6, 4]>>()(x.reshape(-1, 4));
is<Tensor<[24]>>()(x.reshape(-1));
is<Tensor<[2, 12]>>()(x.reshape(2, -1));
is<Tensor<[2, 6, 2]>>()(x.reshape(2, 6, 2));
is<Tensor<[number, 8]>>()(zeros(6, 4).reshape(-1, 8));
is<Tensor<[]>>()(zeros(1).reshape());
is<Tensor<[100, 784]>>()(zeros(100, 1, 28, 28).reshape(-1, 784));

is<Tensor<[5, 2, 3, 4]>>()(x.expand(5, 2, 3, 4));
is<Tensor<[2, 3, 9]>>()(zeros(2, 1, 1).expand(-1, 3, 9));
is<Tensor<[5]>>()(zeros().expand(5));

is<Tensor<[7, 3]>>()(cat([zeros(2, 3), zeros(5, 3)]));
is<Tensor<[2, 9]>>()(cat([zeros(2, 3), zeros(2, 2), zeros(2, 4)], -1));
is<Tensor<[3, 2, 4]>>()(stack([zeros(2, 4), zeros(2, 4), zeros(2, 4)]));
is<Tensor<[2, 4, 2]>>()(stack([zeros(2, 4), zeros(2, 4)], -1));

is<Tensor<[2, 3, 5]>>()(new nn.Linear(4, 5).forward(x));
is<Tensor<[5]>>()(new nn.Linear(4, 5).forward(zeros(4)));
is<Tensor<[2, 12]>>()(new nn.Flatten().forward(x));
is<Tensor<[24]>>()(new nn.Flatten(0).forward(x));
is<Tensor<[2, 3, 4]>>()(new nn.Softmax(1).forward(x));
is<Tensor<[]>>()(new nn.MSELoss().forward(x, x));
is<Tensor<[]>>()(new nn.CrossEntropyLoss().forward(zeros(8, 10), zeros(8)));
is<Tensor<[]>>()(new nn.CrossEntropyLoss().forward(zeros(8, 10, 32, 32), zeros(8, 32, 32)));
is<Tensor<[]>>()(new nn.CrossEntropyLoss().forward(zeros(10), zeros()));
