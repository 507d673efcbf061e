/** Normalisation of channels: over a batch, of groups, of samples, and of neighbours. */
import { arange, type Tensor } from "../../../src/index.ts";
import { given, type InputSet, large, set, special } from "../inputs.ts";
import { b, type Case, LAYOUTS, m, n, row } from "./case.ts";

const over = (shape: readonly number[]): InputSet => set(m(shape), n(shape.slice(1, 2)), b(shape.slice(1, 2)));
/** Without a batch of its own each channel has one value, and no variance. */
const FIXED_ONLY: readonly InputSet[] = [over([1, 5]), over([0, 3]), over([0, 3, 2])];
const BATCHES: readonly InputSet[] = [
  ...[
    [4, 3],
    [7, 33],
    [3, 70],
    [2, 3, 4],
    [5, 1, 1],
    [2, 3, 17],
    [3, 2, 4, 5],
    [2, 3, 2, 1, 3],
    [1, 2, 33],
  ].map(over),
  ...LAYOUTS.map((layout) => set(m([3, 2, 5], layout), n([2], layout === "expanded" ? "plain" : layout), b([2]))),
  special(
    "NaN and infinities",
    given([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 1, 2, 4, 4, 5], [3, 3]),
    n([3]),
    b([3]),
  ),
  { ...over([20011, 7]), large: true },
  { ...over([513, 301]), large: true },
  { ...over([33, 2, 41, 42]), large: true },
  { ...over([9, 17, 24, 24]), large: true },
];
const PLAIN: readonly InputSet[] = [0, 1, 3, 6, 9, 10].map((i) => set((BATCHES[i] as InputSet).inputs[0] as never));
const SOME = BATCHES.slice(0, 10);

const running = (x: Tensor): Tensor => x.detach().abs().add(0.5) as Tensor;
/** Running statistics that depend on no input, as differences would see them change. */
const known = (x: Tensor, first: number): Tensor =>
  arange(x.shape[1] as number)
    .to(x.dtype)
    .mul(0.25)
    .add(first) as Tensor;
const KNOWN = (first: number): string => `torch.arange(x.shape[1]).to(x.dtype) * 0.25 + ${first}`;
const STATISTICS = `${KNOWN(-0.5)}, ${KNOWN(0.5)}`;
const UPDATED = (training: string): string =>
  `(lambda x, m, v: [F.${training}, m, v])(x, y.detach().clone(), z.detach().abs() + 0.5)`;

const BATCH = [
  row(
    "batchNorm",
    "F.batch_norm(x, None, None, y, z, True)",
    (x, weight, bias) => x.batchNorm(null, null, { weight, bias, training: true }),
    BATCHES,
  ),
  row(
    "batchNorm",
    "F.batch_norm(x, None, None, None, None, True, 0.1, 0.01)",
    (x) => x.batchNorm(null, null, { training: true, eps: 0.01 }),
    PLAIN,
  ),
  row(
    "batchNorm",
    "F.batch_norm(x, None, None, y, None, True)",
    (x, weight) => x.batchNorm(null, null, { weight, training: true }),
    PLAIN.slice(0, 3).map((s, i) =>
      set(s.inputs[0] as never, (BATCHES[[0, 1, 3][i] as number] as InputSet).inputs[1] as never),
    ),
  ),
  row(
    "batchNorm",
    `F.batch_norm(x, ${STATISTICS}, y, z)`,
    (x, weight, bias) => x.batchNorm(known(x, -0.5), known(x, 0.5), { weight, bias }),
    [...BATCHES, ...FIXED_ONLY],
  ),
  row("batchNorm", `F.batch_norm(x, ${STATISTICS})`, (x) => x.batchNorm(known(x, -0.5), known(x, 0.5)), SOME),
  row(
    "batchNorm",
    UPDATED("batch_norm(x, m, v, None, None, True, 0.3)"),
    (x, y, z) => {
      const [mean, variance] = [y.detach().clone(), running(z)];
      return [x.batchNorm(mean, variance, { training: true, momentum: 0.3 }), mean, variance];
    },
    BATCHES,
  ),
];

