/** Whole trainings. */
import type { Module } from "../nn/module.ts";
import { checkFitOptions, type FitOptions } from "./fit-options.ts";
import type { History } from "./history.ts";
import { Training } from "./training.ts";

/**
 * Trains a model: for every epoch one loop over the batches with bar, the validation, the schedule, callbacks and a line with the results. On
 * a terminal a bar is shown, elsewhere plain lines are printed. With a `folder` the run can be resumed exactly, whenever it was killed; Ctrl-C
 * then saves, says where, and ends the program. Gives the history.
 *
 * The same by hand is a loop with `progress`, `evaluate`, `EarlyStopping`, `Checkpoint` and `History`; the docs show both.
 *
 * Throws a ValueError for options that are wrong, and when the loss becomes NaN or infinite.
 *
 * @example
 * const loss = new nn.CrossEntropyLoss();
 * const history = await fit(model, { train: loader, loss, optimizer, epochs: 2, metrics: { accuracy: new Accuracy() }, progress: false });
 * history.length; // 2
 */
export async function fit<B>(model: Module, options: FitOptions<B>): Promise<History> {
  const training = new Training(model, checkFitOptions(options));
  return await training.run();
}
