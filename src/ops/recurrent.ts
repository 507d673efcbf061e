/** One direction of one recurrent layer over a whole sequence: a kernel walks through the steps. */
import { tracks } from "../autograd/node.ts";
import { recordTogether } from "../autograd/together.ts";
import { backend, type Storage } from "../backend/index.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { FLOATS, family } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { backward, type Shared, times, transposedTimes } from "./recurrent-backward.ts";
import {
  at,
  borrow,
  type Cell,
  type FirstState,
  gatesOf,
  isGated,
  isStep,
  type Kept,
  PANEL,
  type RecurrentOut,
  type RecurrentWeights,
  type Run,
  type Steps,
} from "./recurrent-run.ts";

const lstm = family("lstm", FLOATS);
const gru = family("gru", FLOATS);
const rnn = family("rnn", FLOATS);

/**
 * Runs a layer in one direction. x is [steps, batch, inputs], or [rows, inputs] packed by steps, or one step, [batch, inputs], whose
 * output is its state; `output` has the same axes with the state's size last. Shapes and dtypes are checked by the layers that call it.
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

/** What one call needs beside results and what backward reads: one storage, and where its parts begin, in elements. A step's state is first. */
interface Scratch {
  readonly storage: Storage;
  readonly gates: number;
  readonly raw: number;
  readonly rest: number;
}

function scratchOf(run: Run, tracked: boolean): Scratch {
  const { weights, plan, rows, inputs, hidden, width, cell } = run;
  const { batch } = plan;
  const n = gatesOf(cell) * hidden;
  const gates = isStep(run) ? batch * width : 0;
  const raw = gates + (tracked || !isGated(cell) ? 0 : rows * n);
  const rest = raw + (tracked || weights.hr === null ? 0 : rows * hidden);
  const panels = (n + PANEL) * (inputs + width) + (weights.hr === null ? 0 : (width + PANEL) * hidden);
  const elements = rest + n + batch * Math.max(n, inputs + width) + panels + PANEL * inputs;
  return { storage: borrow(run, elements), gates, raw, rest };
}

function forward(run: Run, tracked: boolean): RecurrentOut {
  const { x, plan, dtype, hidden, width, cell } = run;
  const shape = x.shape.slice();
  shape[shape.length - 1] = width;
  const output = empty(shape, dtype);
  const out: RecurrentOut = {
    output,
    hidden: isStep(run) ? output : empty([plan.batch, width], dtype),
    cell: cell === "lstm" ? empty([plan.batch, hidden], dtype) : null,
  };
  const kept = tracked ? keep(run, output) : null;
  const scratch = scratchOf(run, tracked);
  callForward(run, out, kept, scratch);
  backend.release(scratch.storage);
  if (kept !== null) recordRun(run, kept, out);
  return out;
}

/** Memory for what backward reads. */
function keep(run: Run, output: Tensor): Kept {
  const { cell, weights, rows, inputs, hidden, width, dtype } = run;
  const owned: Storage[] = [];
  const room = (size: number): Tensor => {
    const storage = borrow(run, rows * size);
    owned.push(storage);
    return new Tensor(storage, [rows, size], dtype);
  };
  return {
    gates: isGated(cell) ? room(gatesOf(cell) * hidden) : output,
    before: room(cell === "gru" ? width : inputs + width + 1),
    inner: innerOf(cell).map(() => room(hidden)),
    raw: weights.hr === null ? null : room(hidden),
    owned,
    spent: false,
  };
}

function callForward(run: Run, out: RecurrentOut, kept: Kept | null, scratch: Scratch): void {
  const { x, weights, first, plan, dtype, rows, inputs, hidden, width } = run;
  const { steps, batch } = plan;
  const { bytes } = DTYPES[dtype];
  const borrowed = backend.pointer(scratch.storage);
  const [ih, hh, biasIh, biasHh] = [at(weights.ih), at(weights.hh), at(weights.biasIh), at(weights.biasHh)];
  const [h0, y, sizes] = [at(first.hidden), at(out.output), at(plan.sizes)];
  const h = out.hidden === out.output ? borrowed : at(out.hidden);
  const gates = kept === null ? borrowed + scratch.gates * bytes : at(kept.gates);
  const before = kept === null ? 0 : at(kept.before);
  const innerA = kept === null ? 0 : at(kept.inner[0] ?? null);
  const [from, rest, reverse] = [at(x), borrowed + scratch.rest * bytes, plan.reverse ? 1 : 0];
  if (out.cell !== null) {
    const innerB = kept === null ? 0 : at(kept.inner[1] ?? null);
    const raw = kept === null ? borrowed + scratch.raw * bytes : at(kept.raw);
    const [hr, c0, c] = [at(weights.hr), at(first.cell), at(out.cell)];
    // biome-ignore format: in the order of the kernel's lines
    lstm[dtype](from, ih, hh, biasIh, biasHh, hr, h0, c0, h, c, gates, before, innerA, innerB, raw, y, rest,
      sizes, steps, batch, rows, inputs, hidden, width, reverse);
  } else if (run.cell === "gru") {
    // biome-ignore format: in the order of the kernel's lines
    gru[dtype](from, ih, hh, biasIh, biasHh, h0, h, gates, before, innerA, y, rest,
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

function recordRun(run: Run, kept: Kept, out: RecurrentOut): void {
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
  const saved = [
    x,
    weights.ih,
    weights.hh,
    ...(weights.hr === null ? [] : [weights.hr]),
    ...(isGated(run.cell) ? [] : [kept.gates]),
  ];
  const states = out.cell === null ? [out.hidden] : [out.hidden, out.cell];
  const outs = isStep(run) ? states : [out.output, ...states];
  recordTogether(outs, isGated(run.cell) ? run.cell : "rnn", inputs, {
    compute: (given) => backward(run, kept, given),
    gradients,
    saved,
    owned: kept.owned,
  });
}
