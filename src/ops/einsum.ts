/** Einstein's summation: products of tensors whose axes have names. */
import { ShapeError, ValueError } from "../errors.ts";
import { type DType, isFloat, promote } from "../tensor/dtypes.ts";
import { count, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { lastDiagonal } from "./products.ts";
import { reshaped } from "./views.ts";

/** A tensor whose axes have labels, each once. An axis of an ellipsis is labelled by its place from the end: ".0" is the last. */
interface Labelled {
  x: Tensor;
  labels: readonly string[];
}

/** A side of the arrow as labels; "..." stays as it is. */
function labelsOf(equation: string, text: string): string[] {
  const labels = text.match(/\.\.\.|[A-Za-z]/g) ?? [];
  if (labels.join("") !== text || labels.filter((label) => label === "...").length > 1) {
    throw new ValueError(`einsum: axes are letters, and one "..." a tensor; got "${text}" in "${equation}"`);
  }
  return labels;
}

/** The ellipsis as that many axes. */
function spelled(labels: readonly string[], axes: number): string[] {
  return labels.flatMap((label) =>
    label === "..." ? Array.from({ length: axes }, (_, i) => `.${axes - 1 - i}`) : label,
  );
}

/** One operand with its labels: equal labels become their diagonal. */
function operand(equation: string, text: string, given: Tensor): Labelled {
  const written = labelsOf(equation, text);
  const ellipsis = written.includes("...");
  const named = ellipsis ? written.length - 1 : written.length;
  if (ellipsis ? given.ndim < named : given.ndim !== named) {
    throw new ShapeError(`einsum: "${text}" names ${named} axes; got a tensor of ${show(given.shape)}`);
  }
  let [x, labels] = [given, spelled(written, given.ndim - named)];
  for (;;) {
    const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
    if (second < 0) return { x, labels };
    const first = labels.indexOf(labels[second] as string);
    if (x.shape[first] !== x.shape[second]) {
      throw new ShapeError(`einsum: axes "${labels[second]}" of "${text}" have one size; got ${show(given.shape)}`);
    }
    const rest = labels.map((_, i) => i).filter((i) => i !== first && i !== second);
    x = lastDiagonal(x.permute(...rest, first, second) as Tensor);
    labels = [...rest, first].map((i) => labels[i] as string);
  }
}

/** The labels of the result: as they are given, or those of an ellipsis and then, sorted, those that occur once. */
function resultLabels(
  equation: string,
  output: string | undefined,
  written: readonly string[],
  axes: number,
): string[] {
  if (output === undefined) {
    const once = written.filter((label) => label !== "..." && written.indexOf(label) === written.lastIndexOf(label));
    return [...spelled(["..."], axes), ...once.sort()];
  }
  const labels = labelsOf(equation, output);
  for (const [i, label] of labels.entries()) {
    if (labels.indexOf(label) !== i || (label !== "..." && !written.includes(label))) {
      throw new ValueError(`einsum: the result names axes of the tensors, each once; got "${label}" in "${equation}"`);
    }
  }
  return spelled(labels, axes);
}

/** Sums over the axes that are not wanted. */
function summed({ x, labels }: Labelled, wanted: (label: string) => boolean): Labelled {
  const axes = labels.map((_, i) => i).filter((i) => !wanted(labels[i] as string));
  if (axes.length === 0) return { x, labels };
  return { x: x.sum(axes) as Tensor, labels: labels.filter(wanted) };
}

/** Axes in the order of labels, as groups of axes multiplied into one each. */
function grouped({ x, labels }: Labelled, ...groups: (readonly string[])[]): Tensor {
  const order = groups.flat().map((label) => labels.indexOf(label));
  const sizes = groups.map((group) => count(group.map((label) => x.shape[labels.indexOf(label)] as number)));
  return reshaped(x.permute(...order) as Tensor, sizes);
}

/** Drops axes of size 1 that are longer in the other operand. */
function withoutRepeated(a: Labelled, b: Labelled): Labelled {
  const kept = a.labels.map((label, i) => {
    const other = b.x.shape[b.labels.indexOf(label)];
    return other === undefined || other === 1 || a.x.shape[i] !== 1;
  });
  if (kept.every(Boolean)) return a;
  return {
    x: reshaped(
      a.x,
      a.x.shape.filter((_, i) => kept[i]),
    ),
    labels: a.labels.filter((_, i) => kept[i]),
  };
}

function checkSizes(equation: string, a: Labelled, b: Labelled): void {
  for (const [i, label] of a.labels.entries()) {
    const [m, n] = [a.x.shape[i], b.x.shape[b.labels.indexOf(label)]];
    if (n === undefined || m === n) continue;
    throw new ShapeError(
      `einsum: axis "${label}" of "${equation}" has one size; got ${m} and ${n}; sizes of 1 are repeated`,
    );
  }
}

/** Two operands multiplied, and summed over what neither the result nor a later operand names. */
function contracted(equation: string, first: Labelled, second: Labelled, later: (label: string) => boolean): Labelled {
  let [a, b] = [withoutRepeated(first, second), withoutRepeated(second, first)];
  checkSizes(equation, a, b);
  a = summed(a, (label) => later(label) || b.labels.includes(label));
  b = summed(b, (label) => later(label) || a.labels.includes(label));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const [batch, inner] = [shared.filter(later), shared.filter((label) => !later(label))];
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const sizeOf = (label: string): number =>
    (a.labels.includes(label) ? a.x.shape[a.labels.indexOf(label)] : b.x.shape[b.labels.indexOf(label)]) as number;
  const labels = [...batch, ...rows, ...columns];
  const shape = labels.map(sizeOf);
  if (inner.length > 0 && isFloat(a.x.dtype)) {
    if (batch.length === 0)
      return { x: reshaped(grouped(a, rows, inner).matmul(grouped(b, inner, columns)), shape), labels };
    return { x: reshaped(grouped(a, batch, rows, inner).matmul(grouped(b, batch, inner, columns)), shape), labels };
  }
  const left = grouped(a, batch, rows, [], inner);
  const right = grouped(b, batch, [], columns, inner);
  return { x: reshaped((left.mul(right) as Tensor).sum(-1), shape), labels };
}

/**
 * Sums of products of tensors whose axes are named by letters: axes of one name are multiplied element by element, and
 * those that the result does not name are summed over. Without "->" the result has the names that occur once, sorted.
 * "..." stands for any further axes, which broadcast; a name twice in one tensor is its diagonal. Every pair of tensors,
 * from the left, becomes one matrix product. The equation names the axes of the operands, in order, and behind "->" those
 * of the result.
 *
 * @throws {ValueError} if the equation is not of letters, is about another number of tensors, or its result names what
 * no tensor has.
 * @throws {ShapeError} if a tensor has another number of axes than the equation names, or axes of one name differ in
 * size.
 * @example
 * einsum("ij,jk->ik", ones(2, 3), ones(3, 4)).shape; // [2, 4]
 * einsum("ii", tensor([[1, 2], [3, 4]])).item(); // 5
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  if (typeof equation !== "string") throw new ValueError(`einsum: begins with an equation; got ${typeof equation}`);
  for (const x of operands) requireTensor("einsum", x);
  const [inputs, output, ...more] = equation.replaceAll(" ", "").split("->");
  const terms = (inputs as string).split(",");
  if (more.length > 0 || terms.length !== operands.length) {
    throw new ValueError(`einsum: "${equation}" is about ${terms.length} tensors; got ${operands.length}`);
  }
  const dtype = operands.reduce<DType>((found, x) => promote(found, x.dtype), (operands[0] as Tensor).dtype);
  const given = operands.map((x, i) => operand(equation, terms[i] as string, cast(x, dtype)));
  const axes = Math.max(0, ...given.map(({ labels }) => labels.filter((label) => label.startsWith(".")).length));
  const written = terms.flatMap((term) => labelsOf(equation, term));
  const result = resultLabels(equation, output, written, axes);
  let current = given[0] as Labelled;
  for (const [i, next] of given.slice(1).entries()) {
    const rest = given.slice(i + 2);
    const later = (label: string): boolean =>
      result.includes(label) || rest.some(({ labels }) => labels.includes(label));
    current = contracted(equation, current, next, later);
  }
  const { x, labels } = summed(current, (label) => result.includes(label));
  return x.permute(...result.map((label) => labels.indexOf(label))) as Tensor;
}
