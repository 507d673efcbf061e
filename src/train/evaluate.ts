/** Models measured on data. */
import { noGrad } from "../autograd/mode.ts";
import { ValueError } from "../errors.ts";
import type { Module } from "../nn/module.ts";
import { checkOptions, shown } from "../options.ts";
import { type BatchOptions, type Loss, lossOf, type Pass, passOf, sizeOfBatch } from "./batches.ts";
import { Mean, type Metric } from "./metrics/metric.ts";
import { progress } from "./progress.ts";

/** Metrics by the names of their values. */
export type Metrics = Readonly<Record<string, Metric<unknown>>>;

/** Options of {@link evaluate}. */
export interface EvaluateOptions<B, M extends Metrics = Metrics> extends BatchOptions<B> {
  /** Its mean over all samples is given as `loss`. */
  loss?: Loss;
  /** Their values are given by their names. */
  metrics?: M;
  /** Shows a bar with this description. */
  description?: string;
}

/** What {@link evaluate} gives. */
export type Evaluated<M extends Metrics> = { [K in keyof M]: ReturnType<M[K]["compute"]> };

/**
 * Runs a model over batches, without gradients and in evaluation mode, which is put back as it was in every layer, and
 * gives the mean loss and the metrics. The loss of a batch counts by its number of samples, so a smaller last batch
 * does not weigh more.
 *
 * @throws {ValueError} for no batches, an unknown option, a loss or metric that is none, or a metric's name that is
 * taken.
 * @throws {DTypeError} if a batch is not two tensors and no `forward` and `target` read it, or the model gives no
 * tensor.
 * @example
 * const { loss, accuracy } = evaluate(model, loader, { loss: new nn.CrossEntropyLoss(), metrics: { accuracy: new Accuracy() } });
 */
export function evaluate<B, M extends Metrics = Record<never, never>>(
  model: Module,
  batches: Iterable<B>,
  options: EvaluateOptions<B, M> & { loss: Loss },
): { loss: number } & Evaluated<M>;
export function evaluate<B, M extends Metrics = Record<never, never>>(
  model: Module,
  batches: Iterable<B>,
  options: EvaluateOptions<B, M>,
): Evaluated<M>;
export function evaluate<B>(model: Module, batches: Iterable<B>, options: EvaluateOptions<B>): Record<string, unknown> {
  checkOptions("evaluate", options, ["forward", "target", "loss", "metrics", "description"]);
  if (typeof batches !== "object" || batches === null || !(Symbol.iterator in batches)) {
    throw new ValueError(`evaluate: takes batches to iterate, as a DataLoader; got ${shown(batches)}`);
  }
  const evaluation = new Evaluation("evaluate", model, options);
  const { description } = options;
  try {
    for (const batch of description === undefined ? batches : progress(batches, { description, leave: false })) {
      evaluation.add(batch);
    }
    return evaluation.result();
  } finally {
    evaluation.end();
  }
}

/** An evaluation under way; between batches other things may happen. */
export class Evaluation<B> {
  readonly #op: string;
  readonly #pass: Pass<B>;
  readonly #loss: ReturnType<typeof lossOf> | undefined;
  readonly #metrics: Metrics;
  readonly #mean = new Mean();
  readonly #end: () => void;
  #batches = 0;

  constructor(op: string, model: Module, options: EvaluateOptions<B>) {
    this.#op = op;
    this.#pass = passOf(op, model, options);
    this.#loss = options.loss && lossOf(op, options.loss);
    this.#metrics = checkMetrics(op, options.metrics ?? {});
    for (const metric of Object.values(this.#metrics)) metric.reset();
    this.#end = evaluationMode(model);
  }

  add(batch: B): void {
    noGrad(() => {
      const { output, target } = this.#pass(batch);
      if (this.#loss !== undefined) this.#mean.add(Number(this.#loss(output, target).item()), sizeOfBatch(target));
      for (const metric of Object.values(this.#metrics)) metric.update(output, target);
    });
    this.#batches++;
  }

  result(): Record<string, unknown> {
    if (this.#batches === 0) throw new ValueError(`${this.#op}: needs at least one batch; got none`);
    const loss = this.#loss === undefined ? {} : { loss: this.#mean.compute() };
    const values = Object.entries(this.#metrics).map(([name, metric]) => [name, metric.compute()]);
    return { ...loss, ...Object.fromEntries(values) };
  }

  /** Puts the modes of all layers back. */
  end(): void {
    this.#end();
  }
}

/** Every layer in evaluation mode; gives a function that puts each into the mode it had. */
function evaluationMode(model: Module): () => void {
  const modules = model.modules();
  const modes = modules.map((module) => module.training);
  model.eval();
  return () => {
    for (const [i, module] of modules.entries()) module.training = modes[i] as boolean;
  };
}

/** The metrics, which must be metrics. */
export function checkMetrics<M extends Metrics>(op: string, metrics: M): M {
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric?.update !== "function" || typeof metric.compute !== "function") {
      throw new ValueError(
        `${op}: metrics are by name, as { accuracy: new Accuracy() }; got ${typeof metric} as ${name}`,
      );
    }
    if (name === "loss" || name === "epoch")
      throw new ValueError(`${op}: the name ${name} is taken; give the metric another`);
  }
  return metrics;
}
