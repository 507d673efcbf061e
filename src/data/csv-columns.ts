/** The values of one column of a table of text. */
import { DataError, ValueError } from "../errors.ts";

/** What the values of a column are; a list has the names of categories in the order of their codes. */
export type ColumnType = "float" | "int" | "category" | readonly string[];

/** Reads one column, row after row. */
export interface Reader {
  readonly name: string;
  /** Whether its values fit int32. */
  readonly whole: boolean;
  /** The value in a row's fields; what is wrong is noted, and NaN stands for it. */
  read(fields: readonly string[], row: number): number;
  /** Of categories: all names, and the final code of each code that `read` gave. */
  order(): { names: readonly string[]; codes: readonly number[] } | undefined;
}

const SHOWN = 5;

/** Values that are missing or do not fit: the first few, and how many there are. */
export class BadCells {
  #count = 0;
  readonly #first: string[] = [];

  add(row: number, column: string, found: string): number {
    if (this.#count++ < SHOWN) this.#first.push(`row ${row}, column ${JSON.stringify(column)}: ${found}`);
    return Number.NaN;
  }

  /** Throws a DataError when there are any. */
  report(source: string): void {
    if (this.#count === 0) return;
    const more = this.#count > SHOWN ? `; and ${this.#count - SHOWN} more` : "";
    throw new DataError(
      `${source}: every value is there and fits its column; got ${this.#count} that ${this.#count === 1 ? "does" : "do"} not: ` +
        `${this.#first.join("; ")}${more}. Say types: { name: "category" } for columns of names, missing: "nan" for gaps in floats`,
    );
  }
}

interface ReaderOptions {
  readonly source: string;
  readonly name: string;
  /** The position of the column. */
  readonly at: number;
  readonly type: ColumnType;
  readonly missing: ReadonlySet<string>;
  /** Whether a missing value becomes NaN. */
  readonly allowed: boolean;
  /** Whether its values are kept as float32. */
  readonly single: boolean;
  readonly bad: BadCells;
}

/** The reader of a column's type. */
export function columnReader(options: ReaderOptions): Reader {
  const { source, name, type } = options;
  if (type === "float" || type === "int") return numberReader(options);
  const twice = Array.isArray(type) ? type.find((category, i) => type.indexOf(category) !== i) : undefined;
  if (twice !== undefined) {
    throw new ValueError(
      `${source}: the categories of column ${JSON.stringify(name)} differ; got ${JSON.stringify(twice)} twice`,
    );
  }
  if (type === "category" || Array.isArray(type))
    return categoryReader(options, type === "category" ? undefined : type);
  throw new ValueError(
    `${source}: the type of column ${JSON.stringify(name)} is "float", "int", "category" or a list of names; got ${JSON.stringify(type)}`,
  );
}

/** A decimal number; NaN for anything else, and for the notations that only programs have (0x10). */
function parseNumber(given: string): number {
  const text = given.trim();
  const second = text.charCodeAt(1) | 32;
  if (second === 120 || second === 111 || second === 98) return Number.NaN;
  const value = Number(text);
  return value - value === 0 ? value : Number.NaN;
}

/** Whether float32 holds a number: a whole one exactly, another near enough. */
function fitsSingle(value: number, whole: boolean): boolean {
  const single = Math.fround(value);
  return whole ? single === value : Number.isFinite(single);
}

function numberReader({ name, at, type, missing, allowed, single, bad }: ReaderOptions): Reader {
  const whole = type === "int";
  return {
    name,
    whole,
    read: (fields, row) => {
      const text = fields[at] as string;
      const value = parseNumber(text);
      // The empty text is 0 for JavaScript, and so is one of spaces.
      if (!Number.isNaN(value) && (value !== 0 || text.trim() !== "")) {
        if (whole && value !== (value | 0)) return bad.add(row, name, `${text} is no int32`);
        if (single && !fitsSingle(value, whole))
          return bad.add(row, name, `${text} does not fit float32, pass dtype: "float64"`);
        return value;
      }
      if (!missing.has(text.trim())) return bad.add(row, name, `${JSON.stringify(text)} is no number`);
      return allowed && !whole ? Number.NaN : bad.add(row, name, `${JSON.stringify(text)} is missing`);
    },
    order: () => undefined,
  };
}

function categoryReader({ name, at, missing, bad }: ReaderOptions, listed: readonly string[] | undefined): Reader {
  const codes = new Map<string, number>(listed?.map((category, code) => [category, code]));
  return {
    name,
    whole: true,
    read: (fields, row) => {
      const text = (fields[at] as string).trim();
      const code = codes.get(text);
      if (code !== undefined) return code;
      if (missing.has(text)) return bad.add(row, name, `${JSON.stringify(text)} is missing`);
      if (listed !== undefined) return bad.add(row, name, `${JSON.stringify(text)} is none of ${listed.join(", ")}`);
      codes.set(text, codes.size);
      return codes.size - 1;
    },
    order: () => {
      const seen = [...codes.keys()];
      if (listed !== undefined) return { names: seen, codes: [...seen.keys()] };
      const names = [...seen].sort();
      const final = new Map(names.map((category, code) => [category, code]));
      return { names, codes: seen.map((category) => final.get(category) as number) };
    },
  };
}
