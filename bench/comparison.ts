/** One workload against every PyTorch. */
import { rowsWithLimit } from "./limits.ts";
import { interleave, type Series } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { type Row, unmeasured } from "./table.ts";

/** A workload with its goal against each PyTorch; null only informs. */
export interface Comparison {
  what: string;
  workload: string;
  goals: Record<TorchVersion, number | null>;
  /** A workload of nabla that the machine cannot do this one faster than, and what it is. */
  limit?: { workload: string; what: string };
}

/** One goal against both. */
export const both = (goal: number | null): Record<TorchVersion, number | null> => ({ torch1: goal, torch2: goal });

/** A row for each PyTorch. */
export async function compare(setting: Setting, { what, workload, goals, limit }: Comparison): Promise<Row[]> {
  console.log(`\n${what}`);
  if (setting.torches.length === 0) return [unmeasured(what, "no PyTorch is installed")];
  const opponents = setting.torches.map((torch) => against(torch, `${workload}/best`));
  const [own, ...others] = await withNabla(setting, (server) => {
    const limits = limit === undefined ? [] : [{ name: "limit", server, workload: limit.workload }];
    return interleave([{ name: "nabla", server, workload }, ...opponents, ...limits], setting.pace);
  });
  if (limit === undefined)
    return setting.torches.map(({ version }, i) => versus(what, own as Series, others[i] as Series, goals[version]));
  const least = (others.at(-1) as Series).rounds.map((round) => round.median_us);
  return rowsWithLimit(setting, what, own as Series, others, goals, { what: limit.what, rounds: least });
}

/** The rows of several workloads, one after the other. */
export async function compareAll(setting: Setting, comparisons: readonly Comparison[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const comparison of comparisons) rows.push(...(await compare(setting, comparison)));
  return rows;
}
