/** Recurrent layers and attention against PyTorch. */
import { compareAll } from "./comparison.ts";
import type { TorchVersion } from "./servers.ts";
import type { Setting } from "./setting.ts";
import type { Row } from "./table.ts";

const TRAINING: Record<TorchVersion, number> = { torch1: 2.5, torch2: 1.5 };
const CHARACTER: Record<TorchVersion, number> = { torch1: 10, torch2: 10 };
const ATTENTION: Record<TorchVersion, number> = { torch1: 1, torch2: 1 };

const COMPARISONS = [
  ...["LSTM", "GRU", "RNN"].flatMap((kind) => {
    const name = kind.toLowerCase();
    return [
      { what: `${kind} training step, 28 × 28, 128 units, batch 100`, workload: `${name}_28x28_128`, goals: TRAINING },
      { what: `${kind} training step, 64 × 64, 256 units, batch 32`, workload: `${name}_64x64_256`, goals: TRAINING },
      {
        what: `${kind}, one character, 128 units: cell`,
        workload: `${name}_character`,
        goals: CHARACTER,
        limit: { workload: `${name}_weights`, what: "the sum of as many numbers as it has weights" },
      },
      {
        what: `${kind}, one character, 128 units: layer`,
        workload: `${name}_layer_character`,
        goals: CHARACTER,
      },
      { what: `${kind}, one character drawn, 128 units`, workload: `${name}_sampling`, goals: CHARACTER },
    ];
  }),
  ...["64 × 16 × 128, 4 heads", "128 × 8 × 256, 8 heads"].flatMap((size) => {
    const name = (size.split(",")[0] as string).replaceAll(" × ", "x");
    return [
      { what: `attention ${size}, both ways`, workload: `attention_${name}`, goals: ATTENTION },
      { what: `attention ${size}, both ways, no weights given`, workload: `attention_${name}_plain`, goals: ATTENTION },
      { what: `Transformer layer ${size}, training step`, workload: `transformer_${name}`, goals: ATTENTION },
    ];
  }),
  ...["16 × 4 × 64 × 32", "8 × 8 × 128 × 32"].map((size) => ({
    what: `scaled dot-product attention ${size}, both ways`,
    workload: `scaled_${size.replaceAll(" × ", "x")}`,
    goals: ATTENTION,
  })),
];

/** Training steps of recurrent layers, one character at a time, attention and a Transformer layer. */
export async function recurrent(setting: Setting): Promise<Row[]> {
  return await compareAll(setting, COMPARISONS);
}
