/** A program with two sweeps: `sweep-child.ts FOLDER MODE`. The second one's trials fail, diverge, die or take their time as MODE says. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { rand } from "../../src/index.ts";
import { sweep } from "../../src/train/index.ts";

const [folder, mode] = process.argv.slice(2) as [string, string];
const first = await sweep({ a: [1, 2] }, ({ a }) => a * 10, { processes: 2, progress: false });
const best = first.best("value", "max").config.a;
const resume = mode.includes("resume");
const result = await sweep(
  { lr: [0.1, 0.2, 0.3], hidden: ["few", "many"] },
  async ({ lr, hidden }, { index, seed }) => {
    if (mode === "slow") await sleep(index < 2 ? 0 : 100_000);
    if (mode === "fails" && index === 1) throw new RangeError("too few");
    if (mode === "dies" && index === 2) {
      console.error("out of breath");
      process.exit(3);
    }
    // What the disk says when it is full, without one: a folder is where the trial's file belongs.
    if (mode === "full" && index === 3) {
      while ([0, 1, 2].some((before) => !existsSync(`${folder}/trial-000${before}.json`))) await sleep(10);
      mkdirSync(`${folder}/trial-0003.json`);
    }
    if (index === 0) writeFileSync(`${folder}/first-${process.pid}-${mode}`, "");
    const odd = mode.startsWith("diverges") ? [Number.NaN, Number.NEGATIVE_INFINITY][index] : undefined;
    return { accuracy: odd ?? lr * best + (hidden === "many" ? 1 : 0), random: rand(1).item(), seed };
  },
  { folder, resume, seed: 50, processes: mode === "alone" ? 1 : 2, progress: mode === "slow" },
);
console.log(JSON.stringify(result.trials.map(({ seconds, ...trial }) => trial)));
console.log(result.table());
