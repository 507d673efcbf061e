// Type assertions about random sizes and shapes. What is expected is computed here, in plain JavaScript.

const seeded = (seed) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

/** Sizes of 1 to 7 digits, all lengths equally often. */
function arithmetic(random) {
  const lines = [];
  const size = () => Math.floor(10 ** (1 + random() * 6)) - Math.floor(random() * 10);
  const pairs = [
    [0, 0],
    [0, 7],
    [1, 1],
    [9, 1],
    [99, 1],
    [100, 10],
    [999999, 999],
    [64, 64],
    [784, 100],
  ];
  while (pairs.length < 100) pairs.push([size(), size()]);
  for (const [a, b] of pairs) {
    if (a * b <= Number.MAX_SAFE_INTEGER) lines.push(`yes<Equal<Mul<${a}, ${b}>, ${a * b}>>();`);
    lines.push(`yes<Equal<Add<${a}, ${b}>, ${a + b}>>();`);
  }
  for (const n of ["number", "-1", "0.5", "any", "1e21"]) lines.push(`yes<Equal<Mul<${n}, 3>, number>>();`);
  return lines;
}

/** The shape of every rule worked out in JavaScript; null where the shapes do not fit. */
const rules = {
  broadcast(a, b) {
    const rank = Math.max(a.length, b.length);
    const at = (s, i) => s[s.length - rank + i] ?? 1;
    const out = Array.from({ length: rank }, (_, i) => (at(a, i) === 1 ? at(b, i) : at(a, i)));
    return out.every((n, i) => [a, b].every((s) => at(s, i) === 1 || at(s, i) === n)) ? out : null;
  },
  matmul(a, b) {
    if (a.length === 0 || b.length === 0 || a.at(-1) !== (b.at(-2) ?? b[0])) return null;
    const batch = rules.broadcast(a.slice(0, -2), b.slice(0, -2));
    return batch && [...batch, ...a.slice(-2, -1), ...(b.length > 1 ? b.slice(-1) : [])];
  },
  axis(s, d) {
    const rank = Math.max(s.length, 1);
    return d >= -rank && d < rank ? (d + rank) % rank : null;
  },
  reduce(s, d, keep) {
    const at = rules.axis(s, d);
    return at === null ? null : s.flatMap((n, i) => (i !== at ? [n] : keep ? [1] : []));
  },
  transpose(s, a, b) {
    const [i, j] = [rules.axis(s, a), rules.axis(s, b)];
    return i === null || j === null ? null : s.map((n, k) => (k === i ? s[j] : k === j ? s[i] : n));
  },
  permute(s, dims) {
    const at = dims.map((d) => rules.axis(s, d));
    return at.includes(null) || new Set(at).size !== s.length || at.length !== s.length ? null : at.map((i) => s[i]);
  },
  squeeze(s, d) {
    const at = rules.axis(s, d);
    return at === null ? null : s.filter((n, i) => i !== at || n !== 1);
  },
  unsqueeze(s, d) {
    const at = rules.axis([...s, 1], d);
    return at === null ? null : [...s.slice(0, at), 1, ...s.slice(at)];
  },
  flatten(s, a, b) {
    const [i, j] = [rules.axis(s, a), rules.axis(s, b)];
    if (i === null || j === null || i > j) return null;
    if (s.length === 0) return [1];
    return [...s.slice(0, i), s.slice(i, j + 1).reduce((p, n) => p * n, 1), ...s.slice(j + 1)];
  },
  reshape: (s, dims) => (s.reduce((p, n) => p * n, 1) === dims.reduce((p, n) => p * n, 1) ? dims : null),
  cat(a, b, d) {
    const at = rules.axis(a, d);
    const fits = at !== null && a.length > 0 && a.length === b.length && a.every((n, i) => i === at || n === b[i]);
    return fits ? a.map((n, i) => (i === at ? n + b[i] : n)) : null;
  },
  stack(a, b, d) {
    const at = rules.axis([...a, 1], d);
    return at === null || `${a}` !== `${b}` ? null : [...a.slice(0, at), 2, ...a.slice(at)];
  },
};

/** Calls on random shapes; small sizes and ranks, so that about half of them fit. */
function calls(random) {
  const below = (n) => Math.floor(random() * n);
  const shape = (rank = below(5)) => Array.from({ length: rank }, () => [1, 2, 3, 12][below(4)]);
  const axis = (s) => below(2 * s.length + 3) - s.length - 1;
  const shuffled = (list) =>
    list
      .map((v) => [random(), v])
      .sort((a, b) => a[0] - b[0])
      .map(([, v]) => v);
  const x = (s) => `zeros(${s.join(", ")})`;
  const made = [];
  const add = (code, expected) => made.push([code, expected]);
  for (let i = 0; i < 20; i++) {
    const [s, t] = [shape(), shape()];
    const like = shuffled([...s.slice(1), ...s.slice(0, 1).map((n) => (below(2) ? n : 1))]);
    const [d, e] = [axis(s), axis(s)];
    add(`${x(s)}.add(${x(t)})`, rules.broadcast(s, t));
    add(`${x(s)}.matmul(${x(t)})`, rules.matmul(s, t));
    const [m, k, n] = shape(3);
    add(`${x([...s, m, k])}.matmul(${x([...t, k, n])})`, rules.matmul([...s, m, k], [...t, k, n]));
    add(`${x(s)}.sum(${d})`, rules.reduce(s, d, false));
    add(`${x(s)}.mean(${e}, true)`, rules.reduce(s, e, true));
    add(`${x(s)}.transpose(${d}, ${e})`, rules.transpose(s, d, e));
    const dims = shuffled(s.map((_, j) => (below(3) ? j : j - s.length)));
    add(`${x(s)}.permute(${dims.join(", ")})`, rules.permute(s, dims));
    add(`${x(s)}.squeeze(${d})`, rules.squeeze(s, d));
    add(`${x(s)}.unsqueeze(${d})`, rules.unsqueeze(s, d));
    add(`${x(s)}.flatten(${d}, ${e})`, rules.flatten(s, d, e));
    if (like.length > 0) add(`${x(s)}.reshape(${like.join(", ")})`, rules.reshape(s, like));
    const other = below(3) ? s.map((v, j) => (j === rules.axis(s, d) ? 7 : v)) : like;
    add(`cat([${x(s)}, ${x(other)}], ${d})`, rules.cat(s, other, d));
    add(`stack([${x(s)}, ${x(like)}], ${d})`, rules.stack(s, like, d));
  }
  return made;
}

/** Calls of operations on random shapes, each with the shape of its result or null for an error: the same in every run. */
export const randomCalls = calls(seeded(777));

const assertion = ([code, expected]) =>
  expected ? `is<Tensor<[${expected.join(", ")}]>>()(${code});` : `// @ts-expect-error\n${code};`;

/** The text of a program. `arith` is the path of the module with Add and Mul. */
export function randomAssertions(arith) {
  return [
    `import { cat, stack, type Tensor, zeros } from "nabla";`,
    `import type { Add, Mul } from ${JSON.stringify(arith)};`,
    `type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;`,
    `declare function yes<T extends true>(): T;`,
    `declare function is<E>(): <G>(value: G, ...unequal: Equal<G, E> extends true ? [] : [E, G]) => void;`,
    ...arithmetic(seeded(777)),
    ...randomCalls.map(assertion),
    "",
  ].join("\n");
}
