/** Convolutions, forward and backward with all three gradients, and max pooling, against PyTorch. */
import { interleave, type Series } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { type Row, unmeasured } from "./table.ts";

interface Line {
  what: string;
  workload: string;
  /** Against each PyTorch; null only informs. */
  goals: Record<TorchVersion, number | null>;
}

const both = (goal: number | null): Record<TorchVersion, number | null> => ({ torch1: goal, torch2: goal });

const LINES: readonly Line[] = [
  { what: "conv 3→32 @32², k3 p1, batch 64", workload: "conv_3_32", goals: { torch1: 2, torch2: null } },
  { what: "conv 32→64 @16², k3 p1, batch 64", workload: "conv_32_64", goals: { torch1: 1.05, torch2: null } },
  { what: "conv 64→128 @16², 1×1, batch 64", workload: "conv_1x1", goals: both(0.9) },
  { what: "conv 64→64 @28², k3 s2 p1, batch 32", workload: "conv_strided", goals: both(0.9) },
  { what: "conv 64→64 @16², k3 p1, 4 groups, batch 64", workload: "conv_grouped", goals: both(0.9) },
  { what: "conv 64 @32², k3 p1, depthwise, batch 32", workload: "conv_depthwise", goals: both(0.9) },
  { what: "conv 256→256 @8², k3 p1, batch 32", workload: "conv_deep", goals: both(null) },
  { what: "conv 16→16 @32², k3 p1, batch 64", workload: "conv_16_16", goals: both(null) },
  { what: "conv 32→32 @16², k3 p1, batch 64", workload: "conv_32_32", goals: both(null) },
  { what: "conv 64→64 @8², k3 p1, batch 64", workload: "conv_64_64", goals: both(null) },
];

/** Forward and backward have goals; forward alone informs. */
export async function convolution(setting: Setting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, workload, goals } of LINES) {
    rows.push(...(await compare(setting, { what: `${what}: forward+backward`, workload, goals })));
    rows.push(
      ...(await compare(setting, { what: `${what}: forward`, workload: `${workload}_forward`, goals: both(null) })),
    );
  }
  const pooling = { what: "max pool 2×2, 32 @32², batch 64: forward+backward", workload: "max_pool", goals: both(1.2) };
  return [...rows, ...(await compare(setting, pooling))];
}

async function compare(setting: Setting, { what, workload, goals }: Line): Promise<Row[]> {
  console.log(`\n${what}`);
  if (setting.torches.length === 0) return [unmeasured(what, "no PyTorch is installed")];
  const opponents = setting.torches.map((torch) => against(torch, `${workload}/best`));
  const [own, ...others] = await withNabla(setting, (server) =>
    interleave([{ name: "nabla", server, workload }, ...opponents], setting.pace),
  );
  return setting.torches.map(({ version }, i) => versus(what, own as Series, others[i] as Series, goals[version]));
}
