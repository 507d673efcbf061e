declare module "d3-dsv" {
  export function dsvFormat(delimiter: string): {
    /** Calls `row` with the fields of every row and its position; what is null or undefined is left out of the result. */
    parseRows<Row>(text: string, row: (fields: string[], index: number) => Row | null | undefined): Row[];
  };
}
