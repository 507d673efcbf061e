// Functions of two ints, and elements combined by index: the shapes that they keep.
import { type Tensor, zeros } from "nabla";
import { is } from "../equal.ts";

declare const x: Tensor<[2, 3]>;
declare const unknown: Tensor;
is<Tensor<[2, 3]>>()(x.bitwiseOr(zeros(3)).bitwiseNot().bitwiseLeftShift(1));
is<Tensor<[2, 3]>>()(x.scatterReduce(1, zeros(2, 5), zeros(2, 5), "amax", { includeSelf: false }));
is<Tensor<[2, 3]>>()(x.scatterReduce(1, unknown, unknown, "mean"));
is<Tensor<[2, 3]>>()(x.logcumsumexp(-1).asinh().acosh().atanh().erfinv());
