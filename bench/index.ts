/**
 * Measures nabla against the goals: `npm run bench -- [--quick] [--rounds N] [--only SECTION …] [--write]`.
 * `--write` puts the table of a whole run into docs/benchmarks.md, and with `--only` the lines of these sections in the place of
 * theirs; that of `--only programs` goes into docs/results.md.
 */
import { parseArgs } from "node:util";
import { convolution } from "./convolution.ts";
import { writeSections, writeWhole } from "./document.ts";
import { busyShare, describeMachine } from "./machine.ts";
import { memory } from "./memory.ts";
import { adam, elementwise, training } from "./operations.ts";
import { ops } from "./ops.ts";
import { products } from "./products.ts";
import { programs } from "./programs.ts";
import { recurrent } from "./recurrent.ts";
import { startTorches } from "./servers.ts";
import type { Setting } from "./setting.ts";
import { start } from "./start.ts";
import { startup } from "./startup.ts";
import { markdown, type Row } from "./table.ts";
import { vision } from "./vision.ts";
import { wasm } from "./wasm.ts";

const SECTIONS: Record<string, (setting: Setting) => Promise<Row[]>> = {
  training,
  start,
  products,
  adam,
  elementwise,
  ops,
  convolution,
  vision,
  recurrent,
  wasm,
  memory,
  startup,
  programs,
};
/** A whole run leaves out the programs, which take twenty minutes of their own. */
const WHOLE = Object.keys(SECTIONS).filter((name) => name !== "programs");
const THREADS = 2;
const PACE = { rounds: 7, seconds: 0.3 };
const QUICK_PACE = { rounds: 3, seconds: 0.1 };

function readOptions(): { quick: boolean; write: boolean; rounds: number; sections: string[] } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const { quick, write } = values;
  const sections = [...values.only, ...positionals];
  const unknown = sections.filter((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown.length > 0) {
    throw new Error(`no section is called ${unknown.join(", ")}; there are ${Object.keys(SECTIONS).join(", ")}`);
  }
  if (write && (quick || (sections.includes("programs") && sections.length > 1))) {
    throw new Error(
      "--write takes a run without --quick; programs have a document of their own: --only programs --write",
    );
  }
  const rounds = Number(values.rounds ?? (quick ? QUICK_PACE : PACE).rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a whole number; got ${values.rounds}`);
  return { quick, write, rounds, sections: sections.length > 0 ? sections : WHOLE };
}

/** Waiting threads of PyTorch lose whole time slices to another program, so its figures get worse than nabla's. */
const BUSY = 0.05;
const BUSY_WARNING =
  "WARNING: other programs use this machine; ratios against PyTorch come out too high, shares of the peak too low";

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const METHOD = `Each contender is a process of its own; they take turns, round by round, on the same machine, with ${THREADS} threads each.
A ratio is how many times longer the other takes: the median over the rounds decides, and the lowest and highest round stand
beside it. PyTorch runs in its fastest form of each workload (optimizer implementation, zeroing, output given). Times of nabla and
the other are medians. Rows without a goal inform. \`npm run bench -- --write\` repeats it all.`;

async function main(): Promise<void> {
  const { quick, write, rounds, sections } = readOptions();
  const torches = await startTorches();
  try {
    const machine = await describeMachine(torches, THREADS);
    console.log(machine.join("\n"));
    const before = await busyShare();
    if (before > BUSY) console.log(BUSY_WARNING);
    if (before > BUSY && write) throw new Error("nothing is written: run it again while nothing else runs");
    const pace = { ...(quick ? QUICK_PACE : PACE), rounds, threads: THREADS };
    const rows: Row[] = [];
    for (const name of sections)
      rows.push(...(await (SECTIONS[name] as (typeof SECTIONS)[string])({ torches, pace, quick, write })));
    console.log(`\n${markdown(rows)}`);
    const missed = rows.filter(({ reached }) => reached === false);
    console.log(`\n${rows.filter(({ reached }) => reached).length} goals reached, ${missed.length} missed`);
    const after = await busyShare();
    const own = sections.includes("programs"); // it has written its document
    const busy = `other programs used ${percent(before)} of the processors before the run, ${percent(after)} after it`;
    console.log(busy);
    if (Math.max(before, after) > BUSY) {
      console.log(BUSY_WARNING);
      if (write && !own) throw new Error("docs/benchmarks.md is not written: run it again while nothing else runs");
    }
    if (write && !own) {
      if (sections === WHOLE) writeWhole(METHOD, [...machine, busy], rows);
      else writeSections(METHOD, machine, sections, rows);
    }
  } finally {
    await Promise.all(torches.map(({ server }) => server.close()));
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
