/** Tables of text (CSV) as tensors. Fields are cut by d3-dsv, which follows RFC 4180. */
import { dsvFormat } from "d3-dsv";
import { DataError, ValueError } from "../errors.ts";
import { type Tensor, tensor } from "../ops/index.ts";
import { checkOptions, shown } from "../options.ts";
import { BadCells, type ColumnType, columnReader, type Reader } from "./csv-columns.ts";

/** A column by its name, or by its position from 0. */
export type Column = string | number;

/** Options of {@link parseCsv} and `readCsv`. */
export interface CsvOptions {
  /** Whether the first row has the names of the columns (true unless said otherwise), or the names. */
  header?: boolean | readonly string[];
  /** The character between fields; a comma unless said otherwise. */
  delimiter?: string;
  /** The columns that become `x`; all but those of `y` unless said otherwise. */
  x?: readonly Column[];
  /** The column that becomes the vector `y`, or the columns that become a matrix. */
  y?: Column | readonly Column[];
  /**
   * What the values of a column are, by its name: "float" unless said otherwise, "int" for whole numbers, "category" for codes
   * of the names in alphabetical order, or the list of the names in the order of their codes.
   */
  types?: Readonly<Record<string, ColumnType>>;
  /** What a missing value does: "error" unless said otherwise; "nan" makes it NaN in float columns. */
  missing?: "error" | "nan";
  /** What counts as missing, beside the empty field: "NA", "NaN", "nan", "null" and "?" unless said otherwise. */
  missingValues?: readonly string[];
  /** float32 unless said otherwise: the dtype of `x`, and of a `y` that is neither whole numbers nor codes. */
  dtype?: "float32" | "float64";
}

/** A table as tensors. */
export interface CsvTable<Y = Tensor | undefined> {
  /** The inputs, one row each; categories as their codes. */
  readonly x: Tensor<[number, number]>;
  /** The targets: int32 codes or whole numbers, or floats; undefined when no column was named. */
  readonly y: Y;
  /** The names of the columns of `x`. */
  readonly columns: readonly string[];
  /** The names of the categories by their codes, by column. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** The number of rows. */
  readonly length: number;
}

/** What `y` is, by the options. */
export type Targets<O> = O extends { y: Column }
  ? Tensor<[number]>
  : O extends { y: readonly Column[] }
    ? Tensor<[number, number]>
    : undefined;

const OPTIONS: readonly (keyof CsvOptions)[] = [
  "header",
  "delimiter",
  "x",
  "y",
  "types",
  "missing",
  "missingValues",
  "dtype",
];

const MISSING = ["NA", "NaN", "nan", "null", "?"];

/**
 * A table in text as tensors. Quoted fields, a byte order mark, CRLF, blank lines and a missing last line end are fine.
 * `x` is float32 (or float64) [rows, columns], `y` [rows] int32 for codes and whole numbers. Rows are counted from 1,
 * the header included.
 *
 * @throws {ValueError} if it is no text, or for an option, a type of a column or a column that there is not.
 * @throws {DataError} for values that are missing or do not fit their column (named with row and column, the first 5),
 * a row with another number of fields, names that are missing or come twice, a quote that does not end, or no rows.
 * @example
 * const table = parseCsv("size,kind\n1.5,cat\n2.5,dog", { y: "kind", types: { kind: "category" } });
 * [table.x.toArray(), table.y.toArray(), table.classes.kind]; // [[[1.5], [2.5]], [0, 1], ["cat", "dog"]]
 */
export function parseCsv<const O extends CsvOptions>(text: string, options?: O): CsvTable<Targets<O>> {
  return parseTable("parseCsv", text, options ?? {}) as CsvTable<Targets<O>>;
}

/** What is known of a table once its first row is read. */
interface Plan {
  readonly names: readonly string[];
  readonly x: readonly Reader[];
  readonly y: readonly Reader[];
  readonly xValues: Float32Array | Float64Array;
  readonly yValues: Float64Array;
}

/** As {@link parseCsv}; `source` opens the messages. */
export function parseTable(source: string, given: string, options: CsvOptions): CsvTable {
  if (typeof given !== "string") throw new ValueError(`${source}: takes the text of a table; got ${typeof given}`);
  checkOptions(source, options, OPTIONS);
  checkValues(source, options);
  const text = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given;
  checkQuotes(source, text);
  const bad = new BadCells();
  const most = lineCount(text);
  let plan: Plan | undefined;
  let length = 0;
  dsvFormat(options.delimiter ?? ",").parseRows(text, (fields, i) => {
    if (fields.length === 1 && fields[0] === "" && (plan === undefined || plan.names.length > 1)) return null;
    if (plan === undefined) {
      plan = planned(source, fields, options, most, bad);
      if (options.header === undefined || options.header === true) return null;
    }
    if (fields.length !== plan.names.length) {
      throw new DataError(`${source}: every row has ${plan.names.length} fields; got ${fields.length} in row ${i + 1}`);
    }
    const { x, y, xValues, yValues } = plan;
    for (let k = 0; k < x.length; k++) xValues[length * x.length + k] = (x[k] as Reader).read(fields, i + 1);
    for (let k = 0; k < y.length; k++) yValues[length * y.length + k] = (y[k] as Reader).read(fields, i + 1);
    length++;
    return null;
  });
  if (plan === undefined || length === 0)
    throw new DataError(`${source}: a table has at least one row of values; got none`);
  bad.report(source);
  return finish(plan, length, options);
}

