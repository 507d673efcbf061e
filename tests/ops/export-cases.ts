/** Writes the runs of a family of op cases as JSON lines, for make-fixtures.py. */
import type { Family } from "./cases.ts";
import { runs, SEED, weight } from "./runs.ts";

const PERIOD = 61;
const head = { seed: SEED, weights: Array.from({ length: PERIOD }, (_, i) => weight(i)) };
const lines = runs(process.argv[2] as Family).map(({ key, float, case: { torch }, set }) => {
  const inputs = set.inputs.map(({ shape, kind, values }) => ({
    shape,
    dtype: kind === "float" ? float : kind,
    data: Buffer.from(Float64Array.from(values).buffer).toString("base64"),
  }));
  return { key, float, torch, inputs };
});
for (const line of [head, ...lines]) process.stdout.write(`${JSON.stringify(line)}\n`);
