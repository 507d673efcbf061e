/** Convolutions, forward and backward with all three gradients, and max pooling, against PyTorch. */
import { both, type Comparison, compareAll } from "./comparison.ts";
import type { Setting } from "./setting.ts";
import type { Row } from "./table.ts";

const LINES: readonly Comparison[] = [
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
  const layers = LINES.flatMap(({ what, workload, goals }) => [
    { what: `${what}: forward+backward`, workload, goals },
    { what: `${what}: forward`, workload: `${workload}_forward`, goals: both(null) },
  ]);
  const pooling = { what: "max pool 2×2, 32 @32², batch 64: forward+backward", workload: "max_pool", goals: both(1.2) };
  return await compareAll(setting, [...layers, pooling]);
}
