// Settings by environment variables: what is no backend, instruction set or number of threads is one clear error at load.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("environment-child.ts", import.meta.url));

async function load(environment: Record<string, string>): Promise<{ error?: string; code?: string; info?: object }> {
  const env = { ...process.env, NABLA_BACKEND: "", NABLA_ISA: "", NABLA_THREADS: "", ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], { env });
  return JSON.parse(stdout);
}

test.concurrent.each<[Record<string, string>, string, string]>([
  [{ NABLA_BACKEND: "cuda" }, "ERR_BACKEND", 'NABLA_BACKEND: expects native or wasm; got "cuda"'],
  [{ NABLA_THREADS: "many" }, "ERR_VALUE", 'NABLA_THREADS: expects a whole number from 1 to 64; got "many"'],
  [{ NABLA_THREADS: "0" }, "ERR_VALUE", "from 1 to 64; got"],
  [{ NABLA_BACKEND: "native", NABLA_ISA: "sse9" }, "ERR_BACKEND", 'no instruction set "sse9"'],
])("%j", async (environment, code, message) => {
  const found = await load(environment);
  expect(found.error).toContain(message);
  expect(found.code).toBe(code);
});

test.concurrent("NABLA_THREADS=1 is one thread", async () => {
  expect((await load({ NABLA_THREADS: "1" })).info).toMatchObject({ threads: 1 });
});
