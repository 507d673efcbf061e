/** Where a NaN first came from: looks at every recorded operation and every gradient while it is on. */
import { GradError } from "../errors.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { watchGradients } from "./backward.ts";
import { setGradEnabled } from "./mode.ts";
import { type Node, watchRecords } from "./node.ts";

const places = new WeakMap<Node, string>();
let on = false;

/**
 * Whether anomaly detection is on.
 *
 * @example
 * detectAnomaly(() => autograd.isAnomalyEnabled()); // true
 */
export function isAnomalyEnabled(): boolean {
  return on;
}

/**
 * Turns anomaly detection on or off. While it is on, the first recorded operation whose result has a NaN, and the first
 * gradient that has one, throw a GradError that names the operation and the line that called it. Everything is slower.
 * `mode` is true or false.
 *
 * @example
 * setDetectAnomaly(true); // from here on log(-1) throws "log made the first NaN …, at train.ts:12:20"
 * setDetectAnomaly(false);
 */
export function setDetectAnomaly(mode: boolean): void {
  on = mode;
  watchRecords(mode ? inspectRecord : null);
  watchGradients(mode ? inspectGradient : null);
}

/**
 * Runs `body` with anomaly detection, as {@link setDetectAnomaly}. Gives what `body` returns; a promise keeps it on until it settles.
 *
 * @throws {GradError} if a result or a gradient of a recorded operation has a NaN.
 * @example
 * detectAnomaly(() => model.forward(images).sum().backward());
 */
export function detectAnomaly<T>(body: () => T): T {
  const before = on;
  const restore = (): void => setDetectAnomaly(before);
  setDetectAnomaly(true);
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (typeof (result as { then?: unknown } | null)?.then !== "function") restore();
  else (result as PromiseLike<unknown>).then(restore, restore);
  return result;
}

function inspectRecord(out: Tensor, op: string, inputs: readonly Tensor[]): void {
  const place = callSite();
  if (out.node !== null) places.set(out.node, place);
  if (!hasNaN(out)) return;
  const sick = inputs.findIndex(hasNaN);
  if (sick < 0) {
    throw new GradError(`anomaly: ${op} made the first NaN, in its result ${show(out.shape)}${place}`);
  }
  const x = inputs[sick] as Tensor;
  throw new GradError(
    `anomaly: input ${sick} ${show(x.shape)} of ${op} has a NaN already, which no recorded operation made${place}; look at the data`,
  );
}

function inspectGradient(node: Node, input: number, gradient: Tensor): void {
  if (!hasNaN(gradient)) return;
  throw new GradError(
    `anomaly: ${node.op} made the first NaN of the backward pass, in the gradient of its input ${input} ` +
      `${show(gradient.shape)}; ${node.op} was called${places.get(node) ?? " before anomaly detection was on"}`,
  );
}

function hasNaN(x: Tensor): boolean {
  if (!x.isFloatingPoint()) return false;
  const mode = setGradEnabled(false);
  try {
    return x.isnan().any().item() === 1;
  } finally {
    setGradEnabled(mode);
  }
}

const PACKAGE = new URL("..", import.meta.url).href;

/** ", at file:line" of the first caller outside of the package. */
function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = limit;
  // Source maps move the package's lines into another folder, this function's among them.
  const mapped = lines[0]?.match(/\(?([^()\s]+\/)autograd\/anomaly\.[jt]s:/)?.[1] ?? PACKAGE;
  const own = [PACKAGE, decodeURI(PACKAGE.replace(/^file:\/\//, "")), mapped];
  const outside = lines.find((line) => !own.some((folder) => line.includes(folder)));
  const place = outside?.match(/\(?((?:file:|https?:|\/|[A-Za-z]:)[^()\s]+:\d+:\d+)\)?$/)?.[1];
  return place === undefined ? "" : `, at ${place}`;
}
