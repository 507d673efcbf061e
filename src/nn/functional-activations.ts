/** Activation functions of `nn.functional`. */
import type { GELUOptions } from "../ops/activations.ts";
import type { Tensor } from "../ops/index.ts";
import type { Shape } from "../tensor/shapes.ts";
import { type Elementwise, free, type WithOptions } from "./functional-form.ts";

/**
 * max(x, 0). Any shape and dtype; bytes and bools become int32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.relu(tensor([-1, 2])).toArray(); // [0, 2]
 */
export const relu: Elementwise = free("relu");
/**
 * 1 / (1 + exp(-x)). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.sigmoid(tensor([0, 2])).toArray(); // [0.5, 0.8808]
 */
export const sigmoid: Elementwise = free("sigmoid");
/**
 * Hyperbolic tangent. Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.tanh(tensor([0, 1])).toArray(); // [0, 0.7616]
 */
export const tanh: Elementwise = free("tanh");
/**
 * x where it is positive, else negativeSlope (0.01) * x. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option or a `negativeSlope` that is not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.leakyRelu(tensor([-1, 2]), { negativeSlope: 0.1 }).toArray(); // [-0.1, 2]
 */
export const leakyRelu: WithOptions<{ negativeSlope?: number }> = free("leakyRelu");
/**
 * x between minVal (-1) and maxVal (1), and those bounds beyond. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, or unless `minVal` and `maxVal` are finite and in this order.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.hardtanh(tensor([-3, 0.5, 3])).toArray(); // [-1, 0.5, 1]
 */
export const hardtanh: WithOptions<{ minVal?: number; maxVal?: number }> = free("hardtanh");
/**
 * min(max(x, 0), 6). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.relu6(tensor([-1, 3, 8])).toArray(); // [0, 3, 6]
 */
export const relu6: Elementwise = free("relu6");
/**
 * relu6(x + 3) / 6. Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.hardsigmoid(tensor([-4, 0, 1.5])).toArray(); // [0, 0.5, 0.75]
 */
export const hardsigmoid: Elementwise = free("hardsigmoid");
/**
 * x * relu6(x + 3) / 6. Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.hardswish(tensor([-1, 1, 3])).toArray(); // [-0.3333, 0.6667, 3]
 */
export const hardswish: Elementwise = free("hardswish");
/**
 * x brought nearer to 0 by lambd (0.5), and 0 within it. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, or a `lambd` that is below 0 or not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.softshrink(tensor([-1, 0.2, 2])).toArray(); // [-0.5, 0, 1.5]
 */
export const softshrink: WithOptions<{ lambd?: number }> = free("softshrink");
/**
 * x, and 0 within lambd (0.5) of 0. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, or a `lambd` that is below 0 or not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.hardshrink(tensor([-1, 0.2, 2])).toArray(); // [-1, 0, 2]
 */
export const hardshrink: WithOptions<{ lambd?: number }> = free("hardshrink");
/**
 * x - tanh(x). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.tanhshrink(tensor([0, 1])).toArray(); // [0, 0.2384]
 */
export const tanhshrink: Elementwise = free("tanhshrink");
/**
 * x where it is above the limit, else the value. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} if the limit or the value is not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.threshold(tensor([0.5, 3]), 1, 20).toArray(); // [20, 3]
 */
export const threshold: <S extends Shape>(x: Tensor<S>, limit: number, value: number) => Tensor<S> = free("threshold");
/**
 * x where it is positive, else alpha (1) * (exp(x) - 1). Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option or an `alpha` that is not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.elu(tensor([-1, 2])).toArray(); // [-0.6321, 2]
 */
export const elu: WithOptions<{ alpha?: number }> = free("elu");
/**
 * x where it is positive, else alpha (1) * (exp(x / alpha) - 1). Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, or an `alpha` that is 0 or not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.celu(tensor([-1, 2]), { alpha: 2 }).toArray(); // [-0.7869, 2]
 */
export const celu: WithOptions<{ alpha?: number }> = free("celu");
/**
 * The ELU whose results keep mean 0 and variance 1. Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.selu(tensor([-1, 2])).toArray(); // [-1.111, 2.101]
 */
export const selu: Elementwise = free("selu");
/**
 * x times the probability that a normal number is below x. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option or another `approximate` than "none" and "tanh".
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.gelu(tensor([-1, 2])).toArray(); // [-0.1587, 1.954]
 */
export const gelu: WithOptions<GELUOptions> = free("gelu");
/**
 * x * sigmoid(x). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.silu(tensor([-1, 2])).toArray(); // [-0.2689, 1.762]
 */
export const silu: Elementwise = free("silu");
/**
 * x * tanh(softplus(x)). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.mish(tensor([-1, 2])).toArray(); // [-0.3034, 1.944]
 */
export const mish: Elementwise = free("mish");
/**
 * log(1 + exp(beta * x)) / beta, and x itself where beta * x is above threshold (20). Any shape; ints and bools become
 * float32.
 *
 * @throws {ValueError} for an unknown option, a `beta` of 0, or a number that is not finite.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.softplus(tensor([0, 2])).toArray(); // [0.6931, 2.127]
 */
export const softplus: WithOptions<{ beta?: number; threshold?: number }> = free("softplus");
/**
 * x / (1 + |x|). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.softsign(tensor([-1, 3])).toArray(); // [-0.5, 0.75]
 */
export const softsign: Elementwise = free("softsign");
/**
 * log(sigmoid(x)). Any shape; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * nn.functional.logsigmoid(tensor([0, -200])).toArray(); // [-0.6931, -200]
 */
export const logsigmoid: Elementwise = free("logsigmoid");
/**
 * The first half along an axis, the last unless said otherwise, times the sigmoid of the second half: [..., 2n] →
 * [..., n].
 *
 * @throws {ShapeError} if the axis has an odd size, or `x` no axis.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @throws {IndexError} if `x` has no such axis.
 * @example
 * nn.functional.glu(tensor([[1, 2, 0, 0]])).toArray(); // [[0.5, 1]]
 */
export const glu: (x: Tensor, dim?: number) => Tensor = free("glu");
/**
 * x where it is positive, else weight * x. The weight has one slope, or one for each channel: [channels] for x
 * [channels] or [batch, channels, …].
 *
 * @throws {ValueError} if the dtypes differ.
 * @throws {ShapeError} unless the weight has one slope, or one for each channel.
 * @throws {DTypeError} if either is not a float tensor.
 * @example
 * nn.functional.prelu(tensor([-1, 2]), tensor([0.25])).toArray(); // [-0.25, 2]
 */
export const prelu: <S extends Shape>(x: Tensor<S>, weight: Tensor) => Tensor<S> = free("prelu");
