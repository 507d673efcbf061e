// Memory over the full number of steps, on both homes.
import { run, script } from "./run.mjs";

export function checkMemory() {
  const env = { ...process.env, NABLA_LONG: "1" };
  run(process.execPath, [script("vitest/vitest.mjs"), "run", "tests/memory"], { env });
}
