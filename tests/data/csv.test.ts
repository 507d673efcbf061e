// Tables of text: what is read, and what is refused by row and column.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CsvOptions, parseCsv, readCsv, StandardScaler, TensorDataset } from "../../src/data/index.ts";
import { DataError, FileError, NablaError, ShapeError, type Tensor, tensor, ValueError } from "../../src/index.ts";

const x = (text: string, options?: CsvOptions): unknown => parseCsv(text, options).x.toArray();

describe("tables", () => {
  test("names, numbers and one row each", () => {
    const table = parseCsv("a,b\n1,2.5\n-3,4e2\n");
    expect([table.columns, table.length, table.x.dtype]).toEqual([["a", "b"], 2, "float32"]);
    expect(table.x.toArray()).toEqual([[1, 2.5], [-3, 400]]); // biome-ignore format: a matrix
    expect(table.y).toBeUndefined();
  });

  test("a target, and inputs in an order of one's own", () => {
    const table = parseCsv("a,b,c\n1,2,3\n4,5,6", { x: ["c", 0], y: "b" });
    expect(table.columns).toEqual(["c", "a"]);
    expect([table.x.toArray(), table.y.toArray(), table.y.dtype]).toEqual([[[3, 1], [6, 4]], [2, 5], "float32"]); // biome-ignore format: a matrix
    expect(new TensorDataset(table.x, table.y).length).toBe(2);
  });

  test("several targets make a matrix", () => {
    const { y } = parseCsv("a,b,c\n1,2,3\n4,5,6", { y: ["c", "b"] });
    expect(y.toArray()).toEqual([[3, 2], [6, 5]]); // biome-ignore format: a matrix
  });

  test("whole numbers are int32 targets", () => {
    const { y } = parseCsv("a,b\n1,7\n2,-8", { y: "b", types: { b: "int" } });
    expect([y.dtype, y.toArray()]).toEqual(["int32", [7, -8]]);
  });

  test("categories are codes of sorted names, or of the names given", () => {
    const text = "kind,size\ndog,1\ncat,2\ndog,3\nant,4";
    const table = parseCsv(text, { y: "kind", types: { kind: "category" } });
    expect([table.y.dtype, table.y.toArray()]).toEqual(["int32", [2, 1, 2, 0]]);
    expect(table.classes).toEqual({ kind: ["ant", "cat", "dog"] });
    const given = parseCsv(text, { y: "kind", types: { kind: ["dog", "cat", "ant", "cow"] } });
    expect(given.y.toArray()).toEqual([0, 1, 0, 2]);
    expect(given.classes).toEqual({ kind: ["dog", "cat", "ant", "cow"] });
    expect(x(text, { types: { kind: "category" } })).toEqual([[2, 1], [1, 2], [2, 3], [0, 4]]); // biome-ignore format: a matrix
  });

  test.each<[string, string, CsvOptions]>([
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n", {}],
    ["CR", "a,b\r1,2\r3,4\r", {}],
    ["no last line end", "a,b\n1,2\n3,4", {}],
    ["blank lines", "a,b\n1,2\n\n3,4\n\n\n", {}],
    ["a byte order mark", "\ufeffa,b\n1,2\n3,4", {}],
    ["spaces around numbers and names", " a ,b\n 1, 2\n3 ,4", {}],
    ["quoted fields", '"a","b"\n"1","2"\n3,"4"', {}],
    ["another delimiter", "a;b\n1;2\n3;4", { delimiter: ";" }],
    ["tabs", "a\tb\n1\t2\n3\t4", { delimiter: "\t" }],
    ["no header", "1,2\n3,4", { header: false }],
    ["names of one's own", "1,2\n3,4", { header: ["a", "b"] }],
  ])("%s", (_, text, options) => {
    expect(x(text, options)).toEqual([[1, 2], [3, 4]]); // biome-ignore format: a matrix
  });

  test("quotes, delimiters and line ends inside quoted fields", () => {
    const table = parseCsv('name,n\n"Smith, ""Al""\nJr.",1\nB,2', { y: "name", types: { name: "category" } });
    expect(table.classes.name).toEqual(["B", 'Smith, "Al"\nJr.']);
  });

  test("missing values as NaN where they are allowed", () => {
    expect(x("a,b\n1,\nNA,2\n?,3", { missing: "nan" })).toEqual([[1, Number.NaN], [Number.NaN, 2], [Number.NaN, 3]]); // biome-ignore format: a matrix
    expect(x("a,b\n1,-\n-,2", { missing: "nan", missingValues: ["-"] })).toEqual([[1, Number.NaN], [Number.NaN, 2]]); // biome-ignore format: a matrix
  });

  test("float64 keeps what float32 rounds", () => {
    expect(parseCsv("a\n0.1", { dtype: "float64" }).x.item()).toBe(0.1);
    expect(parseCsv("a\n0.1").x.item()).toBe(Math.fround(0.1));
  });

  test("one column, many rows", () => {
    const rows = Array.from({ length: 5000 }, (_, i) => i);
    expect(
      parseCsv(`a\n${rows.join("\n")}\n`, { dtype: "float64" })
        .x.sum()
        .item(),
    ).toBe((5000 * 4999) / 2);
  });
});

