/** The op cases in a page, against the fixtures that the tests in Node use. */
import { backend } from "../../../src/backend/index.browser.ts";
import type { WasmBackend } from "../../../src/backend/wasm-backend.ts";
import { info, setThreads } from "../../../src/index.ts";
import { disagreement, threadDisagreement } from "../../ops/agreement.ts";
import { FAMILIES, type Family } from "../../ops/cases.ts";
import { runs } from "../../ops/runs.ts";
import { fetchFixtures } from "./fetched-fixtures.ts";

interface Outcome {
  readonly runs: number;
  readonly failures: readonly string[];
}

/** Calls `check` for runs and collects what it says. */
function collect(
  chosen: ReturnType<typeof runs>,
  check: (run: ReturnType<typeof runs>[number]) => string | null,
): Outcome {
  const failures: string[] = [];
  for (const run of chosen) {
    let problem: string | null;
    try {
      problem = check(run);
    } catch (error) {
      problem = String(error);
    }
    if (problem !== null) failures.push(`${run.op} · ${run.title}: ${problem}`);
  }
  return { runs: chosen.length, failures };
}

/** Values and gradients as PyTorch's, for all runs of a family. */
async function family(name: Family): Promise<Outcome> {
  await fetchFixtures(name);
  return collect(runs(name), disagreement);
}

/** The same bits with any number of threads, for the large runs of a family. */
function threads(name: Family): Outcome {
  const most = info().threads;
  try {
    return collect(
      runs(name).filter(({ set }) => set.large),
      threadDisagreement,
    );
  } finally {
    setThreads(most);
  }
}

/** How many tasks each thread has run. */
function claimed(): number[] {
  return (backend as WasmBackend).claimedTasks();
}

Object.assign(globalThis, { page: { info, families: Object.keys(FAMILIES), family, threads, claimed } });
