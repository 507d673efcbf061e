/** The lines that training programs print. */

/** What {@link stepLine} prints. */
export interface StepLine {
  readonly epoch: number;
  readonly epochs: number;
  /** Counted from 1 in the epoch. */
  readonly step: number;
  readonly steps?: number | undefined;
  readonly loss: number;
}

/**
 * The line of a step, in the notes' format.
 *
 * @example
 * stepLine({ epoch: 1, epochs: 5, step: 100, steps: 600, loss: 0.12345 }); // "Epoch[1/5], step [100/600], Loss:0.1235"
 */
export function stepLine({ epoch, epochs, step, steps, loss }: StepLine): string {
  return `Epoch[${epoch}/${epochs}], step [${steps === undefined ? step : `${step}/${steps}`}], Loss:${loss.toFixed(4)}`;
}

/**
 * The line of an epoch: its loss first, then whatever else was measured. The row is one of the history, of so many epochs.
 *
 * @example
 * epochLine({ epoch: 2, loss: 0.5, accuracy: 0.9 }, 5); // "Epoch[2/5], Loss:0.5000, accuracy:0.9000"
 */
export function epochLine(row: Readonly<Record<string, number>>, epochs: number): string {
  const { epoch = 0, loss, ...others } = row;
  const values = Object.entries(others).map(([name, value]) => `${name}:${fixed(value)}`);
  return [`Epoch[${epoch}/${epochs}]`, ...(loss === undefined ? [] : [`Loss:${fixed(loss)}`]), ...values].join(", ");
}

/** Four digits behind the point, or four significant ones where these would be none. */
function fixed(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toPrecision(4) : value.toFixed(4);
}
