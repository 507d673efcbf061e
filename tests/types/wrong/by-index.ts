// Functions of two ints, and elements combined by index.
import { type Tensor, zeros } from "nabla";

declare const x: Tensor<[2, 3]>;
declare const index: Tensor<[2, 5]>;
x.bitwiseAnd(zeros(2));
x.scatterReduce(2, index, zeros(2, 5), "sum");
x.scatterReduce(1, zeros(5), zeros(5), "sum");
x.scatterReduce(1, index, zeros(2, 5), "max");
x.logcumsumexp(2);
