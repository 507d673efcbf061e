// Cases of bad input: what is done, the class of the error, and what its message says.
import { expect, test } from "vitest";
import { NablaError } from "../../src/index.ts";

/** What the call is about, the call, the class of its error, and a part of the message. */
export type Case = readonly [
  what: string,
  run: () => unknown,
  type: new (...args: never[]) => NablaError,
  message: string,
];

/** What the compiler does not know, as values from elsewhere are. */
// biome-ignore lint/suspicious/noExplicitAny: wrong types are what is tested
export const loose = (value: unknown): any => value;

/** Each case throws an error of nabla's, of its class, with its message, a name and a code. */
export function testCases(cases: readonly Case[]): void {
  test.each(cases)("%s", (_, run, type, message) => {
    let error: unknown;
    try {
      run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(NablaError);
    const found = error as NablaError;
    expect(found.message).toContain(message);
    expect(found.name).toBe(type.name);
    expect(found.code).toMatch(/^ERR_[A-Z_]+$/);
    expect(found.message).not.toMatch(/undefined undefined|\[object Object\]/);
  });
}
