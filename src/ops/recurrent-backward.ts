/** The gradients of a recurrent layer: a kernel walks back through the steps, and products give those of weights and inputs. */
import { keepsGraph } from "../autograd/backward.ts";
import type { Gradients } from "../autograd/together.ts";
import { backend } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { at, borrow, gatesOf, isGated, isStep, type Kept, PANEL, type Run } from "./recurrent-run.ts";

const lstmBackward = family("lstm_backward", FLOATS);
const gruBackward = family("gru_backward", FLOATS);
const rnnBackward = family("rnn_backward", FLOATS);
const gemm = family("gemm", FLOATS);
const sums = family("sum", FLOATS);

const TRANSPOSE_A = 1;

/** What backward computes once for all inputs. */
export interface Shared {
  /** Gradients of the sums before the gates' functions: of the input's part, and of the state's. */
  readonly input: Tensor;
  readonly state: Tensor;
  readonly hidden: Tensor;
  readonly cell: Tensor | null;
  readonly projected: Tensor | null;
  readonly ih: () => Tensor;
  readonly hh: () => Tensor;
  readonly biasIh: () => Tensor;
  readonly biasHh: () => Tensor;
}

/** The backward walk through the steps. */
export function backward(run: Run, kept: Kept, given: Gradients): Shared {
  const { weights, plan, dtype, rows, hidden, width, cell, first } = run;
  const { steps, batch } = plan;
  const n = gatesOf(cell) * hidden;
  const gradients = given.map((g) => (g === null ? null : contiguous.call(g)));
  const [dout = null, dhn = null, dcn = null] = isStep(run) ? [null, ...gradients] : gradients;
  // Gradients may take the place of the gates where those are not read again.
  const overwrites = isGated(cell) && !keepsGraph();
  if (kept.spent)
    throw new GradError(`backward: an earlier backward() through ${cell} ended in an error; run forward again`);
  kept.spent = overwrites;
  const input = overwrites ? kept.gates : empty([rows, n], dtype);
  const state = cell === "gru" ? empty([rows, n], dtype) : input;
  const dh = empty([batch, width], dtype);
  const dc = cell === "lstm" ? empty([batch, hidden], dtype) : null;
  const projected = weights.hr === null ? null : empty([rows, width], dtype);
  const forProjection = weights.hr === null ? 0 : batch * hidden + (hidden + PANEL) * width;
  const scratch = borrow(run, forProjection + (width + PANEL) * n);
  const sizes = [backend.pointer(scratch), at(plan.sizes), steps, batch, rows, hidden] as const;
  const wantsFirst = Number(first.hidden !== null && first.hidden.node !== null);
  const [innerA = null, innerB = null] = kept.inner;
  const reverse = Number(plan.reverse);
  if (dc !== null) {
    lstmBackward[dtype](
      ...([
        at(dout),
        at(dhn),
        at(dcn),
        at(kept.gates),
        at(innerA),
        at(innerB),
        at(weights.hh),
        at(weights.hr),
      ] as const),
      ...([at(input), at(projected), at(dh), at(dc), ...sizes, width, reverse, wantsFirst] as const),
    );
  } else if (cell === "gru") {
    gruBackward[dtype](
      ...([at(dout), at(dhn), at(kept.gates), at(innerA), at(kept.before), at(weights.hh)] as const),
      ...([at(input), at(state), at(dh), ...sizes, reverse, wantsFirst] as const),
    );
  } else {
    rnnBackward[dtype](
      ...([at(dout), at(dhn), at(kept.gates), at(weights.hh), at(input), at(dh), ...sizes] as const),
      ...([reverse, Number(cell === "relu"), wantsFirst] as const),
    );
  }
  backend.release(scratch);
  return { input, state, hidden: dh, cell: dc, projected, ...weightGradients(run, kept, input, state) };
}

/** The gradients of weights and biases, each computed when it is asked for, and once. */
function weightGradients(
  run: Run,
  kept: Kept,
  input: Tensor,
  state: Tensor,
): Pick<Shared, "ih" | "hh" | "biasIh" | "biasHh"> {
  const { x, inputs, width, rows } = run;
  if (run.cell === "gru") {
    const flat = new Tensor(x.storage, [rows, inputs], x.dtype, x.offset);
    return {
      ih: () => weightGradient(input, flat),
      hh: () => weightGradient(state, kept.before),
      biasIh: () => columnSums(input),
      biasHh: () => columnSums(state),
    };
  }
  const joint = once(() => weightGradient(input, kept.before));
  // A view would keep the memory of all the others.
  const bias = once(() => (joint().select(1, inputs + width) as Tensor).clone());
  return {
    ih: () => joint().narrow(1, 0, inputs) as Tensor,
    hh: () => joint().narrow(1, inputs, width) as Tensor,
    biasIh: bias,
    biasHh: bias,
  };
}

/** g · weight for rows of gradients, with the shape given. */
export function times(g: Tensor, weight: Tensor, shape: readonly number[]): Tensor {
  const [rows, k] = g.shape as readonly number[] as [number, number];
  const n = weight.shape[1] as number;
  const y = empty(shape, g.dtype);
  gemm[g.dtype](pointer(g), pointer(weight), pointer(y), 0, rows, n, k, k, n, n, 0);
  return y;
}

/** aᵀ · b for matrices of as many rows. */
export function transposedTimes(a: Tensor, b: Tensor): Tensor {
  const [rows, m] = a.shape as readonly number[] as [number, number];
  const n = b.shape[1] as number;
  const y = empty([m, n], a.dtype);
  gemm[a.dtype](pointer(a), pointer(b), pointer(y), 0, m, n, rows, m, n, n, TRANSPOSE_A);
  return y;
}

/**
 * gᵀ · x for rows of gradients and of inputs, by the faster of two ways: as the transpose of xᵀ · g, whose columns are whole
 * panels where layers have usual sizes, unless that has far more rows.
 */
function weightGradient(g: Tensor, x: Tensor): Tensor {
  if (2 * (g.shape[1] as number) <= (x.shape[1] as number)) return transposedTimes(g, x);
  return transposedTimes(x, g).transpose(0, 1) as Tensor;
}

function once(compute: () => Tensor): () => Tensor {
  let value: Tensor | null = null;
  return () => {
    value ??= compute();
    return value;
  };
}

function columnSums(g: Tensor): Tensor {
  const [rows, n] = g.shape as readonly number[] as [number, number];
  const y = empty([n], g.dtype);
  sums[g.dtype](pointer(g), pointer(y), 1, rows, n);
  return y;
}
