/** What a metric is. */
import { StateDictError, ValueError } from "../../errors.ts";
import type { Tensor } from "../../ops/index.ts";

/**
 * A number over a whole set, gathered batch by batch: `update` takes what a model says with what is true, `compute`
 * gives the number, `reset` begins anew. Works in a loop of one's own as in `fit` and `evaluate`. `S` is what is
 * gathered: plain values, which checkpoints keep.
 *
 * @throws {ValueError} if `compute` is called before any `update`.
 * @throws {StateDictError} if `loadStateDict` is given something else than a state.
 * @example
 * const metric: Metric = new Accuracy();
 * metric.update(tensor([[0.1, 0.9], [0.8, 0.2]]), tensor([1, 1], { dtype: "int32" }));
 * metric.compute(); // 0.5
 */
export abstract class Metric<V = number, S extends object = object> {
  /** Whether larger or smaller values are better. */
  readonly better: "max" | "min" = "max";
  protected state: S;

  constructor() {
    this.state = this.fresh();
  }

  /** What is gathered before the first batch. */
  protected abstract fresh(): S;

  /** Takes in a batch. Gradients are left alone. */
  abstract update(output: Tensor, target: Tensor): void;

  /**
   * The value over everything since `reset`.
   *
   * @throws {ValueError} if that is nothing.
   */
  abstract compute(): V;

  /** Begins anew. */
  reset(): void {
    this.state = this.fresh();
  }

  /** What was gathered so far. */
  stateDict(): S {
    return structuredClone(this.state);
  }

  /**
   * Takes over what `stateDict()` gave.
   *
   * @throws {StateDictError} for anything else.
   */
  loadStateDict(state: S): void {
    const [own, given] = [this.fresh(), state ?? {}].map((one) => Object.keys(one).sort().join(", "));
    if (own !== given) {
      throw new StateDictError(`${this.constructor.name}.loadStateDict: the keys are ${own}; got ${given || "none"}`);
    }
    this.state = structuredClone(state);
  }

  protected nothing(): never {
    throw new ValueError(`${this.constructor.name}: has seen nothing yet; call update(output, target) first`);
  }
}

/**
 * The mean of numbers, each with a weight: the loss of an epoch from the losses of its batches, which count by their
 * sizes.
 *
 * @throws {ValueError} if `add` is given something else than a number, or a weight that is not above 0; from `compute`
 * before any `add`.
 * @throws {StateDictError} if `loadStateDict` is given something else than a state.
 * @example
 * const loss = new Mean();
 * loss.add(0.5, 100);
 * loss.add(0.2, 50);
 * loss.compute(); // 0.4
 */
export class Mean {
  #sum = 0;
  #weight = 0;

  /** How much weight was added. */
  get weight(): number {
    return this.#weight;
  }

  /**
   * Takes in a value, or a mean over `weight` values.
   *
   * @throws {ValueError} for a value that is no number, or a weight that is not above 0.
   */
  add(value: number, weight = 1): void {
    if (typeof value !== "number")
      throw new ValueError(`Mean.add: takes a number; got ${typeof value}; use loss.item()`);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`Mean.add: a weight is above 0; got ${String(weight)}`);
    }
    this.#sum += value * weight;
    this.#weight += weight;
  }

  /**
   * The mean.
   *
   * @throws {ValueError} if nothing was added.
   */
  compute(): number {
    if (this.#weight === 0) throw new ValueError("Mean: has seen nothing yet; call add(value) first");
    return this.#sum / this.#weight;
  }

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  stateDict(): { sum: number; weight: number } {
    return { sum: this.#sum, weight: this.#weight };
  }

  loadStateDict(state: { sum: number; weight: number }): void {
    if (typeof state?.sum !== "number" || typeof state.weight !== "number") {
      throw new StateDictError("Mean.loadStateDict: takes what stateDict() gives: a sum and a weight");
    }
    this.#sum = state.sum;
    this.#weight = state.weight;
  }
}
