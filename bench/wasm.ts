/** The training step of the network 784-500-10 on WASM in Node, against other libraries' WASM. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./process.ts";
import { type Contender, interleave, type Series } from "./rounds.ts";
import { ROOT, Server } from "./server.ts";
import { script, startNabla } from "./servers.ts";
import { type Setting, versus } from "./setting.ts";
import { type Row, unmeasured } from "./table.ts";

const WHAT = "WASM in Node: training step 784-500-10, batch 100, Adam";
const GOAL = 3;
const FOLDER = join(ROOT, "bench/tfjs");

/** The libraries compared with are no dependencies of the project. */
async function install(): Promise<void> {
  if (existsSync(join(FOLDER, "node_modules/.package-lock.json"))) return;
  console.log("  installing them: npm ci in bench/tfjs (once, about 300 MB)");
  await runProgram({ file: "npm", args: ["ci", "--ignore-scripts", "--no-audit", "--no-fund"] }, FOLDER);
}

/** nabla with its threads and, to inform, with one, as the others run in Node. */
export async function wasm({ pace }: Setting): Promise<Row[]> {
  console.log(`\n${WHAT}`);
  try {
    await install();
  } catch (error) {
    return [unmeasured(WHAT, (error as Error).message.split("\n")[0] as string)];
  }
  const env = { NABLA_BACKEND: "wasm" };
  const servers = [
    startNabla(pace.threads, env),
    startNabla(1, env),
    new Server("tfjs", script("tfjs/tfjs.mjs")),
    new Server("jax-js", script("tfjs/jax.mjs")),
  ];
  try {
    const names: string[] = [];
    for (const server of servers) names.push(nameOf(await server.describe()));
    console.log(`  ${names.join("\n  ")}`);
    const contenders: Contender[] = servers.map((server, i) => ({
      name: names[i] as string,
      server,
      workload: "mlp_adam_step",
    }));
    const [own, single, tfjs, jax] = (await interleave(contenders, pace)) as [Series, Series, Series, Series];
    return [
      versus(WHAT, own, tfjs, GOAL),
      versus(`${WHAT}, one thread`, single, tfjs, null),
      versus(WHAT, own, jax, null),
      versus(`${WHAT}, one thread`, single, jax, null),
    ];
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** "tfjs-backend-wasm 4.22.0, simd, 1 thread". */
function nameOf({
  name: _,
  backend: __,
  node: ___,
  threads,
  simd,
  instructionSet,
  ...versions
}: Record<string, unknown>): string {
  const [library, version] = Object.entries(versions)[0] as [string, unknown];
  const parts = [`${library} ${version}`];
  if (instructionSet !== undefined) parts.push(String(instructionSet));
  if (simd === true) parts.push("simd");
  parts.push(threads === 1 ? "1 thread" : `${threads} threads`);
  return parts.join(", ");
}
