/** Runs of the op cases: what each computes, and the gradients of its inputs. */
import { createHash } from "node:crypto";
import { type DType, grad, manualSeed, type Tensor, tensor } from "../../src/index.ts";
import type { Case } from "./cases/case.ts";
import { FAMILIES, type Family } from "./cases.ts";
import { build, type Input, type InputSet } from "./inputs.ts";

export const SEED = 777;
export type Float = "float32" | "float64";

/** One case on one set of inputs, in one float dtype. */
export interface Run {
  readonly family: Family;
  readonly op: string;
  readonly case: Case;
  readonly set: InputSet;
  readonly float: Float;
  /** Names the expression and every number that goes in, so that a fixture made of others is noticed. */
  readonly key: string;
  readonly title: string;
}

function keyOf(row: Case, set: InputSet): string {
  const hash = createHash("sha1").update(row.torch);
  for (const { shape, kind, values } of set.inputs) {
    hash.update(JSON.stringify([shape, kind])).update(Float64Array.from(values));
  }
  return hash.digest("hex").slice(0, 12);
}

function runsOf(family: Family, row: Case, set: InputSet): Run[] {
  const floats: Float[] = set.inputs.some((x) => x.kind === "float") ? ["float32", "float64"] : ["float32"];
  const key = keyOf(row, set);
  const kinds = set.inputs.map((x) => x.kind);
  return floats.map((float) => {
    const dtypes = [...new Set(kinds.map((kind) => (kind === "float" ? float : kind)))].join(", ");
    return { family, op: row.op, case: row, set, float, key, title: `${row.torch} · ${set.name} · ${dtypes}` };
  });
}

/** Every case of a family on every set of its inputs. */
export function runs(family: Family): Run[] {
  return FAMILIES[family].flatMap((row) => row.sets.flatMap((set) => runsOf(family, row, set)));
}

/** The number that element i of a result is weighted with, in gradients and in sums: exact in every float dtype, never 0. */
export function weight(i: number): number {
  return (((i * 29 + 7) % 61) - 29.5) / 16;
}

/** The weights of a result, as the gradient that `backward` starts from. */
export function weights(shape: readonly number[], dtype: DType): Tensor {
  const count = shape.reduce((total, size) => total * size, 1);
  return (
    tensor(
      Float64Array.from({ length: count }, (_, i) => weight(i)),
      { dtype },
    ) as Tensor
  ).reshape(...shape) as Tensor;
}

export interface Outcome {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Computes a run. With `track` the float inputs require gradients. */
export function compute(run: Run, track: boolean, inputs: readonly Input[] = run.set.inputs): Outcome {
  const built = inputs.map((x) => build(x, run.float, track && (x.kind === "float" || x.kind.startsWith("float"))));
  manualSeed(SEED);
  const result = run.case.run(...(built as [Tensor, Tensor, Tensor]));
  return { inputs: built, outputs: Array.isArray(result) ? result : [result as Tensor] };
}

/** The gradients of the first result, weighted, for every input: null where none comes. */
export function gradients({ inputs, outputs }: Outcome): (Tensor | null)[] {
  const y = outputs[0] as Tensor;
  y.backward(weights(y.shape, y.dtype));
  return inputs.map((x) => x.grad);
}

/** The same, with the gradient coming in as a transposed view of the weights. */
export function gradientsThroughView({ inputs, outputs }: Outcome): (Tensor | null)[] {
  const y = outputs[0] as Tensor;
  const reversed = y.shape.map((_, i) => y.ndim - 1 - i);
  const turned = y.permute(...reversed) as Tensor;
  turned.backward(
    weights(y.shape, y.dtype)
      .permute(...reversed)
      .contiguous() as Tensor,
  );
  return inputs.map((x) => x.grad);
}

/**
 * The gradients of the first result as tensors that can be differentiated again: by every float input, starting from `seed`.
 * `slope` is their weighted sum.
 */
export function slope({ inputs, outputs }: Outcome, seed: Tensor): Tensor | null {
  const y = outputs[0] as Tensor;
  const by = inputs.filter((x) => x.requiresGrad);
  const found = grad(y, by, { gradOutputs: seed, createGraph: true, materializeGrads: true });
  const parts = found.filter((g) => g.requiresGrad).map((g) => g.mul(weights(g.shape, g.dtype)).sum());
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum.add(part));
}
