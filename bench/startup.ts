/** What importing the package and making a first tensor adds to the start of Node. */
import { runProgram } from "./process.ts";
import type { Command } from "./server.ts";
import type { Setting } from "./setting.ts";
import { median } from "./statistics.ts";
import type { Row } from "./table.ts";

const STARTS = 20;
const GOAL_MS = 100;

function node(program: string): Command {
  return { file: process.execPath, args: ["--input-type=module", "--eval", program] };
}

const BARE = node("");
const NABLA = node('import { tensor } from "nabla"; tensor([1, 2, 3]);');

/** Starts both in turn; the first pair only fills the system's cache of files. */
export async function startup({ quick }: Setting): Promise<Row[]> {
  const what = "importing nabla and making a first tensor";
  console.log(`\n${what}`);
  const bare: number[] = [];
  const nabla: number[] = [];
  await runProgram(NABLA);
  for (let i = 0; i < (quick ? STARTS / 4 : STARTS); i++) {
    bare.push((await runProgram(BARE)).seconds * 1000);
    nabla.push((await runProgram(NABLA)).seconds * 1000);
  }
  const added = nabla.map((ms, i) => ms - (bare[i] as number));
  const [least, middle, most] = [Math.min(...added), median(added), Math.max(...added)];
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  console.log(`  bare Node ${ms(median(bare))}, with nabla ${ms(median(nabla))}`);
  return [
    {
      what,
      goal: `under ${GOAL_MS} ms more than Node`,
      measured: `${ms(middle)} (${ms(least)} – ${ms(most)})`,
      nabla: ms(median(nabla)),
      other: `${ms(median(bare))} bare Node`,
      reached: middle < GOAL_MS,
    },
  ];
}
