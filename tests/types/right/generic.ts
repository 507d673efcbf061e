// Functions for tensors of any shape, and for sizes that are type parameters.
import { nn, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

export function scaled<S extends readonly number[]>(x: Tensor<S>): Tensor<S> {
  return x.mul(0.5).add(1).tanh();
}
is<Tensor<[2, 3]>>()(scaled(randn(2, 3)));

export function gelu<S extends readonly number[]>(x: Tensor<S>): Tensor<S> {
  const u: Tensor = x;
  return u.mul(0.5).mul(u.tanh().add(1));
}
is<Tensor<[2, 3]>>()(gelu(randn(2, 3)));

const fc = new nn.Linear(4096, 10);

export function flattened<B extends number>(x: Tensor<[B, 64, 8, 8]>) {
  is<Tensor<[B, 4096]>>()(x.flatten(1));
  is<Tensor<[B, 4096]>>()(x.reshape(x.shape[0], -1));
  is<Tensor<[B, 4096]>>()(x.reshape(x.shape[0], 4096));
  is<Tensor<[B, 4096]>>()(x.reshape(-1, 4096));
  is<Tensor<[B, 64]>>()(x.mean([2, 3]));
  is<Tensor<[B, 64, 1, 1]>>()(x.mean([-2, -1], true));
  is<Tensor<[B, 1, 64, 8, 8]>>()(x.unsqueeze(1));
  is<Tensor<[8, 64, B, 8]>>()(x.permute(-1, 1, 0, 2));
  return fc.forward(x.flatten(1));
}
is<Tensor<[3, 10]>>()(flattened(randn(3, 64, 8, 8)));

export function heads<B extends number, T extends number>(x: Tensor<[B, T, 768]>) {
  is<Tensor<[B, T, 768]>>()(x.reshape(x.shape[0], x.shape[1], 12, 64).reshape(x.shape[0], x.shape[1], -1));
  return x.reshape(x.shape[0], x.shape[1], 12, 64).transpose(1, 2);
}
is<Tensor<[2, 12, 5, 64]>>()(heads(randn(2, 5, 768)));

export function tokens<B extends number, T extends number>(x: Tensor<[B, T, 768]>) {
  return x.reshape(-1, 768);
}
is<Tensor<[10, 768]>>()(tokens(randn(2, 5, 768)));

export function residual<B extends number>(x: Tensor<[B, 1, 64]>, y: Tensor<[B, 1, 64]>) {
  is<Tensor<[B, 1, 64]>>()(x.add(y));
  is<Tensor<[B, 64]>>()(x.squeeze(1));
  return new nn.MSELoss().forward(x, y);
}
