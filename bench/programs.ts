/** The programs of examples/ against their PyTorch forms, from process start to end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine } from "./machine.ts";
import { runProgram } from "./process.ts";
import { PROGRAMS, type Program, type Settings } from "./program-table.ts";
import { type Command, ROOT } from "./server.ts";
import { type Torch, withTorch } from "./servers.ts";
import type { Setting } from "./setting.ts";
import { aligned, type Row, ratioRow, unmeasured } from "./table.ts";

/** One side of a program: the time of its fastest run, and what it came to. */
interface Side {
  readonly name: string;
  readonly seconds: number;
  /** The threads of the fastest run. */
  readonly threads: number;
  readonly figures: string;
}

interface Measured {
  readonly program: Program;
  readonly settings: Settings;
  readonly nabla: Side;
  readonly others: readonly Side[];
}

/** Runs a program in a folder of its own, once with each number of threads; the fastest run counts. */
async function fastest(
  name: string,
  program: Program,
  threads: readonly number[],
  command: (threads: number) => Command,
): Promise<Side> {
  let best: Side = { name, seconds: Number.POSITIVE_INFINITY, threads: 0, figures: "" };
  for (const count of threads) {
    const folder = mkdtempSync(join(tmpdir(), "nabla-bench-"));
    try {
      const { seconds, output } = await runProgram(command(count), folder);
      const figures = Array.from(output.matchAll(program.pattern), ([, found]) => found).join(", ");
      if (figures === "") throw new Error(`${program.name}: ${name} does not say ${program.figure}:\n${output}`);
      if (seconds < best.seconds) best = { name, seconds, threads: count, figures };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return best;
}

async function measure(program: Program, settings: Settings, { torches, pace, quick }: Setting): Promise<Measured> {
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  const once = quick || program.large;
  const built = join(ROOT, "build/examples", `${program.name}.js`);
  const nabla = await fastest("nabla", program, once ? [pace.threads] : [pace.threads, pace.threads], (threads) => ({
    file: process.execPath,
    args: [built],
    env: { ...env, NABLA_THREADS: String(threads) },
  }));
  const form = join(ROOT, "bench/torch/programs", `${program.name}.py`);
  const others: Side[] = [];
  for (const { version, title } of torches) {
    const command = (threads: number): Command => ({
      ...withTorch(version, [form]),
      env: { ...env, THREADS: String(threads) },
    });
    others.push(await fastest(title, program, once ? [pace.threads] : [pace.threads, 1], command));
  }
  return { program, settings, nabla, others };
}

/** All programs. With `--write` the table goes into docs/results.md. A program that fails does not take the others' figures with it. */
export async function programs(setting: Setting): Promise<Row[]> {
  const all: Measured[] = [];
  const failed: Row[] = [];
  const machine = setting.write ? await describeMachine(setting.torches, setting.pace.threads) : [];
  for (const program of PROGRAMS) {
    const settings = setting.quick ? program.quick : program.settings;
    if (settings === null) continue;
    console.log(`\n${program.name} (${part(settings)}): ${program.figure}`);
    try {
      const found = await measure(program, settings, setting);
      for (const { name, seconds, threads, figures } of [found.nabla, ...found.others]) {
        console.log(`  ${name.padEnd(16)} ${seconds.toFixed(2).padStart(7)} s, ${threads} threads   ${figures}`);
      }
      all.push(found);
      if (setting.write) writeTimes(all, setting.torches, machine); // what is measured stays if the run is stopped
    } catch (error) {
      console.log(`  not measured: ${(error as Error).message}`);
      failed.push(unmeasured(program.name, (error as Error).message.split("\n", 1)[0] as string));
    }
  }
  return [...all.flatMap(rows), ...failed];
}

function part(settings: Settings): string {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return set.length === 0 ? "all" : set.join(" ");
}

function rows({ program, settings, nabla, others }: Measured): Row[] {
  const what = `${program.name} (${part(settings)})`;
  const figure = ({ seconds, figures }: Side): string => `${seconds.toFixed(2)} s (${figures})`;
  return others.map((other) =>
    ratioRow({ what, goal: null, nabla: figure(nabla), other: `${figure(other)} ${other.name}` }, [
      other.seconds / nabla.seconds,
    ]),
  );
}

const DOCUMENT = "docs/results.md";
const HEADING = "## Times";

const METHOD = `Each program as a whole process (imports, data, training, evaluation), one after the other on the same machine, against [the same program in
PyTorch](../bench/torch/programs): the same network, data and steps, written as the notes write it, without pictures and files. The times here include the pictures and
weights that a program writes. Where a program is long, both run the part that the second column says. Short programs run twice, PyTorch once with 2 threads and once with
1, and the faster run counts. The last columns show what both come to, so that it is the same work.`;

const NOTES = `\`look-inside\` only draws and has no PyTorch form. \`own-handwriting\` is the training of its reader; one photo is read here, none there. \`rotations\` turns with splines here and with
torchvision's bilinear rotation there. \`name-generator\` and \`tiny-gpt\` count their rivals here only, \`mnist-sequential\` measures its memory here only, and \`sweeps\` runs
its trials in two processes on both sides. \`npm run bench -- --only programs --write\` repeats it all.`;

/** Puts the table below its heading in docs/results.md, in place of the one that is there. */
function writeTimes(all: readonly Measured[], torches: readonly Torch[], machine: readonly string[]): void {
  const head = [
    "program",
    "part",
    "here",
    ...torches.map(({ title }) => title),
    "result",
    "here",
    ...torches.map(({ title }) => title),
  ];
  const lines = all.map(({ program, settings, nabla, others }) => [
    program.name,
    part(settings),
    `${nabla.seconds.toFixed(2)} s`,
    ...others.map(({ seconds }) => `${seconds.toFixed(2)} s (${(seconds / nabla.seconds).toFixed(2)}×)`),
    program.figure,
    ...[nabla, ...others].map(({ figures }) => figures),
  ]);
  const path = join(ROOT, DOCUMENT);
  const text = readFileSync(path, "utf8");
  const before = text.includes(`\n${HEADING}\n`) ? text.slice(0, text.indexOf(`\n${HEADING}\n`)) : text;
  const missing = PROGRAMS.length - all.length;
  const parts = [
    before.trimEnd(),
    HEADING,
    METHOD,
    machine.map((line) => `- ${line}`).join("\n"),
    aligned([head, ...lines]),
    missing === 0 ? NOTES : `${NOTES} In this run ${missing} programs were not measured.`,
  ];
  writeFileSync(path, `${parts.join("\n\n")}\n`);
}
