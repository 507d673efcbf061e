// Random differentiable programs. The same seed gives the same operations on whatever values the leaves have.
import { cat, enableGrad, stack, type Tensor, tensor } from "../../src/index.ts";

/** Numbers in [0, 1) from a seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;
const LARGEST = 120;

/** The leaves of a program: values of shape and content by the seed, float64. */
export function leaves(seed: number): Tensor[] {
  const random = numbers(seed);
  return Array.from({ length: 2 + below(random, 2) }, () => {
    const shape = Array.from({ length: below(random, 4) }, () => pick(random, [1, 2, 3, 4]));
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Float64Array.from({ length: count }, () => random() * 2 - 1);
    return (tensor(values) as Tensor).reshape(...shape).clone();
  });
}

type Step = (random: Random, x: Tensor, values: readonly Tensor[]) => Tensor | undefined;

const axisOf = (random: Random, x: Tensor): number => below(random, x.ndim) - (random() < 0.5 ? x.ndim : 0);

/** Another value that broadcasts with x to something small; undefined when there is none. */
function partner(random: Random, x: Tensor, values: readonly Tensor[]): Tensor | undefined {
  const fitting = values.filter((y) => {
    const rank = Math.max(x.ndim, y.ndim);
    let count = 1;
    for (let i = 1; i <= rank; i++) {
      const [m, n] = [x.shape.at(-i) ?? 1, y.shape.at(-i) ?? 1];
      if (i <= x.ndim && i <= y.ndim && m !== n && m !== 1 && n !== 1) return false;
      count *= Math.max(i <= x.ndim ? m : 1, i <= y.ndim ? n : 1);
    }
    return count <= LARGEST;
  });
  return fitting.length === 0 ? undefined : pick(random, fitting);
}

const binary =
  (op: (x: Tensor, y: Tensor) => Tensor): Step =>
  (random, x, values) => {
    const y = partner(random, x, values);
    if (y === undefined) return undefined;
    return random() < 0.5 ? op(x, y) : op(y, x);
  };

const onAxis =
  (op: (x: Tensor, axis: number, random: Random) => Tensor): Step =>
  (random, x) =>
    x.ndim === 0 ? undefined : op(x, axisOf(random, x), random);

function inPlace(random: Random, x: Tensor, values: readonly Tensor[]): Tensor | undefined {
  const y = partner(random, x, values);
  if (y === undefined || y.numel() > x.numel() || y.ndim > x.ndim) return undefined;
  const target = x.mul(1);
  if (target.add(y).numel() !== target.numel()) return undefined;
  return pick(random, [() => target.add_(y), () => target.mul_(y), () => target.sub_(y), () => target.copy_(y)])();
}

const STEPS: Record<string, Step> = {
  tanh: (_, x) => x.tanh(),
  sigmoid: (_, x) => x.sigmoid(),
  sin: (_, x) => x.sin(),
  exp: (_, x) => x.tanh().exp(),
  square: (_, x) => x.tanh().square(),
  log: (_, x) => x.square().add(1).log(),
  sqrt: (_, x) => x.square().add(0.5).sqrt(),
  erf: (_, x) => x.erf(),
  neg: (_, x) => x.neg(),
  scale: (random, x) => x.mul(random() + 0.5),
  shift: (random, x) => x.add(random() - 0.5),
  half: (_, x) => x.div(2),
  power: (_, x) => x.pow(3).tanh(),
  add: binary((x, y) => x.add(y)),
  sub: binary((x, y) => x.sub(y)),
  mul: binary((x, y) => x.mul(y)),
  div: binary((x, y) => x.div(y.square().add(1))),
  twice: (_, x) => x.add(x),
  own: (_, x) => x.mul(x.tanh()),
  matmul: (random, x, values) => {
    const fitting = values.filter((y) => x.ndim === 2 && y.ndim === 2 && x.shape[1] === y.shape[0]);
    if (fitting.length > 0) return x.matmul(pick(random, fitting));
    return x.ndim === 2 ? x.matmul(x.t()) : undefined;
  },
  sum: onAxis((x, axis, random) => x.sum(axis, random() < 0.5) as Tensor),
  mean: onAxis((x, axis, random) => x.mean(axis, random() < 0.5) as Tensor),
  total: (_, x) => x.sum(),
  softmax: onAxis((x, axis) => x.softmax(axis)),
  logSoftmax: onAxis((x, axis) => x.logSoftmax(axis).tanh()),
  transpose: onAxis((x, axis, random) => x.transpose(axis, axisOf(random, x)) as Tensor),
  permute: (random, x) => {
    const order = x.shape.map((_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
    return x.permute(...order.map(({ i }) => i)) as Tensor;
  },
  flatten: (_, x) => x.reshape(-1) as Tensor,
  fold: (_, x) => (x.numel() % 2 === 0 ? (x.reshape(2, -1) as Tensor) : undefined),
  unsqueeze: (random, x) => (x.ndim < 4 ? (x.unsqueeze(below(random, x.ndim + 1)) as Tensor) : undefined),
  squeeze: (_, x) => x.squeeze(),
  narrow: onAxis((x, axis, random) => {
    const size = x.shape.at(axis) as number;
    const start = below(random, size);
    return x.narrow(axis, start, 1 + below(random, size - start)) as Tensor;
  }),
  select: onAxis((x, axis, random) => x.select(axis, below(random, x.shape.at(axis) as number)) as Tensor),
  expand: (_, x) => (x.numel() <= LARGEST / 3 && x.ndim < 4 ? (x.expand(3, ...x.shape) as Tensor) : undefined),
  contiguous: (_, x) => x.contiguous(),
  clone: (_, x) => x.clone(),
  cat: onAxis((x, axis) => (x.numel() <= LARGEST / 3 ? (cat([x, x.tanh(), x] as Tensor[], axis) as Tensor) : x)),
  stack: (_, x) =>
    x.numel() <= LARGEST / 2 && x.ndim < 4 ? (stack([x, x.sin()] as Tensor[], 0) as Tensor) : undefined,
  inPlace,
};
const NAMES = Object.keys(STEPS);

/** Runs the program of a seed over the leaves and gives its loss; `see` is shown every value on the way. */
export function run(seed: number, inputs: readonly Tensor[], see: (value: Tensor) => void = () => {}): Tensor {
  const random = numbers(seed * 7919 + 1);
  const values = [...inputs];
  const length = 10 + below(random, 21);
  for (let made = 0, tries = 0; made < length && tries < 200; tries++) {
    const x =
      random() < 0.6 ? (values.at(-1 - below(random, Math.min(4, values.length))) as Tensor) : pick(random, values);
    const y = (STEPS[pick(random, NAMES)] as Step)(random, x, values);
    if (y === undefined || y.numel() > LARGEST) continue;
    see(y);
    values.push(y);
    made++;
  }
  const ends = values.slice(-5);
  return enableGrad(() => ends.reduce<Tensor>((sum, y) => sum.add(y.tanh().mean()), values[0]?.mean() as Tensor));
}
