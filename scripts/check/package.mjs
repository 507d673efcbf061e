// The package as a user gets it: packed, installed in an empty folder, checked by the compiler, and run without the repository.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tscScript } from "../build/javascript.mjs";
import { ROOT, run, script } from "./run.mjs";

const FOLDER = join(ROOT, "build/package");

/** A user's first program; the second half only compiles when shapes are checked. */
const PROGRAM = `
import { type Tensor, manualSeed, nn, optim, randn } from "nabla";
import { DataLoader } from "nabla/data";
import { curves } from "nabla/plot";
import { progress } from "nabla/train";
import { transforms } from "nabla/vision";

class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  fc2 = new nn.Linear(8, 1);
  forward(x: Tensor) {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}
manualSeed(777);
const net = new Net();
const x = randn(32, 4);
const y = x.sum(1, true);
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
const losses: number[] = [];
for (const _ of progress(200, { disable: true })) {
  const loss = new nn.MSELoss().forward(net.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
if (!((losses.at(-1) as number) < (losses[0] as number) / 10)) throw new Error("it did not learn");
if (!curves([{ name: "loss", y: losses }]).svg.startsWith("<svg")) throw new Error("no picture");
void DataLoader;
void transforms;
// @ts-expect-error 4 does not match 5
new nn.Linear(5, 2).forward(randn(3, 4));
`;

export function checkPackage() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  run(process.execPath, [script("publint/src/cli.js"), ROOT]);
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", FOLDER]);
  const archive = readdirSync(FOLDER).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(FOLDER, "package.json"), JSON.stringify({ type: "module", private: true }));
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", join(FOLDER, archive)], { cwd: FOLDER });
  // The last lines end the program at run time as they do at compile time.
  writeFileSync(
    join(FOLDER, "program.ts"),
    PROGRAM.replace("new nn.Linear(5, 2)", "if (losses.length === 0) new nn.Linear(5, 2)"),
  );
  const options = {
    compilerOptions: {
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      strict: true,
      skipLibCheck: false,
    },
  };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify({ ...options, files: ["program.ts"] }));
  run(process.execPath, [tscScript(), "-p", FOLDER]);
  run(process.execPath, ["program.js"], { cwd: FOLDER });
}
