// Gradients as values: tensors of the inputs' shapes, null only where inputs may be unused.
import { grad, ones, type Tensor } from "nabla";
import { is } from "../equal.ts";

const x = ones(2, 3).requiresGrad_();
const y = ones(4).requiresGrad_();
const loss = x.sum();

is<Tensor<[2, 3]>>()(grad(loss, x));
is<Tensor<[2, 3]>>()(grad(loss, x, { createGraph: true }));
is<Tensor<[4]> | null>()(grad(loss, y, { allowUnused: true }));
is<Tensor<[4]>>()(grad(loss, y, { allowUnused: true, materializeGrads: true }));
is<[Tensor<[2, 3]> | null, Tensor<[4]> | null]>()(grad(loss, [x, y], { allowUnused: true, retainGraph: true }));
is<[Tensor<[2, 3]>, Tensor<[4]>]>()(grad(loss, [x, y], { materializeGrads: true }));
