/** Whether operations are recorded. The mode belongs to synchronous code only, so it cannot leak across an await. */
import { GradError } from "../errors.ts";

let enabled = true;

/**
 * Whether operations on tensors that require gradients are recorded.
 *
 * @example
 * noGrad(() => isGradEnabled()); // false
 */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Sets the mode and gives the one before; for callers that restore it themselves. */
export function setGradEnabled(mode: boolean): boolean {
  const before = enabled;
  enabled = mode;
  return before;
}

/** Runs `body` in a mode, and the mode that was before it returns or throws. */
export function withGrad<T>(name: string, mode: boolean, body: () => T): T {
  if (typeof body !== "function") {
    throw new GradError(
      `${name}: takes a function that it runs, as ${name}(() => model.forward(x)); got ${typeof body}`,
    );
  }
  const before = enabled;
  enabled = mode;
  try {
    const result = body();
    if (typeof (result as { then?: unknown } | null)?.then === "function") {
      // The error below tells the story; a promise that fails unheard as well would end the process.
      (result as PromiseLike<unknown>).then(undefined, () => undefined);
      throw new GradError(
        `${name}: the function is synchronous, since the mode ends with it; got one that returned a promise. ` +
          `Await outside, and wrap only the computation`,
      );
    }
    return result;
  } finally {
    enabled = before;
  }
}

/**
 * Runs `body` without recording: nothing in it needs memory for `backward()`. Gives what `body` returns.
 *
 * @throws {GradError} if `body` is no function, or returns a promise.
 * @example
 * const correct = noGrad(() => model.forward(images).argmax(1).eq(labels).sum().item());
 */
export function noGrad<T>(body: () => T): T {
  return withGrad("noGrad", false, body);
}

/**
 * Runs `body` with recording, also inside `noGrad`. Gives what `body` returns.
 *
 * @throws {GradError} if `body` is no function, or returns a promise.
 * @example
 * noGrad(() => enableGrad(() => x.mul(2)).requiresGrad); // true when x requires gradients
 */
export function enableGrad<T>(body: () => T): T {
  return withGrad("enableGrad", true, body);
}
