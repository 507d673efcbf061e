/** How Node prints objects of classes that have a `toString`: console.log shows what it gives, instead of the fields. */
export function printedByToString(prototype: object): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: object): string {
      return this.toString();
    },
  });
}
