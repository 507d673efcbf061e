#!/usr/bin/env node
import { basename, extname } from "node:path";
/** The `nabla` command. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodeOf } from "./exit.ts";
import type { TrainSetting } from "./train.ts";
import { version } from "./version.ts";

/** Commands load what they need when they run, so that --help is there at once. */
let exitCode = 0;

const numberFrom =
  (least: number, most: number, whole: boolean) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`A ${whole ? "whole " : ""}number from ${least} to ${most}.`);
  };
const count = numberFrom(1, 1_000_000, true);

function delimiter(text: string): string {
  if (text.length === 1 && !/["\r\n]/.test(text)) return text;
  throw new InvalidArgumentError(`One character, such as ";" or $'\\t' for tabs.`);
}

/** The units of hidden layers, as "64,32"; "0" stands for none. */
function hidden(text: string): number[] {
  if (text === "0") return [];
  const units = text.split(",").map(Number);
  if (units.every((n) => Number.isInteger(n) && n >= 1)) return units;
  throw new InvalidArgumentError("Units with commas between them, as 64,32; or 0 for none.");
}

/** The options of every training. */
function training(command: Command, usual: { epochs: number; patience: number; lr: number }): Command {
  return command
    .option("--out <folder>", "where weights, history, report and pictures go (default: runs/NAME)")
    .option("--epochs <n>", "at most so many rounds over the data", count, usual.epochs)
    .option("--patience <n>", "stop after so many epochs without improvement", count, usual.patience)
    .option("--batch-size <n>", "samples in a step", count, 32)
    .option("--lr <rate>", "the highest learning rate", numberFrom(1e-8, 10, false), usual.lr)
    .option("--validation <share>", "share of the data that is held back to measure", numberFrom(0.01, 0.9, false), 0.2)
    .option("--seed <n>", "the same seed gives the same network", numberFrom(0, Number.MAX_SAFE_INTEGER, true), 777)
    .option("--resume", "go on with a run that was stopped", false)
    .addOption(threads());
}

function threads(): Option {
  return new Option("--threads <n>", "threads of the kernels (default: the processors)").argParser(
    numberFrom(1, 64, true),
  );
}

/** What is said of any training. */
interface Given extends Omit<TrainSetting, "out"> {
  out?: string;
  threads?: number;
}

/** The folder of a run named after its data, and the threads set. */
async function settingOf(given: Given, data: string): Promise<TrainSetting> {
  const { setThreads } = await import("../info.ts");
  if (given.threads !== undefined) setThreads(given.threads);
  return { ...given, out: given.out ?? `runs/${basename(data, extname(data))}` };
}

function environmentOf(given: { resume?: boolean; threads?: number; epochs?: number }): Record<string, string> {
  return {
    ...(given.resume === true ? { NABLA_RESUME: "1" } : {}),
    ...(given.threads === undefined ? {} : { NABLA_THREADS: String(given.threads) }),
    ...(given.epochs === undefined ? {} : { EPOCHS: String(given.epochs) }),
  };
}

function trainCommand(): Command {
  const command = new Command("train")
    .description("train a program of your own, or a network on pictures or a table")
    .argument("<program>", "a program in TypeScript or JavaScript; or: images, csv")
    .argument("[args...]", "what the program is given; options of its own behind --")
    .enablePositionalOptions()
    .option("--resume", "sets NABLA_RESUME=1: fit and sweep go on where they were stopped", false)
    .option("--epochs <n>", "sets EPOCHS, for programs that read it", count)
    .addOption(threads())
    .addHelpText(
      "after",
      help(
        "nabla train digits.ts --resume",
        "nabla train digits.ts --epochs 3 -- --verbose",
        "nabla train images photos/ --epochs 20",
        "nabla train csv iris.csv --target species",
      ),
    )
    .action(async (program: string, args: string[], given: Parameters<typeof environmentOf>[0]) => {
      const { runProgram } = await import("./programs.ts");
      exitCode = await runProgram(program, args, environmentOf(given));
    });
  return command.addCommand(imagesCommand()).addCommand(csvCommand());
}

function imagesCommand(): Command {
  return training(new Command("images").description("a folder with a folder of pictures for each class"), {
    epochs: 15,
    patience: 5,
    lr: 3e-3,
  })
    .argument("<folder>")
    .option(
      "--size <pixels>",
      "height and width that the network sees (default: that of the pictures, at most 64)",
      numberFrom(8, 256, true),
    )
    .option("--gray", "take colour pictures as gray ones", false)
    .option("--skip-broken", "leave out files that are no pictures", false)
    .addHelpText(
      "after",
      help("nabla train images photos/", "nabla train images digits/ --size 28 --gray --out runs/digits"),
    )
    .action(async (folder: string, given: Given & { size?: number; gray: boolean; skipBroken: boolean }) => {
      const { trainImages } = await import("./train.ts");
      await trainImages(folder, await settingOf(given, folder), given);
    });
}

/** What is said of a table. */
interface GivenTable extends Given {
  target: string;
  drop: string[];
  hidden: number[];
  task?: "classification" | "regression";
  missing: "error" | "mean";
  delimiter: string;
}

function csvCommand(): Command {
  return training(new Command("csv").description("a table with a column to predict"), {
    epochs: 200,
    patience: 30,
    lr: 1e-2,
  })
    .argument("<file>")
    .requiredOption("--target <column>", "the column to predict")
    .option("--drop <columns...>", "columns to leave out", [])
    .addOption(
      new Option("--hidden <units>", "units of the hidden layers; 0 for none")
        .argParser(hidden)
        .default([64, 32], "64,32"),
    )
    .addOption(
      new Option("--task <kind>", "what is predicted (default: by the values)").choices([
        "classification",
        "regression",
      ]),
    )
    .addOption(
      new Option("--missing <way>", "missing numbers: an error, or the mean of their column")
        .choices(["error", "mean"])
        .default("error"),
    )
    .option("--delimiter <character>", "what stands between fields", delimiter, ",")
    .addHelpText(
      "after",
      help(
        "nabla train csv iris.csv --target species",
        "nabla train csv houses.csv --target price --drop id --missing mean",
      ),
    )
    .action(async (file: string, given: GivenTable) => {
      const { trainCsv } = await import("./train.ts");
      await trainCsv(file, await settingOf(given, file), { ...given, task: given.task });
    });
}

function sweepCommand(): Command {
  return new Command("sweep")
    .description("run the default export of a program with many settings, in parallel processes")
    .argument("<program>", "exports by default a function of the settings that gives numbers by name")
    .option("--grid <setting=values...>", "values with commas between them; may be given several times", [])
    .option("--random <n>", "so many combinations at random instead of all", count)
    .option("--processes <n>", "how many at a time (default: the processors)", count)
    .option("--seed <n>", "trial i has the seed n + i", numberFrom(0, Number.MAX_SAFE_INTEGER, true), 0)
    .option("--out <folder>", "where the trials are kept (default: runs/sweep-NAME)")
    .option("--best <value>", "say which trial has the best value of this name")
    .addOption(
      new Option("--mode <mode>", "whether small or large values are best").choices(["min", "max"]).default("max"),
    )
    .option("--resume", "keep the trials that are done", false)
    .addHelpText(
      "after",
      help(
        "nabla sweep digits.ts --grid lr=0.1,0.01 hidden=50,200 --best accuracy",
        "nabla sweep digits.ts --grid lr=0.1,0.01 --resume",
      ),
    )
    .action(async (program: string, given: { grid: string[]; out?: string; resume: boolean }, command: Command) => {
      const { parseGrid, runSweep } = await import("./programs.ts");
      const { grid: texts, out, resume, ...setting } = given;
      const grid = parseGrid(texts, (message) => command.error(`error: ${message}`));
      const folder = out ?? `runs/sweep-${basename(program, extname(program))}`;
      exitCode = await runSweep(program, { ...setting, grid, folder, resume }, {});
    });
}

function useCommands(): Command[] {
  const evaluate = new Command("evaluate")
    .description("measure a trained network on the data that were held back, or on others")
    .argument("<run>", "the folder that nabla train images or csv wrote")
    .option("--data <path>", "other data of the same kind")
    .option("--json", "as JSON", false)
    .addHelpText("after", help("nabla evaluate runs/photos", "nabla evaluate runs/iris --data new.csv"))
    .action(async (run: string, given: { data?: string; json: boolean }) => {
      (await import("./use.ts")).evaluateRun(run, given);
    });
  const predict = new Command("predict")
    .description("what a trained network takes pictures, or the rows of a table, for")
    .argument("<run>", "the folder that nabla train images or csv wrote")
    .argument("<inputs...>", "pictures; or tables")
    .option("--json", "one line of JSON for each", false)
    .addHelpText("after", help("nabla predict runs/photos cat.jpg dog.png", "nabla predict runs/iris new.csv --json"))
    .action(async (run: string, inputs: string[], given: { json: boolean }) => {
      exitCode = (await import("./use.ts")).predict(run, inputs, given) > 0 ? 1 : 0;
    });
  return [evaluate, predict];
}

function aboutCommands(): Command[] {
  const examples = new Command("examples")
    .description("list the example programs, or run one")
    .argument("[name]")
    .argument("[args...]")
    .passThroughOptions()
    .addHelpText("after", help("nabla examples", "EPOCHS=1 nabla examples mnist-mlp"))
    .action(async (name: string | undefined, args: string[]) => {
      const { exampleList, runExample } = await import("./examples.ts");
      if (name === undefined) console.log(exampleList());
      else exitCode = await runExample(name, args);
    });
  const info = new Command("info")
    .description("what runs here: kernels, threads, instruction set, datasets found")
    .addHelpText("after", help("nabla info", "NABLA_BACKEND=wasm nabla info"))
    .action(async () => (await import("./about.ts")).showInfo());
  return [examples, info];
}

function help(...examples: string[]): string {
  return `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`;
}

const program = new Command("nabla")
  .description(
    "Neural networks from the command line. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.",
  )
  .enablePositionalOptions()
  .version(version(), "--version", "the version of nabla")
  .addHelpText(
    "after",
    help("nabla train csv iris.csv --target species", "nabla predict runs/iris new.csv", "nabla info"),
  );
for (const command of [trainCommand(), ...useCommands(), sweepCommand(), ...aboutCommands()])
  program.addCommand(command);

/** Wrong usage is code 2, for every command. */
function quitsQuietly(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) quitsQuietly(inner);
}
quitsQuietly(program);

/** Whoever reads has enough, as `head`: the end that a program without a handler of its own would have. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : 2;
  else exitCode = exitCodeOf(error);
}
process.exitCode = exitCode;
