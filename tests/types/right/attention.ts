// Stacked matrix products, with sizes known, unknown and as type parameters.
import { nn, randn, type Tensor, zeros } from "nabla";
import { is } from "../equal.ts";

class Attention<C extends number> extends nn.Module {
  q;
  k;
  v;
  out;
  constructor(channels: C) {
    super();
    this.q = new nn.Linear(channels, channels);
    this.k = new nn.Linear(channels, channels);
    this.v = new nn.Linear(channels, channels);
    this.out = new nn.Linear(channels, channels);
  }
  forward<B extends number, T extends number>(x: Tensor<[B, T, C]>) {
    const scores = this.q.forward(x).matmul(this.k.forward(x).transpose(1, 2)).div(8).softmax(-1);
    is<Tensor<[B, T, T]>>()(scores);
    return this.out.forward(scores.matmul(this.v.forward(x)));
  }
}
is<Tensor<[2, 16, 64]>>()(new Attention(64).forward(randn(2, 16, 64)));

export function multihead(x: Tensor<[number, number, 768]>) {
  const [b, t] = x.shape;
  const q = x.reshape(b, t, 12, 64).transpose(1, 2);
  const k = x.reshape(b, t, 12, 64).permute(0, 2, 3, 1);
  const v = x.reshape(b, t, 12, 64).transpose(1, 2);
  is<Tensor<[number, 12, number, 64]>>()(q);
  is<Tensor<[number, 12, 64, number]>>()(k);
  const scores = q
    .matmul(k)
    .mul(1 / 8)
    .softmax(-1);
  const out = scores.matmul(v).transpose(1, 2).reshape(b, t, 768);
  is<Tensor<[number, number, 768]>>()(out);
  return out;
}
multihead(randn(2, 16, 768));

const x = randn(4, 5, 64);
is<Tensor<[4, 5, 5]>>()(x.matmul(x.transpose(-1, -2)));
is<Tensor<[7, 4, 5, 3]>>()(randn(7, 1, 5, 64).matmul(randn(4, 64, 3)));
is<Tensor<[4, 5]>>()(x.matmul(zeros(64)));
is<Tensor<[4, 3]>>()(zeros(64).matmul(randn(4, 64, 3)));
is<Tensor<[]>>()(zeros(64).matmul(zeros(64)));
