/** Recurrent layers and attention against PyTorch. */
import { interleave, type Series } from "./rounds.ts";
import type { TorchVersion } from "./servers.ts";
import { against, type Setting, versus, withNabla } from "./setting.ts";
import { type Row, unmeasured } from "./table.ts";

const TRAINING: Record<TorchVersion, number> = { torch1: 2.5, torch2: 1.5 };
const CHARACTER: Record<TorchVersion, number> = { torch1: 10, torch2: 10 };
const ATTENTION: Record<TorchVersion, number> = { torch1: 1, torch2: 1 };

const COMPARISONS = [
  ...["LSTM", "GRU", "RNN"].flatMap((kind) => {
    const name = kind.toLowerCase();
    return [
      { what: `${kind} training step, 28 × 28, 128 units, batch 100`, workload: `${name}_28x28_128`, goals: TRAINING },
      { what: `${kind} training step, 64 × 64, 256 units, batch 32`, workload: `${name}_64x64_256`, goals: TRAINING },
      { what: `${kind}, one character, 128 units`, workload: `${name}_character`, goals: CHARACTER },
    ];
  }),
  { what: "attention 64 × 32 × 128, 4 heads, both ways", workload: "attention_64x32x128", goals: ATTENTION },
  { what: "Transformer layer 64 × 32 × 128, training step", workload: "transformer_64x32x128", goals: ATTENTION },
];

/** Training steps of recurrent layers, one character at a time, attention and a Transformer layer. */
export async function recurrent(setting: Setting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { what, workload, goals } of COMPARISONS) {
    console.log(`\n${what}`);
    if (setting.torches.length === 0) {
      rows.push(unmeasured(what, "no PyTorch is installed"));
      continue;
    }
    const opponents = setting.torches.map((torch) => against(torch, `${workload}/best`));
    const [own, ...others] = await withNabla(setting, (server) =>
      interleave([{ name: "nabla", server, workload }, ...opponents], setting.pace),
    );
    for (const [i, { version }] of setting.torches.entries()) {
      rows.push(versus(what, own as Series, others[i] as Series, goals[version]));
    }
  }
  return rows;
}
