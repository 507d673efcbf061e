/** About forty operations at two sizes against PyTorch: none should be slow, and most faster. */
import { OP_SIZES, OPERATIONS } from "./op-table.ts";
import { interleave, ratios, type Series } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { median } from "./statistics.ts";
import { type Row, ratioRow, unmeasured } from "./table.ts";

const SLOWEST = 0.8;
const TYPICAL = 1.2;
/** There are many operations, and each is short. */
const SHARE_OF_TIME = 0.3;

/** Every operation at every size, and the median over all of them. */
export async function ops(setting: Setting): Promise<Row[]> {
  if (setting.torches.length === 0) return [unmeasured("operations", "no PyTorch is installed")];
  const pace = { ...setting.pace, seconds: setting.pace.seconds * SHARE_OF_TIME };
  const rows: Row[] = [];
  const all = new Map<TorchVersion, number[]>();
  await withNabla(setting, async (server) => {
    for (const { name, torch } of OPERATIONS) {
      for (const [size, [r, c]] of Object.entries(OP_SIZES)) {
        const what = `${name} ${size}`;
        console.log(`\n${what}`);
        const contenders = setting.torches.map((other) => against(other, `op ${r} ${c} ${torch}`, torch));
        const series = await interleave(
          [{ name: "nabla", server, workload: `op ${r} ${c} ${name}` }, ...contenders],
          pace,
        );
        const [own, ...others] = series as [Series, ...Series[]];
        for (const [i, { version }] of setting.torches.entries()) {
          const other = others[i] as Series;
          rows.push(versus(what, own, other, SLOWEST));
          all.set(version, [...(all.get(version) ?? []), median(ratios(other, own))]);
        }
      }
    }
  });
  const medians = setting.torches.map(({ version, title }) => {
    const row = {
      what: `the median of ${OPERATIONS.length} operations at both sizes`,
      goal: TYPICAL,
      nabla: "",
      other: title,
    };
    return ratioRow(row, all.get(version) as number[]);
  });
  return [...medians, ...rows];
}
