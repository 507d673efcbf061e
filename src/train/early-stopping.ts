/** The end of a training that no longer gets better. */
import { StateDictError, ValueError } from "../errors.ts";
import type { Module } from "../nn/module.ts";
import type { StateDict } from "../nn/state.ts";
import { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Callback, FitRun } from "./callback.ts";

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** How many epochs without improvement are waited for; 5 unless said otherwise. */
  patience?: number;
  /** How much better counts as an improvement; anything more than 0 unless said otherwise. */
  minDelta?: number;
  /** Whether a smaller or a larger value is better: as the metric says in `fit`, else "min". */
  mode?: "min" | "max";
  /** Whether the model gets back its best weights, true unless said otherwise. */
  restoreBest?: boolean;
  /** In `fit`, the column of the history to watch: "validationLoss" (or "loss" without validation) unless said otherwise. */
  monitor?: string;
}

type State = { best: number | null; waited: number; seen: number; bestAt: number; weights: StateDict | null };

/**
 * Ends a training when a value has not become better for `patience` epochs, and gives the model back the weights with
 * which it was best. In a loop of one's own ask `step` after every epoch, and call `restore` behind the loop; in `fit`
 * it is a callback.
 *
 * @throws {ValueError} for an unknown option or mode, something else than a model, a `patience` that is no whole
 * number, or a `minDelta` below 0; from `step` for a value that is no number.
 * @throws {StateDictError} if `loadStateDict` is given something else than a state.
 * @example
 * const stopping = new EarlyStopping(model, { patience: 2 });
 * const losses = [0.9, 0.5, 0.6, 0.7, 0.8];
 * const end = losses.findIndex((validationLoss) => stopping.step(validationLoss)); // 3
 * stopping.restore();
 */
export class EarlyStopping implements Callback {
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
  readonly monitor: string | undefined;
  readonly #model: Module;
  #mode: "min" | "max" | undefined;
  #state: State = { best: null, waited: 0, seen: 0, bestAt: 0, weights: null };

  constructor(model: Module, options: EarlyStoppingOptions = {}) {
    checkOptions("EarlyStopping", options, ["patience", "minDelta", "mode", "restoreBest", "monitor"]);
    const { patience = 5, minDelta = 0, mode, restoreBest = true, monitor } = options;
    if (typeof (model as Partial<Module> | null)?.stateDict !== "function") {
      throw new ValueError(`EarlyStopping: takes the model first; got ${typeof model}`);
    }
    if (!Number.isInteger(patience) || patience < 0) {
      throw new ValueError(`EarlyStopping: patience is a whole number of at least 0; got ${String(patience)}`);
    }
    if (!(minDelta >= 0 && minDelta < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`EarlyStopping: minDelta is at least 0; got ${String(minDelta)}`);
    }
    if (mode !== undefined && mode !== "min" && mode !== "max") {
      throw new ValueError(`EarlyStopping: mode is "min" or "max"; got ${JSON.stringify(mode)}`);
    }
    this.#model = model;
    this.#mode = mode;
    this.patience = patience;
    this.minDelta = minDelta;
    this.restoreBest = restoreBest;
    this.monitor = monitor;
  }

  /** The best value so far; null before the first. */
  get best(): number | null {
    return this.#state.best;
  }

  /** Which call of `step`, from 1, had the best value; 0 before the first. */
  get bestEpoch(): number {
    return this.#state.bestAt;
  }

  /** Whether `patience` steps went by without improvement. */
  get stopped(): boolean {
    return this.#state.waited >= Math.max(1, this.patience);
  }

  /** Takes note of the value after an epoch; true when it is time to stop. NaN is never an improvement. */
  step(value: number | Tensor): boolean {
    const number = value instanceof Tensor ? Number(value.item()) : value;
    if (typeof number !== "number") throw new ValueError(`EarlyStopping.step: takes a number; got ${typeof value}`);
    const state = this.#state;
    state.seen++;
    const sign = this.#mode === "max" ? -1 : 1;
    const better = state.best === null ? !Number.isNaN(number) : sign * (state.best - number) > this.minDelta;
    if (!better) {
      state.waited++;
      return this.stopped;
    }
    state.best = number;
    state.bestAt = state.seen;
    state.waited = 0;
    if (this.restoreBest) state.weights = copies(this.#model.stateDict());
    return this.stopped;
  }

  /** Gives the model its best weights, if there are any and `restoreBest` is not false. */
  restore(): void {
    if (this.#state.weights !== null) this.#model.loadStateDict(this.#state.weights);
  }

  onStart(run: FitRun): void {
    this.#mode = run.modeOf("EarlyStopping", this.monitor, this.#mode);
    if (this.stopped) run.stop(this.#reason());
  }

  onEpoch(run: FitRun): void {
    if (this.step(run.value("EarlyStopping", this.monitor))) run.stop(this.#reason());
  }

  onEnd(): void {
    this.restore();
  }

  #reason(): string {
    return `no improvement for ${this.#state.waited} epochs; epoch ${this.#state.bestAt} was best`;
  }

  stateDict(): State {
    const { weights, ...numbers } = this.#state;
    return { ...numbers, weights: weights && { ...weights } };
  }

  loadStateDict(state: State): void {
    const names = ["best", "waited", "seen", "bestAt", "weights"];
    if (typeof state !== "object" || state === null || names.some((name) => !(name in state))) {
      throw new StateDictError(`EarlyStopping.loadStateDict: takes what stateDict() gives: ${names.join(", ")}`);
    }
    this.#state = { ...state, weights: state.weights && copies(state.weights) };
  }
}

function copies(state: StateDict): StateDict {
  return Object.fromEntries(Object.entries(state).map(([key, x]) => [key, (x as Tensor).clone() as Tensor]));
}
