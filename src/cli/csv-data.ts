/** A table as inputs and targets of a network. */
import { dsvFormat } from "d3-dsv";
import { readCsv } from "../data/index.ts";
import { DataError, ValueError } from "../errors.ts";
import { readFileBytes } from "../files/read.ts";
import { type Tensor, tensor } from "../ops/index.ts";
import { type CsvColumn, inputsOf } from "./networks.ts";

/** What a look at a table tells of a column. */
interface Look {
  readonly name: string;
  readonly numeric: boolean;
  /** The different texts, while there are not too many. */
  readonly names: readonly string[];
  readonly whole: boolean;
}

/** How a table is read. */
export interface CsvSetting {
  readonly path: string;
  readonly target: string;
  readonly delimiter: string;
  readonly drop: readonly string[];
  readonly task: "classification" | "regression" | undefined;
  readonly missing: "error" | "mean";
}

/** The columns that go in, and what is predicted. */
export interface CsvPlan {
  readonly inputs: readonly Look[];
  /** The names of the classes; null where a number is predicted. */
  readonly classes: readonly string[] | null;
}

const MISSING: ReadonlySet<string> = new Set(["", "NA", "NaN", "nan", "null", "?"]);
const MOST_NAMES = 50;
/** Whole numbers of so few kinds are taken for classes. */
const FEW = 10;

/** Says by the values which columns are numbers and which are names. */
export function planCsv(setting: CsvSetting): CsvPlan {
  const { path, target, delimiter, drop } = setting;
  const text = new TextDecoder().decode(readFileBytes(path)).replace(/^\ufeff/, "");
  const rows = dsvFormat(delimiter).parseRows(text, (fields) =>
    fields.length === 1 && fields[0] === "" ? null : fields,
  );
  const names = (rows[0] ?? []).map((name) => name.trim());
  const odd = rows.findIndex((fields) => fields.length !== names.length);
  if (odd >= 0) {
    const found = (rows[odd] as string[]).length;
    throw new DataError(`${path}: every row has ${names.length} fields; got ${found} in row ${odd + 1}`);
  }
  for (const name of [target, ...drop]) {
    if (names.includes(name)) continue;
    throw new ValueError(
      `${path} has no column ${JSON.stringify(name)}; it has ${names.join(", ") || "none"}${otherDelimiter(names)}`,
    );
  }
  if (rows.length < 2) throw new DataError(`${path}: a table has rows of values under its names; got none`);
  const looks = names.map((name, at) =>
    look(
      name,
      rows.slice(1).map((fields) => (fields[at] ?? "").trim()),
    ),
  );
  const inputs = looks.filter(({ name }) => name !== target && !drop.includes(name));
  if (inputs.length === 0)
    throw new ValueError(`${path} has no columns beside ${target}; there is nothing to learn from`);
  const full = inputs.find((one) => !one.numeric && one.names.length > MOST_NAMES);
  if (full !== undefined) {
    throw new DataError(
      `${path}: column ${JSON.stringify(full.name)} has more than ${MOST_NAMES} different texts, which are no categories; leave it out by --drop ${JSON.stringify(full.name)}`,
    );
  }
  return { inputs, classes: classesOf(looks.find(({ name }) => name === target) as Look, setting) };
}

/** What to try where the whole head of a table came out as one column. */
function otherDelimiter(names: readonly string[]): string {
  const [head = ""] = names;
  const found = names.length === 1 ? [";", "\t", "|", ","].find((one) => head.includes(one)) : undefined;
  if (found === undefined) return "";
  return `; its fields have ${found === "\t" ? "tabs" : JSON.stringify(found)} between them, so give --delimiter ${found === "\t" ? "$'\\t'" : `"${found}"`}`;
}

/** A column is numeric when most of its values are numbers; the others are then errors, not categories. */
function look(name: string, values: readonly string[]): Look {
  const there = values.filter((value) => !MISSING.has(value));
  const numbers = there.filter((value) => Number.isFinite(Number(value)));
  const different = new Set<string>();
  for (const value of there) if (different.size <= MOST_NAMES) different.add(value);
  const numeric = numbers.length * 2 > there.length || there.length === 0;
  return {
    name,
    numeric,
    names: [...different].sort(byValue),
    whole: numbers.every((value) => Number.isInteger(Number(value))),
  };
}

function byValue(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? Number(a > b) - Number(a < b) : difference;
}

