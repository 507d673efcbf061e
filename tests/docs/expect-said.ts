/** What examples say of their values. */
import { expect } from "vitest";

/** Compares a value with the comment behind it, where the comment is a value. */
export function expectSaid(value: unknown, text: string): void {
  let said: unknown;
  try {
    said = new Function(`return (${text});`)();
  } catch {
    return;
  }
  expect(rounded(value), text).toEqual(rounded(said));
}

/** Numbers to 4 significant digits, as comments write them. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  return value;
}
