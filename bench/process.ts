/** Whole programs, timed from their start to their end. */
import { spawn } from "node:child_process";
import { type Command, ROOT } from "./server.ts";

export interface Finished {
  seconds: number;
  output: string;
}

/** Runs a program to its end; throws with what it said when it fails. */
export function runProgram(command: Command, cwd: string = ROOT): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command.file, command.args, {
      cwd,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let complaints = "";
    child.stdout.on("data", (text) => {
      output += text;
    });
    child.stderr.on("data", (text) => {
      complaints += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, output });
      else reject(new Error(`${command.args.join(" ")}: exit code ${code}: ${complaints.trim().slice(-2000)}`));
    });
  });
}