function classesOf({ name, numeric, names, whole }: Look, { path, task }: CsvSetting): readonly string[] | null {
  if (task === "regression") {
    if (numeric) return null;
    throw new DataError(
      `${path}: regression needs numbers; column ${JSON.stringify(name)} has texts, such as ${names[0]}`,
    );
  }
  if (task === undefined && numeric && !(whole && names.length <= FEW)) return null;
  if (names.length >= 2 && names.length <= MOST_NAMES) return names;
  throw new DataError(
    `${path}: classes are 2 to ${MOST_NAMES} different values; column ${JSON.stringify(name)} has ${names.length > MOST_NAMES ? "more" : names.length}`,
  );
}

/** The rows of a table, before scaling. */
export interface CsvRows {
  /** One column after the other: numbers (NaN where missing is allowed), or codes of names. */
  readonly x: Tensor;
  /** int32 codes or float32 numbers. */
  readonly y: Tensor | undefined;
  readonly length: number;
}

/** Reads the rows. Throws a DataError that names row and column of what does not fit. */
export function readRows(
  path: string,
  given: {
    delimiter: string;
    missing: "error" | "mean";
    columns: readonly { name: string; names: readonly string[] | null }[];
  },
  target: { name: string; classes: readonly string[] | null } | null,
): CsvRows {
  const types = Object.fromEntries([
    ...given.columns.flatMap(({ name, names }) => (names === null ? [] : [[name, names] as const])),
    ...(target === null || target.classes === null ? [] : [[target.name, target.classes] as const]),
  ]);
  const options = {
    x: given.columns.map(({ name }) => name),
    types,
    delimiter: given.delimiter,
    missing: given.missing === "mean" ? "nan" : "error",
    ...(target === null ? {} : { y: target.name }),
  } as const;
  const table = inWords(path, given.missing, () => readCsv(path, options));
  const y = table.y as Tensor | undefined;
  const gap = y === undefined ? -1 : y.data().findIndex(Number.isNaN);
  if (gap >= 0)
    throw new DataError(`${path}: every row has its ${target?.name}; got none in the ${gap + 1}th row of values`);
  return { x: table.x as Tensor, y, length: table.length };
}

/** Says what is wrong with a table as someone at the command line can mend it. */
function inWords<T>(path: string, missing: "error" | "mean", read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof DataError || cause instanceof ValueError)) throw cause;
    const rule = cause.message.replace(/^readCsv "[^"]*": /, "").replace(/\. Say types: .*$/, "");
    const absent = /^the columns are (.*); got (".*")$/.exec(rule);
    if (absent !== null) throw new DataError(`${path} has no column ${absent[2]}; it has ${absent[1]}`, { cause });
    const fix =
      missing === "error" && / is missing/.test(rule)
        ? "; nabla train --missing mean takes the mean for numbers that are missing"
        : "";
    throw new DataError(`${path}: ${rule}; mend the file${fix}`, { cause });
  }
}

/** Mean and deviation of the numbers of each column, over the training rows; names as they are. */
export function columnsOf(inputs: readonly Look[], rows: CsvRows, train: readonly number[]): CsvColumn[] {
  const values = rows.x.data();
  return inputs.map(({ name, numeric, names }, at) => {
    if (!numeric) return { name, kind: "category", names };
    const own = train.map((i) => values[i * inputs.length + at] as number).filter((value) => !Number.isNaN(value));
    return { name, kind: "number", ...statistics(own) };
  });
}

/** Mean and standard deviation, which is 1 for values that are all the same. */
export function statistics(values: readonly number[]): { mean: number; std: number } {
  const mean = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, std: Math.sqrt(variance) || 1 };
}

/** The inputs of the network: numbers scaled, missing ones at the mean, and one input for each name. */
export function featuresOf(columns: readonly CsvColumn[], rows: CsvRows): Tensor {
  const width = inputsOf(columns);
  const values = rows.x.data();
  const features = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    let at = i * width;
    for (const [k, column] of columns.entries()) {
      const value = values[i * columns.length + k] as number;
      if (column.kind === "number") features[at++] = Number.isNaN(value) ? 0 : (value - column.mean) / column.std;
      else {
        features[at + value] = 1;
        at += column.names.length;
      }
    }
  }
  return (tensor(features) as Tensor).reshape(rows.length, width);
}
