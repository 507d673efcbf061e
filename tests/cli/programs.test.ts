/** The `nabla` command over a person's programs, stopped and resumed, and on a full disk. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { at, folder, good, main, nabla, type Ran, repository, stopped, TIME } from "./command.ts";

describe("stopped and resumed", TIME, () => {
  const args = ["train", "csv", "iris.csv", "--target", "species", "--epochs", "200", "--patience", "200"];
  test.each(["SIGINT", "SIGKILL", "SIGTERM"] as const)(
    "%s: the resumed run is the one that was not stopped, bit for bit",
    async (signal) => {
      if (!existsSync(at("runs/whole"))) good(...args, "--out", "runs/whole");
      const out = `runs/${signal}`;
      const { by, errors } = await stopped([...args, "--out", out], /Epoch\[7\/200\]/, signal);
      expect(by).toBe(signal);
      if (signal !== "SIGKILL")
        expect(errors).toMatch(
          new RegExp(`stopped in epoch \\d+, step \\d+; saved in ${out} \\(.*\\); resume it to go on`),
        );
      expect(nabla("predict", out, "iris.csv").errors).toMatch(/half-written/);
      const resumed = good(...args, "--out", out, "--resume");
      expect(resumed).toMatch(/^resumed from runs\/SIG\w+: epoch/m);
      for (const file of [
        "model.safetensors",
        "last.safetensors",
        "best.safetensors",
        "history.jsonl",
        "report.json",
      ]) {
        expect(readFileSync(at(out, file)).equals(readFileSync(at("runs/whole", file))), file).toBe(true);
      }
      const other = nabla(...args, "--out", out, "--resume", "--seed", "5");
      expect([other.status, other.errors]).toEqual([1, expect.stringMatching(/other settings or data \(seed.*\)/)]);
    },
  );
});

describe("programs", TIME, () => {
  const program = `
    import { manualSeed, nn, optim, randn } from "nabla";
    import { DataLoader, TensorDataset } from "nabla/data";
    import { fit } from "nabla/train";
    manualSeed(1);
    const model: nn.Linear = new nn.Linear(3, 1);
    const x = randn(64, 3);
    const train = new DataLoader(new TensorDataset(x, x.sum(1, true)), { batchSize: 2, shuffle: true });
    const optimizer = new optim.SGD(model.parameters(), { lr: 1e-4 });
    const epochs = Number(process.env.EPOCHS ?? 1);
    await fit(model, { train, loss: new nn.MSELoss(), optimizer, epochs, folder: "runs/program" });
    console.log("done", process.argv.slice(2).join());`;
  beforeAll(() => {
    mkdirSync(at("node_modules"));
    symlinkSync(repository, at("node_modules/nabla"));
    writeFileSync(at("package.json"), '{"type":"module"}');
    writeFileSync(at("program.ts"), program);
    writeFileSync(at("fails.ts"), "const code: number = 7; process.exit(code);");
    writeFileSync(
      at("trial.ts"),
      `export default ({ lr, hidden }: { lr: number; hidden: string }) => {
         if (hidden === "none") throw new Error("needs units");
         return { accuracy: lr + hidden.length };
       };`,
    );
  });

  test("a program in TypeScript, with its arguments; its exit code is the command's", () => {
    expect(good("train", "program.ts", "--epochs", "2", "a", "--", "--b")).toMatch(
      /Epoch\[2\/2\], Loss:.*\ndone a,--b\n$/,
    );
    expect(nabla("train", "fails.ts").status).toBe(7);
    expect(nabla("train", "nowhere.ts").errors).toBe('error: there is no program "nowhere.ts"\n');
    expect(nabla("train", "iris.csv").errors).toMatch(/a program ends in \.ts/);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s in a program's fit saves, and --resume goes on", async (signal, status) => {
    const args = ["train", "program.ts", "--epochs", "100000"];
    const { code, errors } = await stopped(args, /Epoch\[20\/100000\]/, signal);
    expect(code).toBe(status);
    const [, epoch] = /stopped in epoch (\d+), step \d+; saved in runs\/program/.exec(errors) ?? [];
    expect(good("train", "program.ts", "--resume", "--epochs", String(Number(epoch) + 1))).toMatch(
      new RegExp(`^resumed from runs/program: epoch ${epoch}`),
    );
  });

  test("a sweep over a program: all trials, failures listed, resumable, an empty grid is an error", () => {
    const args = ["sweep", "trial.ts", "--grid", "lr=0.1,0.5", "hidden=a,none", "--best", "accuracy"];
    const { status, out } = nabla(...args);
    expect(status).toBe(1);
    expect(out).toMatch(/^ +3 +0\.5 +none .*Error: needs units$/m);
    expect(out).toMatch(/^best accuracy: 1\.5 with {"lr":0\.5,"hidden":"a"}$/m);
    expect(out).toMatch(/^2 of 4 trials done, 2 failed: runs\/sweep-trial\/trials\.csv$/m);
    expect(readFileSync(at("runs/sweep-trial/trials.csv"), "utf8").split("\n").length).toBe(6);
    const resumed = nabla(...args, "--resume").out;
    expect(resumed).not.toMatch(/trial \[1\/4\]/);
    expect(resumed).toMatch(/trial \[2\/4\]/);
    for (const grid of [[], ["--grid", "lr="]]) {
      expect(nabla("sweep", "trial.ts", ...grid)).toMatchObject({
        status: 1,
        errors: expect.stringContaining("empty grid"),
      });
    }
    writeFileSync(at("notrial.ts"), "export const lr = 1;");
    expect(nabla("sweep", "notrial.ts", "--grid", "lr=1").errors).toMatch(
      /^error: .*notrial\.ts exports no trial.*\n$/,
    );
  });
});

// Windows has no ulimit on the size of files.
describe.skipIf(process.platform === "win32")("a disk that is full", TIME, () => {
  test("the command names the file and the reason, and the state before stays whole", () => {
    // A limit on the size of files, in blocks of 1024 bytes, is to a program what a full disk is.
    const limited = (blocks: number, ...args: string[]): Ran => {
      const script = `ulimit -f ${blocks}; exec "$@"`;
      const command = ["-c", script, "bash", process.execPath, main, ...args];
      const { status, stdout, stderr } = spawnSync("bash", command, { cwd: folder, encoding: "utf8" });
      return { status, out: stdout, errors: stderr };
    };
    const args = ["train", "csv", "iris.csv", "--target", "species", "--patience", "60", "--out", "runs/full"];
    const first = limited(8, ...args, "--epochs", "6");
    expect(first.status).toBe(1);
    expect(first.errors).toMatch(
      /error: cannot write "runs\/full\/last\.safetensors": the file is larger than is allowed here \(EFBIG\)/,
    );
    expect(readdirSync(at("runs/full"))).toEqual(["run.json"]);

    const program = (blocks: number, epochs: number): Ran =>
      limited(blocks, "train", "--resume", "--epochs", String(epochs), "program.ts");
    rmSync(at("runs/program"), { recursive: true, force: true });
    expect(program(1000, 2).status).toBe(0);
    const before = readFileSync(at("runs/program/last.safetensors"));
    const failed = program(1, 3);
    expect(failed.status).toBe(1);
    expect(failed.errors).toMatch(
      /cannot write "runs\/program\/\w+\.safetensors": .* \(EFBIG\); the run is saved as of the end of epoch 2/,
    );
    expect(readFileSync(at("runs/program/last.safetensors")).equals(before)).toBe(true);
    expect(readdirSync(at("runs/program")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(program(1000, 3).out).toMatch(/^resumed from runs\/program: epoch 3/);
  });
});
