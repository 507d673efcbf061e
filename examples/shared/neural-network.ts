/** A network of three layers by matrix formulas alone, without autograd, and the digits as it wants them. */
import { normal, rand, type Tensor, zeros } from "nabla";

/** How the weights are drawn: evenly between -0.5 and 0.5, or from normal distributions. */
export type Drawn = "uniform" | "normal";

/** Input, hidden and output nodes with sigmoids, trained by sending the output errors back through the weights. */
export class NeuralNetwork {
  /** Weights from the input to the hidden layer, [hidden, input]. */
  wih: Tensor;
  /** Weights from the hidden to the output layer, [output, hidden]. */
  who: Tensor;
  lr: number;

  constructor(inodes: number, hnodes: number, onodes: number, learningRate: number, drawn: Drawn = "normal") {
    if (drawn === "uniform") {
      this.wih = rand(hnodes, inodes).sub(0.5);
      this.who = rand(onodes, hnodes).sub(0.5);
    } else {
      this.wih = normal(0, hnodes ** -0.5, [hnodes, inodes]);
      this.who = normal(0, onodes ** -0.5, [onodes, hnodes]);
    }
    this.lr = learningRate;
  }

  /** The output nodes for inputs [784], or for rows of them; one column each. */
  query(inputsList: Tensor): Tensor {
    const inputs = columns(inputsList);
    const hiddenOutputs = this.wih.matmul(inputs).sigmoid();
    return this.who.matmul(hiddenOutputs).sigmoid();
  }

  /** One step on inputs and targets, or on rows of them, whose updates add up. */
  train(inputsList: Tensor, targetsList: Tensor): void {
    const inputs = columns(inputsList);
    const targets = columns(targetsList);

    const hiddenOutputs = this.wih.matmul(inputs).sigmoid();
    const finalOutputs = this.who.matmul(hiddenOutputs).sigmoid();

    const outputErrors = targets.sub(finalOutputs);
    const hiddenErrors = this.who.t().matmul(outputErrors);

    const outputSlopes = finalOutputs.mul(finalOutputs.neg().add(1));
    const hiddenSlopes = hiddenOutputs.mul(hiddenOutputs.neg().add(1));
    this.who.add_(outputErrors.mul(outputSlopes).mul(this.lr).matmul(hiddenOutputs.t()));
    this.wih.add_(hiddenErrors.mul(hiddenSlopes).mul(this.lr).matmul(inputs.t()));
  }

  /** The share of the rows whose highest output node is their label. */
  accuracy(inputs: Tensor, labels: Tensor): number {
    return this.query(inputs).argmax(0).eq(labels).to("float32").mean().item();
  }
}

/** Columns of what is given in rows; one column of a single row. */
function columns(rows: Tensor): Tensor {
  return rows.ndim === 1 ? rows.unsqueeze(1) : rows.t();
}

/** Pixels from 0 to 255 as 0.01 to 1: an input of 0 would leave its weights as they are. */
export function scaledInputs(pixels: Tensor): Tensor {
  return pixels.to("float32").div(255).mul(0.99).add(0.01);
}

/** 0.99 at the label and 0.01 elsewhere: a sigmoid never reaches 0 and 1. */
export function targetsOf(labels: Tensor): Tensor {
  const targets = zeros([labels.numel(), 10]).add(0.01);
  return targets.scatter(1, labels.to("int32").unsqueeze(1), 0.99) as Tensor;
}
