// Losses: a number, or the single losses of a known shape.
import { crossEntropy, klDiv, l1Loss, mseLoss, nn, type Reduction, randn, type Tensor, zeros } from "nabla";
import { is } from "../equal.ts";

declare const reduction: Reduction;
const x = randn(100, 10);

is<Tensor<[]>>()(mseLoss(x, x));
is<Tensor<[]>>()(l1Loss(x, x, { reduction: "sum" }));
is<Tensor<[100, 10]>>()(l1Loss(x, x, { reduction: "none" }));
is<Tensor>()(l1Loss(x, x, { reduction }));
is<Tensor<[]>>()(klDiv(x, x, { reduction: "batchmean" }));
is<Tensor<[]>>()(crossEntropy(x, zeros(100), { labelSmoothing: 0.1 }));
is<Tensor<[100]>>()(crossEntropy(x, zeros(100), { reduction: "none" }));
is<Tensor<[]>>()(crossEntropy(x, x.softmax(1)));
is<Tensor<[]>>()(new nn.CrossEntropyLoss().forward(x, zeros(100)));
is<Tensor<[100, 10]>>()(new nn.BCELoss({ reduction: "none" }).forward(x, x));
