/** One direction of one recurrent layer over a whole sequence: a kernel walks through the steps. */
import { keepsGraph } from "../autograd/backward.ts";
import { tracks } from "../autograd/node.ts";
import { type Gradients, recordTogether } from "../autograd/together.ts";
import { backend, type Storage } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import { DTYPES, type DType } from "../tensor/dtypes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer } from "./kernels.ts";
import { contiguous } from "./layout.ts";

const lstm = family("lstm", FLOATS);
const lstmBackward = family("lstm_backward", FLOATS);
const gru = family("gru", FLOATS);
const gruBackward = family("gru_backward", FLOATS);
const rnn = family("rnn", FLOATS);
const rnnBackward = family("rnn_backward", FLOATS);
const gemm = family("gemm", FLOATS);
const sums = family("sum", FLOATS);

const TRANSPOSE_A = 1;
/** No panel of packed weights has more columns. */
const PANEL = 32;

/** What a layer computes in each step. */
export type Cell = "lstm" | "gru" | "tanh" | "relu";

/** The weights of one direction of one layer, in PyTorch's layouts; a bias or projection that it does not have is null. */
export interface RecurrentWeights {
  readonly ih: Tensor;
  readonly hh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  readonly hr: Tensor | null;
}

/** The steps that an input has. */
export interface Steps {
  readonly steps: number;
  readonly batch: number;
  /** Rows of each step of a packed input, int32, or null where every step has the whole batch. */
  readonly sizes: Tensor | null;
  /** Whether the last step comes first. */
  readonly reverse: boolean;
}

/** The state before the first step: [batch, width], and for an LSTM the cells [batch, hidden]. Null means zeros. */
export interface FirstState {
  readonly hidden: Tensor | null;
  readonly cell: Tensor | null;
}

/** What a direction of a layer gives: the state after every step, and after the last one. `cell` is null but for an LSTM. */
export interface RecurrentOut {
  readonly output: Tensor;
  readonly hidden: Tensor;
  readonly cell: Tensor | null;
}

/** One run of a layer, with the sizes that the kernels take. */
interface Run {
  readonly cell: Cell;
  readonly x: Tensor;
  readonly weights: RecurrentWeights;
  readonly first: FirstState;
  readonly plan: Steps;
  readonly dtype: DType;
  readonly rows: number;
  readonly inputs: number;
  readonly hidden: number;
  /** The size of the state: that of the projection where there is one. */
  readonly width: number;
}

/** What backward reads of a forward run: activated gates, and states before each step. */
interface Kept {
  readonly gates: Tensor;
  /** GRU: the states; else rows [x | state | 1]. */
  readonly before: Tensor;
  /** LSTM: cells before each step, and tanh of those after it; GRU: the state's part of the new state. */
  readonly inner: readonly Tensor[];
  /** LSTM with a projection: the states before it. */
  readonly raw: Tensor | null;
  /** Whether gradients have taken the place of the gates. */
  spent: boolean;
}

