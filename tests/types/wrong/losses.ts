// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { binaryCrossEntropyWithLogits, huberLoss, klDiv, l1Loss, mseLoss, nllLoss, nn, randn, tensor } from "nabla";

const prediction = randn(50, 1);
const target = randn(50);
l1Loss(prediction, target);
huberLoss(target, prediction);
binaryCrossEntropyWithLogits(prediction, target);
klDiv(randn(4, 10), randn(4, 9));
new nn.BCELoss().forward(prediction, target);
nllLoss(randn(8, 10), tensor([1, 2, 3]));
mseLoss(prediction, prediction, { reduction: "average" });
mseLoss(prediction, prediction, { reduction: "none" }).sum(2);