test("what float32 does not hold fits float64, and whole targets are int32", () => {
  const table = parseCsv("a,b\n1e39,16777217", { y: "b", types: { b: "int" }, dtype: "float64" });
  expect([table.x.toArray(), table.y.dtype, table.y.toArray()]).toEqual([[[1e39]], "int32", [16777217]]);
  expect(parseCsv("a,b\n1,16777217", { y: "b", types: { b: "int" } }).y.toArray()).toEqual([16777217]);
});

describe("what is refused", () => {
  test.each<[string, string, CsvOptions, string]>([
    ["a missing value", "a,b\n1,2\n,4", {}, 'got 1 that does not: row 3, column "a": "" is missing'],
    ["a word", "a,b\n1,2\n3,four", {}, 'row 3, column "b": "four" is no number'],
    ["an empty quoted field of spaces", 'a,b\n1," "', {}, 'row 2, column "b": " " is missing'],
    ["a hexadecimal number", "a,b\n1,0x10", {}, '"0x10" is no number'],
    ["a hexadecimal number behind a space", "a,b\n1, 0x10", {}, '" 0x10" is no number'],
    ["a number beyond float32", "a,b\n1,1e39", {}, '1e39 does not fit float32, pass dtype: "float64"'],
    ["a target beyond float32", "a,b\n1,-1e39", { y: "b" }, "-1e39 does not fit float32"],
    ["a whole number that float32 rounds", "a,b\n1,16777217", { types: { b: "int" } }, "16777217 does not fit float32"],
    ["a given name twice", "1,2", { header: ["a", "a"] }, 'got "a" twice'],
    ["an infinity", "a,b\n1,Infinity", {}, '"Infinity" is no number'],
    ["a comma for a point", "a;b\n1;2,5", { delimiter: ";" }, '"2,5" is no number'],
    ["a fraction among whole numbers", "a,b\n1,2.5", { types: { b: "int" } }, "2.5 is no int32"],
    ["a number beyond int32", "a,b\n1,3000000000", { types: { b: "int" } }, "3000000000 is no int32"],
    ["a gap among whole numbers", "a,b\n1,", { types: { b: "int" }, missing: "nan" }, '"" is missing'],
    ["a gap among categories", "a,b\n1,NA", { types: { b: "category" }, missing: "nan" }, '"NA" is missing'],
    ["a category that is not listed", "a,b\n1,q", { types: { b: ["p"] } }, '"q" is none of p'],
    ["a word where gaps are allowed", "a,b\n1,x", { missing: "nan" }, '"x" is no number'],
    ["too few fields", "a,b\n1,2\n3", {}, "every row has 2 fields; got 1 in row 3"],
    ["too many fields", "a,b\n1,2,3", {}, "every row has 2 fields; got 3 in row 2"],
    ["a quote that does not end", 'a,b\n"1,2\n3,4', {}, "a quoted field does not end"],
    ["a header of numbers", "1,2\n3,4", {}, "pass header: false"],
    ["a name twice", "a,a\n1,2", {}, 'got "a" twice'],
    ["too few names", "1,2", { header: ["a"] }, "got 1 names for 2 columns"],
    ["no text", "", {}, "at least one row"],
    ["no rows", "a,b\n", {}, "at least one row"],
  ])("%s", (_, text, options, message) => {
    expect(() => parseCsv(text, options)).toThrow(DataError);
    expect(() => parseCsv(text, options)).toThrow(message);
  });

  test("the first five of many, with their number", () => {
    const text = `a,b\n${"1,x\n".repeat(8)}`;
    expect(() => parseCsv(text)).toThrow(
      /got 8 that do not: row 2, .*row 3, .*row 4, .*row 5, .*row 6, column "b": "x" is no number; and 3 more\./,
    );
  });

  test.each<[string, CsvOptions, string]>([
    ["an unknown target", { y: "q" }, 'the columns are a, b; got "q"'],
    ["an unknown input", { x: ["a", 2] }, "the columns are a, b; got 2"],
    ["a type of an unknown column", { types: { q: "int" } }, 'got "q"'],
    ["an unknown type", { types: { a: "text" as never } }, 'of column "a" is "float"'],
    ["an unknown treatment", { missing: "drop" as never }, 'missing is "error" or "nan"; got "drop"'],
    ["a dtype that is none of floats", { dtype: "int32" as never }, "dtype is float32 or float64"],
    ["a delimiter of two characters", { delimiter: ", " }, "delimiter is one character"],
    ["a quote as delimiter", { delimiter: '"' }, "delimiter is one character"],
  ])("%s", (_, options, message) => {
    expect(() => parseCsv("a,b\n1,2", options)).toThrow(ValueError);
    expect(() => parseCsv("a,b\n1,2", options)).toThrow(message);
  });
});

