/** Whole trainings. */
import type { Module } from "../nn/module.ts";
import { checkFitOptions, type FitOptions } from "./fit-options.ts";
import type { History } from "./history.ts";
import { Training } from "./training.ts";

/**
 * Trains a model: for every epoch one loop over the batches with bar, the validation, the schedule, callbacks and a
 * line with the results. On a terminal a bar is shown, elsewhere plain lines are printed. With a `folder` the run can
 * be resumed exactly, whenever it was killed; Ctrl-C then saves, says where, and ends the program. Gives the history.
 *
 * The same by hand is a loop with `progress`, `evaluate`, `EarlyStopping`, `Checkpoint` and `History`; the docs show
 * both.
 *
 * @throws {ValueError} for options that are missing, unknown or wrong, an optimizer that trains nothing of the model,
 * no batches, and when the loss becomes NaN or infinite.
 * @throws {DTypeError} if a batch is not two tensors and no `forward` and `target` read it, or the model gives no
 * tensor.
 * @throws {StateDictError} if `resume` finds a checkpoint of another model.
 * @throws {FormatError} if `resume` finds a checkpoint that is damaged.
 * @throws {FileError} if the folder cannot be written.
 * @example
 * const loss = new nn.CrossEntropyLoss();
 * const history = await fit(model, { train: loader, loss, optimizer, epochs: 2, metrics: { accuracy: new Accuracy() }, progress: false });
 * history.length; // 2
 */
export async function fit<B>(model: Module, options: FitOptions<B>): Promise<History> {
  const training = new Training(model, checkFitOptions(options));
  return await training.run();
}
