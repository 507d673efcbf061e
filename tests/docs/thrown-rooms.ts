/** Calls that must throw, each with the error that the comment of its title promises: layers, optimizers, data, training and plots. */
export const THROWN: readonly (readonly [title: string, call: () => unknown, type: new (...args: never[]) => Error])[] =
  [];
