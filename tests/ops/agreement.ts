/** Whether a run gives what PyTorch computed, and the same with every number of threads: in words, for any test runner. */
import { setThreads, type Tensor } from "../../src/index.ts";
import { difference, expected, type Stored } from "./fixtures.ts";
import { compute, gradients, gradientsThroughView, type Run } from "./runs.ts";

/** How the values and gradients of a run differ from PyTorch's, or null. */
export function disagreement(run: Run): string | null {
  const wanted = expected(run);
  const outcome = compute(run, true);
  const special = run.set.special ?? false;
  if (outcome.outputs.length !== wanted.y.length) {
    return `${outcome.outputs.length} results, in PyTorch ${wanted.y.length}`;
  }
  for (const [i, y] of outcome.outputs.entries()) {
    const found = difference(y, wanted.y[i] as Stored, { special, signedZeros: special });
    if (found !== null) return `result ${i}: ${found}`;
  }
  const first = outcome.outputs[0] as Tensor;
  if (first.requiresGrad !== (wanted.g !== undefined)) {
    return `requiresGrad is ${first.requiresGrad}, in PyTorch ${wanted.g !== undefined}`;
  }
  if (wanted.g === undefined) return null;
  const found = gradientDisagreement(run, gradients(outcome));
  if (found !== null || first.ndim < 2 || run.set.large) return found;
  return gradientDisagreement(run, gradientsThroughView(compute(run, true)));
}

function gradientDisagreement(run: Run, found: readonly (Tensor | null)[]): string | null {
  const wanted = expected(run).g ?? [];
  const special = run.set.special ?? false;
  for (const [i, g] of found.entries()) {
    const want = wanted[i] ?? null;
    if ((g === null) !== (want === null)) return `input ${i} gets ${g === null ? "no" : "a"} gradient`;
    if (g === null || want === null) continue;
    const different = difference(g, want, { special, signedZeros: false });
    if (different !== null) return `gradient of input ${i}: ${different}`;
  }
  return null;
}

/** Where results with 2 or 4 threads have other bits than with one, or null. Leaves the number of threads at 4. */
export function threadDisagreement(run: Run): string | null {
  const [one, ...more] = [1, 2, 4].map((threads) => ({ threads, bytes: bytesWith(threads, run) }));
  for (const { threads, bytes } of more) {
    if (bytes.some((bits, i) => !sameBytes(bits, one?.bytes[i]))) return `${threads} threads give other bits than one`;
  }
  return null;
}

function bytesWith(threads: number, run: Run): Uint8Array[] {
  setThreads(threads);
  const outcome = compute(run, true);
  const results = [...outcome.outputs];
  if (outcome.outputs[0]?.requiresGrad) results.push(...gradients(outcome).filter((g) => g !== null));
  return results.map((x) => new Uint8Array(x.data().buffer));
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, i) => byte === b[i]);
}
