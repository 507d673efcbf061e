// Shapes of statistics, orders and products.
import { einsum, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

const x = randn(100, 784);
is<Tensor<[100, 784]>>()(x.clamp(0, 1).exp2().tanh_());
is<Tensor<[]>>()(x.var());
is<Tensor<[100]>>()(x.std(1));
is<Tensor<[100, 1]>>()(x.norm(1, 1, true));
is<Tensor<[784]>>()(x.logsumexp(0));
is<Tensor<[]>>()(x.amax([0, 1]));
is<Tensor<[100]>>()(x.varMean(1).mean);
is<Tensor<[100, 784]>>()(x.cumsum(0));
is<Tensor<[100, 784]>>()(x.sort().values);
is<Tensor<[100, 5]>>()(x.topk(5).indices);
is<Tensor<[100]>>()(x.median(1).values);
is<Tensor<[100, 10]>>()(x.mm(randn(784, 10)));
is<Tensor<[3, 5]>>()(randn(3).outer(randn(5)));
is<Tensor>()(einsum("ij,jk->ik", x, randn(784, 10)));
