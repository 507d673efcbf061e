/** Matrix products against the machine's peak. */
import { interleave, type Series, speed, typical } from "./rounds.ts";
import type { Measurement } from "./server.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { type Row, ratioRow } from "./table.ts";

const PRODUCTS = [
  { workload: "sgemm_512", title: "SGEMM 512³", kernel: 0.92, operation: 0.88 },
  { workload: "gemm_nn", title: "SGEMM 100×500×784", kernel: 0.85, operation: 0.85 },
  { workload: "gemm_nt", title: "SGEMM 100×500×784, B transposed", kernel: 0.85, operation: 0.85 },
  { workload: "gemm_tn", title: "SGEMM 100×500×784, A transposed", kernel: 0.85, operation: 0.85 },
];

function gigaflops(rounds: readonly Measurement[]): string {
  return `${((rounds[0]?.flops as number) / typical(rounds) / 1000).toFixed(0)} GFLOP/s`;
}

/** Matrix products, as kernels and as operations, against the multiply-adds that the machine does in the same round. */
export async function products(setting: Setting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const product of PRODUCTS) rows.push(...(await productRows(setting, product)));
  return rows;
}

async function productRows(setting: Setting, product: (typeof PRODUCTS)[number]): Promise<Row[]> {
  const { workload, title } = product;
  console.log(`\n${title}`);
  const [peak, changing, kernel, operation, ...others] = (await withNabla(setting, (server) =>
    interleave(
      [
        { name: "FMA peak", server, workload: "fma_peak" },
        { name: "FMA peak on changing operands", server, workload: "fma_peak_changing" },
        { name: "kernel", server, workload: `${workload}/kernel` },
        { name: "public API", server, workload },
        ...setting.torches.map((torch) => against(torch, workload, "torch.mm")),
      ],
      setting.pace,
    ),
  )) as [Series, Series, Series, Series, ...Series[]];
  const row = (what: string, series: Series, limit: Series, goal: number | null): Row => {
    const shares = series.rounds.map((round, i) => speed(round) / speed(limit.rounds[i] as Measurement));
    const sides = { nabla: gigaflops(series.rounds), other: `${gigaflops(limit.rounds)} ${limit.contender.name}` };
    return ratioRow({ what, goal, unit: "%", ...sides }, shares);
  };
  return [
    row(`${title}: kernel`, kernel, peak, product.kernel),
    row(`${title}: kernel`, kernel, changing, null),
    row(`${title}: public API`, operation, peak, product.operation),
    ...others.map((other) => versus(`${title}: public API`, operation, other, null)),
  ];
}
