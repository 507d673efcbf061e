/** Exit codes: 0 for success, 1 for what failed, 2 for a command that is wrong, 130 for Ctrl-C. */
import { NablaError } from "../errors.ts";

/** Says an error in one line, without a stack where it is the user's to mend. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof NablaError) {
    if (error.message === "fit: interrupted" || error.message === "sweep: interrupted") return 130;
    process.stderr.write(`error: ${error.message}\n`);
  } else process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
