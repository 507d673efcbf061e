/** Calls that must throw, each with the error that the comment of its title promises: operations, autograd and files. */
import { FUNCTIONS } from "./thrown-functions.ts";
import { METHODS } from "./thrown-methods.ts";

export const THROWN: readonly (readonly [title: string, call: () => unknown, type: new (...args: never[]) => Error])[] =
  [...METHODS, ...FUNCTIONS];