describe("files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nabla-csv-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a file, and its name in errors", () => {
    const path = join(folder, "table.csv");
    writeFileSync(path, "\ufeffα,b\r\n1,2\r\n");
    expect(readCsv(path).columns).toEqual(["α", "b"]);
    writeFileSync(path, "a,b\n1,");
    expect(() => readCsv(path)).toThrow(`readCsv ${JSON.stringify(path)}: every value`);
  });

  test("bytes that are no UTF-8, and no file at all", () => {
    const path = join(folder, "latin.csv");
    writeFileSync(path, Buffer.from([97, 10, 0xe4, 10]));
    expect(() => readCsv(path)).toThrow(DataError);
    expect(() => readCsv(path)).toThrow(/the text is UTF-8/);
    expect(() => readCsv(join(folder, "none.csv"))).toThrow(FileError);
  });
});

describe("StandardScaler", () => {
  const rows: Tensor = tensor([[1, 10, 7], [2, 20, 7], [6, 90, 7]], { dtype: "float64" }); // biome-ignore format: a matrix

  // numpy: x.mean(0), x.std(0), x.std(0, ddof=1)
  test.each<[number, number[]]>([
    [0, [2.160246899469287, 35.59026084010437, 1]],
    [1, [2.6457513110645907, 43.58898943540674, 1]],
  ])("means and deviations with correction %i, 1 where all are equal", (correction, std) => {
    const scaler = new StandardScaler({ correction }).fit(rows);
    expect(scaler.mean.toArray()).toEqual([3, 40, 7].map((value) => expect.closeTo(value, 12)));
    expect(scaler.std.toArray()).toEqual(std.map((value) => expect.closeTo(value, 12)));
  });

  test("scales new rows by what it learned, and back", () => {
    const scaler = new StandardScaler();
    scaler.fitTransform(rows);
    const other: Tensor = tensor([[3, 40, 8]], { dtype: "float64" });
    expect(scaler.transform(other).toArray()).toEqual([[0, 0, 1].map((value) => expect.closeTo(value, 12))]);
    expect(scaler.inverseTransform(scaler.transform(other)).toArray()).toEqual([[3, 40, 8]]);
  });

  test("refuses what it cannot scale", () => {
    expect(() => new StandardScaler().transform(rows)).toThrow(/call fit first/);
    expect(() => new StandardScaler().fit(tensor([1, 2]))).toThrow(ShapeError);
    expect(() => new StandardScaler().fit(tensor([[1, Number.NaN]]))).toThrow(/finite; got others in column 1/);
    expect(() => new StandardScaler({ correction: 3 }).fit(rows)).toThrow(/more than 3 rows/);
    expect(() => new StandardScaler({ correction: -1 })).toThrow(NablaError);
    expect(() => new StandardScaler().fit(rows).transform(tensor([[1, 2]]) as Tensor)).toThrow(
      /fit on 3 columns; got \[1, 2\]/,
    );
  });
});
