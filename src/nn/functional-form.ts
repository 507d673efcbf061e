/** How a method of tensors becomes a function of `nn.functional`, and the types that such functions share. */
import type { Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";

/** An elementwise function: the shape stays. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
/** An elementwise function with options. */
export type WithOptions<O> = <S extends Shape>(x: Tensor<S>, options?: O) => Tensor<S>;
/** A function along an axis, which has to be given. */
export type AlongAxis = <S extends Shape, D extends number>(x: Tensor<S>, dim: Arg<OnAxis<S, D>, D>) => Tensor<S>;

/** A method of tensors as a function of the tensor and the method's arguments. */
export function free<F>(name: keyof Tensor): F {
  const call = (x: unknown, ...args: unknown[]): unknown => {
    requireTensor(name as string, x);
    return (x[name] as (...args: unknown[]) => unknown)(...args);
  };
  return call as F;
}
