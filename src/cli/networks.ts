/** The networks that `nabla train` builds. */
import { nn } from "../index.ts";

/** A convolutional network for square images. */
export interface ImageNetwork {
  readonly channels: 1 | 3;
  /** Height and width. */
  readonly size: number;
  readonly classes: number;
}

/** A column of a table as inputs: a number that is scaled, or a category with an input for each name. */
export type CsvColumn =
  | { readonly name: string; readonly kind: "number"; readonly mean: number; readonly std: number }
  | { readonly name: string; readonly kind: "category"; readonly names: readonly string[] };

const WIDEST = 64;

/** Convolutions with batch normalisation, each halving the image down to about 7 pixels, and two linear layers. */
export function classifierOf({ channels, size, classes }: ImageNetwork): nn.Module {
  const blocks = Math.max(1, Math.min(4, Math.round(Math.log2(size / 7))));
  const layers: nn.Module[] = [];
  let [width, side]: [number, number] = [channels, size];
  for (let i = 0; i < blocks; i++) {
    const wider = Math.min(WIDEST, 16 * 2 ** i);
    layers.push(new nn.Conv2d(width, wider, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(wider), new nn.ReLU());
    layers.push(new nn.MaxPool2d(2));
    width = wider;
    side = Math.floor(side / 2);
  }
  layers.push(new nn.Flatten(), new nn.Dropout(0.25), new nn.Linear(width * side * side, 128), new nn.ReLU());
  layers.push(new nn.Linear(128, classes));
  return new nn.Sequential(...layers);
}

/** Linear layers with ReLU between them. */
export function regressorOf(columns: readonly CsvColumn[], hidden: readonly number[], outputs: number): nn.Module {
  const layers: nn.Module[] = [];
  let width = inputsOf(columns);
  for (const units of hidden) {
    layers.push(new nn.Linear(width, units), new nn.ReLU());
    width = units;
  }
  layers.push(new nn.Linear(width, outputs));
  return new nn.Sequential(...layers);
}

/** How many inputs the columns make. */
export function inputsOf(columns: readonly CsvColumn[]): number {
  return columns.reduce((sum, column) => sum + (column.kind === "number" ? 1 : column.names.length), 0);
}
