/** Training steps, optimizers and operations against PyTorch. */
import { both, type Comparison, compareAll } from "./comparison.ts";
import { rowsWithLimit } from "./limits.ts";
import { interleave, type Series, speed, time } from "./rounds.ts";
import type { Measurement } from "./server.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { MLP_FLOPS } from "./sizes.ts";
import { median } from "./statistics.ts";
import { type Row, unmeasured } from "./table.ts";

/** The small network, and the forward pass of the large one. */
export async function training(setting: Setting): Promise<Row[]> {
  const rows = await mlpStep(setting);
  const comparisons: Comparison[] = [
    { what: "forward 784-500-10, batch 100", workload: "mlp_forward", goals: both(null) },
    { what: "1-6-1, batch 1, SGD: the step", workload: "tiny_sgd_step", goals: both(40) },
    { what: "1-6-1, batch 1, Adam: the step", workload: "tiny_adam_step", goals: both(40) },
    { what: "1-6-1, batch 1, SGD: the whole loop", workload: "tiny_loop_sgd", goals: both(20) },
    { what: "1-6-1, batch 1, Adam: the whole loop", workload: "tiny_loop_adam", goals: both(20) },
  ];
  return [...rows, ...(await compareAll(setting, comparisons))];
}

const MLP_GOALS: Record<TorchVersion, number> = { torch1: 1.6, torch2: 1.3 };

/**
 * The training step against PyTorch and against the machine's limit: its products at the measured peak, and Adam's memory
 * traffic at the measured speed of an addition. Where PyTorch is so near the limit that the ratio cannot be had, the share of the
 * limit is the goal.
 */
async function mlpStep(setting: Setting): Promise<Row[]> {
  const what = "training step 784-500-10, batch 100, Adam";
  console.log(`\n${what}`);
  const series = await withNabla(setting, (server) => {
    const own = ["mlp_adam_step", "fma_peak", "adam_traffic"].map((workload) => ({ name: workload, server, workload }));
    const others = setting.torches.map((torch) => against(torch, "mlp_adam_step/best"));
    return interleave([...own, ...others], setting.pace);
  });
  const [step, peak, traffic, ...others] = series as [Series, Series, Series, ...Series[]];
  const limits = peak.rounds.map((round, i) => MLP_FLOPS / speed(round) + (traffic.rounds[i] as Measurement).median_us);
  console.log(`  ${"the machine's limit".padEnd(24)} median ${time(median(limits)).padStart(9)}`);
  const limit = { what: "products at the FMA peak + Adam's memory traffic", rounds: limits };
  return rowsWithLimit(setting, what, step, others, MLP_GOALS, limit);
}

/** Adam over a million parameters: PyTorch's default, and its fused form where it has one. */
export async function adam(setting: Setting): Promise<Row[]> {
  const what = "Adam over 1 M parameters";
  console.log(`\n${what}`);
  if (setting.torches.length === 0) return [unmeasured(what, "no PyTorch is installed")];
  const opponents = setting.torches.flatMap((torch) => {
    const forms = [{ contender: against(torch, "adam_1m", "default"), goal: 3 }];
    const fused = (torch.description.workloads as string[]).includes("adam_1m/fused");
    if (fused) forms.push({ contender: against(torch, "adam_1m/fused", "fused"), goal: 0.95 });
    return forms;
  });
  const [own, ...others] = await withNabla(setting, (server) =>
    interleave(
      [{ name: "nabla", server, workload: "adam_1m" }, ...opponents.map((opponent) => opponent.contender)],
      setting.pace,
    ),
  );
  return others.map((other, i) => versus(what, own as Series, other, opponents[i]?.goal as number));
}

/** relu, add, sum and softmax, small and large. */
export async function elementwise(setting: Setting): Promise<Row[]> {
  const sizes = [
    ["100x500", "100×500"],
    ["1m", "1024×1024"],
  ];
  const comparisons = ["relu", "add", "sum", "softmax"].flatMap((operation) =>
    sizes.map(([label, title]) => ({
      what: `${operation} ${title}`,
      workload: `${operation}_${label}`,
      goals: both(0.95),
    })),
  );
  return await compareAll(setting, comparisons);
}