const GROUPS: readonly InputSet[] = [
  ...[
    [2, 4],
    [3, 6, 5],
    [2, 2, 3, 3],
    [1, 4, 2, 2, 3],
  ].map(over),
  ...LAYOUTS.map((layout) => set(m([3, 2, 5], layout), n([2]), b([2]))),
  { ...over([8, 6, 65, 67]), large: true },
];
const affine = (groups: number) => (x: Tensor, weight: Tensor, bias: Tensor) => x.groupNorm(groups, { weight, bias });
const GROUP = [
  row("groupNorm", "F.group_norm(x, 2, y, z)", affine(2), GROUPS),
  row(
    "groupNorm",
    "F.group_norm(x, 1, y, z, 0.1)",
    (x, weight, bias) => x.groupNorm(1, { weight, bias, eps: 0.1 }),
    GROUPS,
  ),
  row("groupNorm", "F.group_norm(x, 2)", (x) => x.groupNorm(2), [set(m([3, 6, 5])), set(m([2, 4, 3], "transposed"))]),
];

const SAMPLES: readonly InputSet[] = [
  ...[
    [2, 3, 4],
    [3, 2, 4, 5],
    [1, 3, 2, 1, 3],
    [2, 33, 7],
  ].map(over),
  ...LAYOUTS.map((layout) => set(m([3, 2, 5], layout), n([2]), b([2]))),
  { ...over([8, 6, 65, 67]), large: true },
];
const INSTANCE = [
  row(
    "instanceNorm",
    "F.instance_norm(x, None, None, y, z)",
    (x, weight, bias) => x.instanceNorm({ weight, bias }),
    SAMPLES,
  ),
  row("instanceNorm", "F.instance_norm(x, eps=0.1)", (x) => x.instanceNorm({ eps: 0.1 }), [
    set(m([2, 3, 5])),
    set(m([2, 3, 4], "transposed")),
  ]),
  row(
    "instanceNorm",
    UPDATED("instance_norm(x, m, v, None, None, True, 0.3)"),
    (x, y, z) => {
      const [runningMean, runningVar] = [y.detach().clone(), running(z)];
      return [x.instanceNorm({ runningMean, runningVar, momentum: 0.3 }), runningMean, runningVar];
    },
    SAMPLES.slice(0, 4),
  ),
  row(
    "instanceNorm",
    `F.instance_norm(x, ${STATISTICS}, y, z, False)`,
    (x, weight, bias) =>
      x.instanceNorm({ runningMean: known(x, -0.5), runningVar: known(x, 0.5), weight, bias, useInputStats: false }),
    SAMPLES.slice(0, 4),
  ),
];

const IMAGES: readonly InputSet[] = [
  set(m([2, 3, 4])),
  set(m([2, 5, 2, 3])),
  set(m([1, 1, 2])),
  set(m([3, 2, 5], "transposed")),
];
const OTHERS = [
  row(
    "localResponseNorm",
    "F.local_response_norm(x, 3, 0.5, 0.6, 1.5)",
    (x) => x.localResponseNorm(3, { alpha: 0.5, beta: 0.6, k: 1.5 }),
    IMAGES,
  ),
  row("localResponseNorm", "F.local_response_norm(x, 2)", (x) => x.localResponseNorm(2), IMAGES),
  row("rmsNorm", "F.rms_norm(x, y.shape, y)", (x, weight) => x.rmsNorm([...weight.shape], { weight }), [
    set(m([2, 3]), n([3])),
    set(m([3, 4, 5]), n([4, 5])),
    set(m([3, 17], "transposed"), n([17])),
    large(m([301, 513]), n([513])),
  ]),
  row("rmsNorm", "F.rms_norm(x, [3], None, 0.1)", (x) => x.rmsNorm([3], { eps: 0.1 }), [set(m([2, 3])), set(m([3]))]),
];

export const cases: readonly Case[] = [...BATCH, ...GROUP, ...INSTANCE, ...OTHERS];