/** What backward computes once for all inputs. */
interface Shared {
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

/**
 * Runs a layer in one direction. x is [steps, batch, inputs], or [rows, inputs] packed by steps; `output` has the same axes
 * with the state's size last. Shapes and dtypes are checked by the layers that call it.
 */
export function recurrentLayer(
  cell: Cell,
  input: Tensor,
  weights: RecurrentWeights,
  first: FirstState,
  plan: Steps,
): RecurrentOut {
  const x: Tensor = contiguous.call(input);
  const inputs = x.shape[x.ndim - 1] as number;
  const run: Run = {
    cell,
    x,
    weights: rowMajorWeights(weights),
    first: {
      hidden: rowMajorOrNull(first.hidden),
      cell: rowMajorOrNull(first.cell),
    },
    plan,
    dtype: x.dtype,
    rows: x.count / inputs,
    inputs,
    hidden: (weights.ih.shape[0] as number) / gatesOf(cell),
    width: weights.hh.shape[1] as number,
  };
  return forward(run, isTracked(run));
}

/** Whether an input of a run has gradients. Written out, as the next two: one step of one sequence takes microseconds. */
function isTracked({ x, weights, first }: Run): boolean {
  return (
    tracks(x) ||
    tracks(weights.ih) ||
    tracks(weights.hh) ||
    (weights.biasIh !== null && tracks(weights.biasIh)) ||
    (weights.biasHh !== null && tracks(weights.biasHh)) ||
    (weights.hr !== null && tracks(weights.hr)) ||
    (first.hidden !== null && tracks(first.hidden)) ||
    (first.cell !== null && tracks(first.cell))
  );
}

function rowMajorWeights(weights: RecurrentWeights): RecurrentWeights {
  return {
    ih: contiguous.call(weights.ih),
    hh: contiguous.call(weights.hh),
    biasIh: rowMajorOrNull(weights.biasIh),
    biasHh: rowMajorOrNull(weights.biasHh),
    hr: rowMajorOrNull(weights.hr),
  };
}

function rowMajorOrNull(x: Tensor | null): Tensor | null {
  return x === null ? null : contiguous.call(x);
}

/** How many gates a cell has. */
export function gatesOf(cell: Cell): number {
  return cell === "lstm" ? 4 : cell === "gru" ? 3 : 1;
}

/** The address of a tensor, 0 for none. */
function at(x: Tensor | null): number {
  return x === null ? 0 : pointer(x);
}

/** Memory of elements for the time of one call. */
function borrow(run: Run, elements: number): Storage {
  return backend.borrow(elements * DTYPES[run.dtype].bytes);
}

function forward(run: Run, tracked: boolean): RecurrentOut {
  const { x, weights, plan, dtype, rows, inputs, hidden, width, cell } = run;
  const { batch } = plan;
  const n = gatesOf(cell) * hidden;
  const shape = x.shape.slice();
  shape[shape.length - 1] = width;
  const output = empty(shape, dtype);
  const last = empty([batch, width], dtype);
  const cells = cell === "lstm" ? empty([batch, hidden], dtype) : null;
  const owned: Storage[] = [];
  const room = (size: number): Tensor => {
    const storage = borrow(run, rows * size);
    owned.push(storage);
    return new Tensor(storage, [rows, size], dtype);
  };
  const plain = cell !== "lstm" && cell !== "gru";
  const panels = (n + PANEL) * (inputs + width) + (weights.hr === null ? 0 : (width + PANEL) * hidden);
  const scratch = borrow(run, n + batch * Math.max(n, inputs + width) + panels + PANEL * inputs);
  const gates = plain ? output : room(n);
  const kept = tracked
    ? { before: room(cell === "gru" ? width : inputs + width + 1), inner: innerOf(cell).map(() => room(hidden)) }
    : null;
  const raw = weights.hr === null ? null : room(hidden);
  callForward(run, { output, hidden: last, cell: cells }, { gates, raw, kept, scratch });
  backend.release(scratch);
  if (kept !== null)
    recordRun(run, { ...kept, gates, raw, spent: false }, { output, hidden: last, cell: cells }, owned);
  else for (let i = 0; i < owned.length; i++) backend.release(owned[i] as Storage);
  return { output, hidden: last, cell: cells };
}

/** Memory that a forward run writes beside its results. */
interface ForwardRoom {
  readonly gates: Tensor;
  readonly raw: Tensor | null;
  readonly kept: Pick<Kept, "before" | "inner"> | null;
  readonly scratch: Storage;
}

function callForward(run: Run, out: RecurrentOut, { gates, raw, kept, scratch }: ForwardRoom): void {
  const { x, weights, first, plan, dtype, rows, inputs, hidden, width } = run;
  const { steps, batch } = plan;
  const [ih, hh, biasIh, biasHh] = [at(weights.ih), at(weights.hh), at(weights.biasIh), at(weights.biasHh)];
  const [h0, h, y, sizes] = [at(first.hidden), at(out.hidden), at(out.output), at(plan.sizes)];
  const before = kept === null ? 0 : at(kept.before);
  const innerA = kept === null ? 0 : at(kept.inner[0] ?? null);
  const [from, rest, reverse] = [at(x), backend.pointer(scratch), plan.reverse ? 1 : 0];
  if (out.cell !== null) {
    const innerB = kept === null ? 0 : at(kept.inner[1] ?? null);
    const [hr, c0, c, g, r] = [at(weights.hr), at(first.cell), at(out.cell), at(gates), at(raw)];
    // biome-ignore format: in the order of the kernel's lines
    lstm[dtype](from, ih, hh, biasIh, biasHh, hr, h0, c0, h, c, g, before, innerA, innerB, r, y, rest,
      sizes, steps, batch, rows, inputs, hidden, width, reverse);
  } else if (run.cell === "gru") {
    // biome-ignore format: in the order of the kernel's lines
    gru[dtype](from, ih, hh, biasIh, biasHh, h0, h, at(gates), before, innerA, y, rest,
      sizes, steps, batch, rows, inputs, hidden, reverse);
  } else {
    const relu = run.cell === "relu" ? 1 : 0;
    // biome-ignore format: in the order of the kernel's lines
    rnn[dtype](from, ih, hh, biasIh, biasHh, h0, h, before, y, rest, sizes, steps, batch, rows, inputs, hidden, reverse, relu);
  }
}

/** What a cell keeps beside gates and states. */
function innerOf(cell: Cell): readonly string[] {
  return cell === "lstm" ? ["cells", "tanh"] : cell === "gru" ? ["inner"] : [];
}

function recordRun(run: Run, kept: Kept, out: RecurrentOut, owned: readonly Storage[]): void {
  const { x, weights, first } = run;
  const inputs: Tensor[] = [];
  const gradients: ((shared: Shared) => Tensor)[] = [];
  const add = (input: Tensor | null, gradient: (shared: Shared) => Tensor): void => {
    if (input === null) return;
    inputs.push(input);
    gradients.push(gradient);
  };
  add(x, (shared) => times(shared.input, weights.ih, x.shape));
  add(weights.ih, (shared) => shared.ih());
  add(weights.hh, (shared) => shared.hh());
  add(weights.biasIh, (shared) => shared.biasIh());
  add(weights.biasHh, (shared) => shared.biasHh());
  if (weights.hr !== null) {
    add(weights.hr, (shared) => transposedTimes(shared.projected as Tensor, kept.raw as Tensor));
  }
  add(first.hidden, (shared) => shared.hidden);
  add(first.cell, (shared) => shared.cell as Tensor);
  const plain = run.cell !== "lstm" && run.cell !== "gru";
  const saved = [
    x,
    weights.ih,
    weights.hh,
    ...(weights.hr === null ? [] : [weights.hr]),
    ...(plain ? [kept.gates] : []),
  ];
  const outs = out.cell === null ? [out.output, out.hidden] : [out.output, out.hidden, out.cell];
  recordTogether(outs, run.cell === "tanh" || run.cell === "relu" ? "rnn" : run.cell, inputs, {
    compute: (given) => backward(run, kept, given),
    gradients,
    saved,
    owned,
  });
}

/** The backward walk through the steps. */
function backward(run: Run, kept: Kept, given: Gradients): Shared {
  const { weights, plan, dtype, rows, hidden, width, cell, first } = run;
  const { steps, batch } = plan;
  const n = gatesOf(cell) * hidden;
  const [dout = null, dhn = null, dcn = null] = given.map((g) => (g === null ? null : contiguous.call(g)));
  // Gradients may take the place of the gates where those are not read again.
  const overwrites = (cell === "lstm" || cell === "gru") && !keepsGraph();
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
function times(g: Tensor, weight: Tensor, shape: readonly number[]): Tensor {
  const [rows, k] = g.shape as readonly number[] as [number, number];
  const n = weight.shape[1] as number;
  const y = empty(shape, g.dtype);
  gemm[g.dtype](pointer(g), pointer(weight), pointer(y), 0, rows, n, k, k, n, n, 0);
  return y;
}

/** aᵀ · b for matrices of as many rows. */
function transposedTimes(a: Tensor, b: Tensor): Tensor {
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
