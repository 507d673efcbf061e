/** Operations that are measured against PyTorch at two sizes: nabla's call, and PyTorch's as Python reads it. */
import { cat, type Tensor } from "nabla";

/** The tensors of one measurement, as both sides have them. */
export interface Operands {
  /** Normal random numbers, [rows, columns]. */
  x: Tensor;
  y: Tensor;
  /** Random numbers from 0.5 to 1.5. */
  p: Tensor;
  /** A row that broadcasts, [columns]. */
  row: Tensor;
  /** A square matrix, [columns, columns]. */
  square: Tensor;
  /** Row numbers, [rows]. */
  index: Tensor;
  /** x as a leaf that requires gradients. */
  leaf: Tensor;
}

export interface Operation {
  readonly name: string;
  readonly torch: string;
  readonly run: (operands: Operands) => unknown;
}

const op = (name: string, torch: string, run: Operation["run"]): Operation => ({ name, torch, run });

/** Rows and columns: what a learner's network has, and what fills caches. */
export const OP_SIZES: Readonly<Record<string, readonly [number, number]>> = {
  "32×32": [32, 32],
  "512×512": [512, 512],
};

export const OPERATIONS: readonly Operation[] = [
  op("relu", "x.relu()", ({ x }) => x.relu()),
  op("sigmoid", "x.sigmoid()", ({ x }) => x.sigmoid()),
  op("tanh", "x.tanh()", ({ x }) => x.tanh()),
  op("exp", "x.exp()", ({ x }) => x.exp()),
  op("log", "p.log()", ({ p }) => p.log()),
  op("sqrt", "p.sqrt()", ({ p }) => p.sqrt()),
  op("abs", "x.abs()", ({ x }) => x.abs()),
  op("sin", "x.sin()", ({ x }) => x.sin()),
  op("add", "x + y", ({ x, y }) => x.add(y)),
  op("add a number", "x + 1.5", ({ x }) => x.add(1.5)),
  op("add a row", "x + row", ({ x, row }) => x.add(row)),
  op("add in place", "x.add_(y, alpha=0)", ({ x, y }) => x.add_(y)),
  op("mul", "x * y", ({ x, y }) => x.mul(y)),
  op("div", "x / p", ({ x, p }) => x.div(p)),
  op("pow 2", "x ** 2", ({ x }) => x.pow(2)),
  op("pow", "p ** y", ({ p, y }) => p.pow(y)),
  op("maximum", "torch.maximum(x, y)", ({ x, y }) => x.maximum(y)),
  op("greater", "x > y", ({ x, y }) => x.gt(y)),
  op("sum", "x.sum()", ({ x }) => x.sum()),
  op("sum of columns", "x.sum(0)", ({ x }) => x.sum(0)),
  op("sum of rows", "x.sum(1)", ({ x }) => x.sum(1)),
  op("mean", "x.mean()", ({ x }) => x.mean()),
  op("max with index", "x.max(1)", ({ x }) => x.max(1)),
  op("argmax", "x.argmax(1)", ({ x }) => x.argmax(1)),
  op("softmax", "x.softmax(1)", ({ x }) => x.softmax(1)),
  op("log softmax", "x.log_softmax(1)", ({ x }) => x.logSoftmax(1)),
  op("matmul", "x @ square", ({ x, square }) => x.matmul(square)),
  op("matrix times vector", "x @ row", ({ x, row }) => x.matmul(row)),
  op("transposed copy", "x.t().contiguous()", ({ x }) => x.t().contiguous()),
  op("cat", "torch.cat([x, y])", ({ x, y }) => cat([x, y])),
  op("clone", "x.clone()", ({ x }) => x.clone()),
  op("to float64", "x.double()", ({ x }) => x.double()),
  op("dropout", "F.dropout(x, 0.5)", ({ x }) => x.dropout(0.5)),
  op("relu and back", "leaf.relu().sum().backward()", ({ leaf }) => leaf.relu().sum().backward()),
  op("matmul and back", "(leaf @ square).sum().backward()", ({ leaf, square }) => leaf.matmul(square).sum().backward()),
];
