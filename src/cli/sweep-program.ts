/** The process of `nabla sweep`: imports the program and runs the sweep over its default export. */
import { pathToFileURL } from "node:url";
import { ValueError } from "../errors.ts";
import { type Grid, sweep, type TrialFunction } from "../train/index.ts";
import { exitCodeOf } from "./exit.ts";

interface Setting {
  readonly grid: Grid;
  readonly random?: number;
  readonly seed: number;
  readonly processes?: number;
  readonly folder: string;
  readonly best?: string;
  readonly mode: "min" | "max";
}

const [program = "", json = "{}"] = process.argv.slice(2);
const { grid, best, mode, ...options } = JSON.parse(json) as Setting;

async function run(): Promise<number> {
  const { default: trial } = (await import(pathToFileURL(program).href)) as { default?: TrialFunction<never> };
  if (typeof trial !== "function") {
    throw new ValueError(
      `${program} exports no trial; write: export default async function trial({ lr }) { …; return { accuracy }; }`,
    );
  }
  const result = await sweep(grid, trial as TrialFunction<object>, options);
  result.save(`${options.folder}/trials.csv`);
  console.log(result.table());
  const done = result.trials.length - result.failed.length;
  if (best !== undefined && done > 0) {
    const { config, values } = result.best(best, mode);
    console.log(`best ${best}: ${values[best]} with ${JSON.stringify(config)}`);
  }
  console.log(
    `${done} of ${result.trials.length} trials done${result.failed.length > 0 ? `, ${result.failed.length} failed` : ""}: ${options.folder}/trials.csv`,
  );
  return result.failed.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
