/** Tables of text in files. */
import { DataError, MemoryError } from "../errors.ts";
import { readFileBytes } from "../files/read.ts";
import { type CsvOptions, type CsvTable, parseTable, type Targets } from "./csv.ts";

/**
 * A CSV file, in UTF-8, as tensors; options and result are those of `parseCsv`. `path` is the file.
 *
 * @throws {ValueError} for an option or a column that there is not.
 * @throws {FileError} if the file cannot be read.
 * @throws {DataError} if the text is not UTF-8 or not such a table, as `parseCsv` says.
 * @example
 * const iris = readCsv("iris.csv", { y: "species", types: { species: "category" } });
 * const [train, test] = randomSplit(new TensorDataset(iris.x, iris.y), [0.8, 0.2]);
 */
export function readCsv<const O extends CsvOptions>(path: string, options?: O): CsvTable<Targets<O>> {
  const source = `readCsv ${JSON.stringify(path)}`;
  return parseTable(source, decoded(source, readFileBytes(path)), options ?? {}) as CsvTable<Targets<O>>;
}

/** The longest text that V8 holds. */
const MOST = 2 ** 29 - 24;

function decoded(source: string, bytes: Uint8Array): string {
  if (bytes.length > MOST) {
    throw new MemoryError(`${source}: a table has at most ${MOST} bytes; got ${bytes.length}; split the file`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(`${source}: the text is UTF-8; got bytes that are not`, { cause });
  }
}
