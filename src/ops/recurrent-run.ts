/** What the two halves of a recurrent layer share: a run with its sizes, and what is kept of it for backward. */
import { backend, type Storage } from "../backend/index.ts";
import { DTYPES, type DType } from "../tensor/dtypes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pointer } from "./kernels.ts";

/** No panel of packed weights has more columns. */
export const PANEL = 32;

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
export interface Run {
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
export interface Kept {
  readonly gates: Tensor;
  /** GRU: the states; else rows [x | state | 1]. */
  readonly before: Tensor;
  /** LSTM: cells before each step, and tanh of those after it; GRU: the state's part of the new state. */
  readonly inner: readonly Tensor[];
  /** LSTM with a projection: the states before it. */
  readonly raw: Tensor | null;
  /** The memory of all of it. */
  readonly owned: readonly Storage[];
  /** Whether gradients have taken the place of the gates. */
  spent: boolean;
}

/** How many gates a cell has. */
export function gatesOf(cell: Cell): number {
  return cell === "lstm" ? 4 : cell === "gru" ? 3 : 1;
}

/** Whether gates are computed on the way to a state; without them the output is all that a cell computes. */
export function isGated(cell: Cell): boolean {
  return gatesOf(cell) > 1;
}

/** The address of a tensor, 0 for none. */
export function at(x: Tensor | null): number {
  return x === null ? 0 : pointer(x);
}

/** Memory of elements for the time of one call. */
export function borrow(run: Run, elements: number): Storage {
  return backend.borrow(elements * DTYPES[run.dtype].bytes);
}

/** Whether the state after a step is its output, as a cell gives it: one tensor is enough. */
export function isStep({ x, plan }: Run): boolean {
  return x.ndim === 2 && plan.sizes === null;
}