/** Codes in the order of the names, and the values as tensors. */
function finish({ x, y, xValues, yValues }: Plan, length: number, options: CsvOptions): CsvTable {
  const classes: Record<string, readonly string[]> = {};
  for (const [readers, values] of [[x, xValues] as const, [y, yValues] as const]) {
    for (const [k, reader] of readers.entries()) {
      const order = reader.order();
      if (order === undefined) continue;
      classes[reader.name] = order.names;
      for (let at = k; at < length * readers.length; at += readers.length) {
        values[at] = order.codes[values[at] as number] as number;
      }
    }
  }
  const matrix: Tensor = tensor(xValues.subarray(0, length * x.length));
  const whole = y.length > 0 && y.every((reader) => reader.whole);
  const targets: Tensor = tensor(yValues.subarray(0, length * y.length), {
    dtype: whole ? "int32" : (options.dtype ?? "float32"),
  });
  const shaped = Array.isArray(options.y) ? (targets.reshape(length, y.length) as Tensor) : targets;
  return {
    x: matrix.reshape(length, x.length) as Tensor as Tensor<[number, number]>,
    y: options.y === undefined ? undefined : shaped,
    columns: x.map((reader) => reader.name),
    classes,
    length,
  };
}

/** Which columns go where, by the first row and the options. */
function planned(source: string, first: readonly string[], options: CsvOptions, most: number, bad: BadCells): Plan {
  const { header = true, types = {}, dtype = "float32" } = options;
  const names = columnNames(source, first, header);
  const place = (column: Column): number => {
    const at = typeof column === "number" ? column : names.indexOf(column);
    if (names[at] !== undefined) return at;
    throw new ValueError(`${source}: the columns are ${names.join(", ")}; got ${JSON.stringify(column)}`);
  };
  const listed = options.y === undefined ? [] : Array.isArray(options.y) ? options.y : [options.y];
  const targets = (listed as readonly Column[]).map(place);
  const inputs = options.x?.map(place) ?? [...names.keys()].filter((i) => !targets.includes(i));
  for (const name of Object.keys(types)) place(name);
  const missing = new Set(["", ...(options.missingValues ?? MISSING)]);
  const reader = (at: number, input: boolean): Reader => {
    const name = names[at] as string;
    const type = types[name] ?? "float";
    return columnReader({
      source,
      name,
      at,
      type,
      missing,
      allowed: options.missing === "nan",
      single: dtype === "float32" && (input || type !== "int"),
      bad,
    });
  };
  return {
    names,
    x: inputs.map((at) => reader(at, true)),
    y: targets.map((at) => reader(at, false)),
    xValues: dtype === "float32" ? new Float32Array(most * inputs.length) : new Float64Array(most * inputs.length),
    yValues: new Float64Array(most * targets.length),
  };
}

function columnNames(source: string, first: readonly string[], header: boolean | readonly string[]): readonly string[] {
  if (header === false) return first.map((_, i) => String(i));
  if (header !== true) {
    if (header.length === first.length) return different(source, header);
    throw new DataError(`${source}: a name for each column; got ${header.length} names for ${first.length} columns`);
  }
  const names = first.map((name) => name.trim());
  if (names.every((name) => name !== "" && Number.isFinite(Number(name)))) {
    throw new DataError(`${source}: the first row has only numbers, which are no names; pass header: false`);
  }
  return different(source, names);
}

function different(source: string, names: readonly string[]): readonly string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new DataError(`${source}: names of columns differ; got ${JSON.stringify(twice)} twice`);
}

function checkValues(source: string, options: CsvOptions): void {
  const { delimiter = ",", missing = "error", dtype = "float32", header = true } = options;
  if (typeof header !== "boolean" && !Array.isArray(header)) {
    throw new ValueError(`${source}: header is true, false or a list of names; got ${shown(header)}`);
  }
  if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new ValueError(
      `${source}: delimiter is one character, no quote or line end; got ${JSON.stringify(delimiter)}`,
    );
  }
  if (missing !== "error" && missing !== "nan") {
    throw new ValueError(`${source}: missing is "error" or "nan"; got ${JSON.stringify(missing)}`);
  }
  if (dtype !== "float32" && dtype !== "float64") {
    throw new ValueError(`${source}: dtype is float32 or float64; got ${JSON.stringify(dtype)}`);
  }
}

/** A quote that is never closed would swallow the rest of the table into one field. */
function checkQuotes(source: string, text: string): void {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  if (quotes % 2 === 1) {
    throw new DataError(`${source}: quotes come in pairs; got ${quotes}, so that a quoted field does not end`);
  }
}

/** At most so many rows. */
function lineCount(text: string): number {
  const count = (end: string): number => {
    let lines = 1;
    for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) lines++;
    return lines;
  };
  const lines = count("\n");
  return lines > 1 ? lines + (text.includes("\r") ? count("\r") : 0) : count("\r");
}
