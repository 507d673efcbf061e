/** One workload against every PyTorch. */
import { interleave, type Series } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { type Row, unmeasured } from "./table.ts";

/** A workload with its goal against each PyTorch; null only informs. */
export interface Comparison {
  what: string;
  workload: string;
  goals: Record<TorchVersion, number | null>;
}

/** One goal against both. */
export const both = (goal: number | null): Record<TorchVersion, number | null> => ({ torch1: goal, torch2: goal });

/** A row for each PyTorch. */
export async function compare(setting: Setting, { what, workload, goals }: Comparison): Promise<Row[]> {
  console.log(`\n${what}`);
  if (setting.torches.length === 0) return [unmeasured(what, "no PyTorch is installed")];
  const opponents = setting.torches.map((torch) => against(torch, `${workload}/best`));
  const [own, ...others] = await withNabla(setting, (server) =>
    interleave([{ name: "nabla", server, workload }, ...opponents], setting.pace),
  );
  return setting.torches.map(({ version }, i) => versus(what, own as Series, others[i] as Series, goals[version]));
}

/** The rows of several workloads, one after the other. */
export async function compareAll(setting: Setting, comparisons: readonly Comparison[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const comparison of comparisons) rows.push(...(await compare(setting, comparison)));
  return rows;
}
