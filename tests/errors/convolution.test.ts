// Bad input to convolutions: the class of each error, and a message that names the values.
import {
  conv1d,
  conv2d,
  convTranspose2d,
  DTypeError,
  nn,
  ShapeError,
  type Tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { type Case, loose, testCases } from "./cases.ts";

const x: Tensor = zeros(2, 3, 8, 8);
const w: Tensor = zeros(4, 3, 3, 3);

const CASES: Case[] = [
  [
    "wrong channels",
    () => conv2d(zeros(2, 4, 8, 8) as Tensor, w),
    ShapeError,
    "conv2d: a weight [4, 3, 3, 3] expects 3 channels, got 4 in [2, 4, 8, 8]",
  ],
  [
    "channels last",
    () => new nn.Conv2d(3, 2, 3).forward(zeros(5, 8, 9, 3) as Tensor),
    ShapeError,
    "expects 3 channels, got 8 in [5, 8, 9, 3]; where the channels are last, use x.permute(0, 3, 1, 2)",
  ],
  [
    "channels last, one sequence",
    () => conv1d(zeros(8, 3) as Tensor, zeros(4, 3, 3) as Tensor),
    ShapeError,
    "expects 3 channels, got 8 in [8, 3]; where the channels are last, use x.permute(1, 0)",
  ],
  [
    "wrong channels of groups",
    () => conv2d(x, zeros(4, 3, 3, 3) as Tensor, null, { groups: 2 }),
    ShapeError,
    "expects 6 channels in 2 groups, got 3",
  ],
  [
    "wrong channels of a layer",
    () => new nn.Conv2d(1, 2, 3).forward(x),
    ShapeError,
    "Conv2d: a weight [2, 1, 3, 3] expects 1 channels, got 3 in [2, 3, 8, 8]",
  ],
  [
    "a layer's path",
    () => new nn.Sequential(new nn.ReLU(), new nn.Conv2d(1, 2, 3)).forward(x),
    ShapeError,
    "Conv2d 1: a weight",
  ],
  [
    "too few axes",
    () => conv2d(zeros(8, 8) as Tensor, w),
    ShapeError,
    "conv2d: expects [batch, channels, height, width] or [channels, height, width]; got [8, 8]",
  ],
  [
    "too many axes",
    () => conv1d(zeros(1, 1, 1, 8) as Tensor, zeros(1, 1, 1) as Tensor),
    ShapeError,
    "conv1d: expects [batch, channels, length]",
  ],
  [
    "a weight of another rank",
    () => conv2d(x, zeros(4, 3, 3) as Tensor),
    ShapeError,
    "conv2d: the weight is [out, in / groups, kernel height, kernel width]",
  ],
  ["an empty weight", () => conv2d(x, zeros(0, 3, 3, 3) as Tensor), ShapeError, "without sizes of 0; got [0, 3, 3, 3]"],
  [
    "a bias of another size",
    () => conv2d(x, w, zeros(3)),
    ShapeError,
    "conv2d: weight [4, 3, 3, 3] needs a bias of [4]; got [3]",
  ],
  [
    "a kernel larger than the image",
    () => conv2d(zeros(1, 3, 2, 8) as Tensor, w),
    ShapeError,
    "conv2d: a kernel of size 3 does not fit into 2, of [1, 3, 2, 8]",
  ],
  [
    "a kernel larger than the padded image",
    () => conv2d(zeros(1, 3, 8, 2) as Tensor, zeros(4, 3, 1, 5) as Tensor, null, { padding: [0, 1] }),
    ShapeError,
    "a kernel of size 5 does not fit into 2, 4 with its padding",
  ],
  [
    "a dilated kernel larger than the image",
    () => conv2d(x, w, null, { dilation: 4 }),
    ShapeError,
    "a kernel of size 3, 9 with its dilation, does not fit into 8",
  ],
  ["an image of nothing", () => conv2d(zeros(1, 3, 0, 8) as Tensor, w), ShapeError, "does not fit into 0"],
  [
    "groups that do not divide",
    () => conv2d(x, zeros(4, 1, 3, 3) as Tensor, null, { groups: 3 }),
    ShapeError,
    "the first size of the weight, 4, is not a multiple of the 3 groups",
  ],
  [
    "a layer's groups that do not divide",
    () => new nn.Conv2d(4, 6, 3, { groups: 3 }),
    ValueError,
    "Conv2d: channels are multiples of the groups; got 4 and 6 channels in 3 groups",
  ],
  ...[0, -1, 1.5, Number.NaN, loose("2")].map(
    (groups): Case => [
      `groups ${groups}`,
      () => conv2d(x, w, null, { groups }),
      ValueError,
      "groups is a whole number of at least 1",
    ],
  ),
  ...[0, -2, 1.5, Number.NaN, loose([1]), loose([1, 2, 3]), loose([1, 0]), loose("2")].map(
    (stride): Case => [
      `stride ${stride}`,
      () => conv2d(x, w, null, { stride }),
      ValueError,
      "conv2d: stride is a whole number or a list of 2, of at least 1",
    ],
  ),
  ...[0, 0.5].map(
    (dilation): Case => [
      `dilation ${dilation}`,
      () => conv2d(x, w, null, { dilation }),
      ValueError,
      `dilation is a whole number or a list of 2, of at least 1; got ${dilation}`,
    ],
  ),
  ...[-1, 0.5, Number.POSITIVE_INFINITY, loose(null === undefined)].map(
    (padding): Case => [
      `padding ${padding}`,
      () => conv2d(x, w, null, { padding }),
      ValueError,
      "padding is a whole number or a list of 2, of at least 0",
    ],
  ),
  [
    "another padding",
    () => conv2d(x, w, null, { padding: loose("full") }),
    ValueError,
    'conv2d: padding is "same", "valid" or whole numbers; got "full"',
  ],
  [
    "same with a stride",
    () => conv2d(x, w, null, { padding: "same", stride: 2 }),
    ValueError,
    'conv2d: padding "same" is for a stride of 1; got [2, 2]',
  ],
  [
    "a layer's same with a stride",
    () => new nn.Conv1d(1, 1, 3, { padding: "same", stride: 2 }),
    ValueError,
    'Conv1d: padding "same" is for a stride of 1; got [2]',
  ],
  ...[0, -3, 2.5, loose(undefined), loose("3"), loose([3])].map(
    (kernel): Case => [
      `kernel size ${kernel}`,
      () => new nn.Conv2d(3, 4, kernel),
      ValueError,
      "Conv2d: kernelSize is a whole number or a list of 2, of at least 1",
    ],
  ),
  ...[0, -3, 2.5, loose(undefined)].map(
    (channels): Case => [
      `channels ${channels}`,
      () => new nn.Conv2d(channels, 4, 3),
      ValueError,
      "Conv2d: inChannels is a whole number of at least 1",
    ],
  ),
  [
    "another padding mode",
    () => new nn.Conv2d(3, 4, 3, { paddingMode: loose("mirror") }),
    ValueError,
    'paddingMode is one of zeros, reflect, replicate, circular; got "mirror"',
  ],
  [
    "a reflection beyond the image",
    () => new nn.Conv2d(3, 4, 3, { padding: 8, paddingMode: "reflect" }).forward(x),
    ShapeError,
    'Conv2d: a "reflect" padding of 8 is too large for an axis of 8 in [2, 3, 8, 8]',
  ],
  [
    "more than a turn",
    () => new nn.Conv2d(3, 4, 3, { padding: 9, paddingMode: "circular" }).forward(x),
    ShapeError,
    'a "circular" padding of 9 is too large',
  ],
  ["integers", () => conv2d(x.to("int32"), w), DTypeError, "conv2d: takes float32 or float64; got int32"],
  [
    "two dtypes",
    () => conv2d(x, w.to("float64")),
    DTypeError,
    "conv2d: input, weight and bias have one dtype; got float32, float64",
  ],
  ["no tensor", () => conv2d(loose([1, 2]), w), DTypeError, "conv2d: takes a tensor; got an array"],
  ["no weight", () => conv2d(x, loose(undefined)), DTypeError, "conv2d: takes a tensor; got undefined"],
  [
    "an output padding that is too large",
    () => convTranspose2d(x, zeros(3, 4, 2, 2) as Tensor, null, { stride: 2, outputPadding: 2 }),
    ValueError,
    "outputPadding is below the stride or the dilation; got 2 with a stride of 2",
  ],
  [
    "a padding that takes everything away",
    () => convTranspose2d(zeros(1, 3, 1, 1) as Tensor, zeros(3, 4, 2, 2) as Tensor, null, { padding: 1 }),
    ShapeError,
    "nothing would be left of an axis of 1",
  ],
  [
    "a named padding of a transposed layer",
    () => new nn.ConvTranspose2d(1, 1, 3, { padding: loose("same") }),
    ValueError,
    'ConvTranspose2d: padding is in whole numbers; got "same"',
  ],
];

testCases(CASES);
