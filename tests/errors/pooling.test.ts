// Bad input to pooling: the class of each error, and a message that names the values.
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  DTypeError,
  maxPool1d,
  maxPool2d,
  nn,
  ShapeError,
  type Tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { type Case, loose, testCases } from "./cases.ts";

const x: Tensor = zeros(2, 3, 8, 8);

const CASES: Case[] = [
  [
    "a kernel larger than the image",
    () => maxPool2d(x, 9),
    ShapeError,
    "maxPool2d: a kernel of size 9 does not fit into 8, of [2, 3, 8, 8]",
  ],
  [
    "a kernel larger than the padded image",
    () => avgPool2d(zeros(1, 1, 2), [5, 1], { padding: [1, 0] }),
    ShapeError,
    "a kernel of size 5 does not fit into 1, 3 with its padding",
  ],
  ["an image of nothing", () => maxPool2d(zeros(1, 0, 4), 1), ShapeError, "does not fit into 0"],
  [
    "too few axes",
    () => maxPool2d(zeros(8, 8), 2),
    ShapeError,
    "maxPool2d: expects [batch, channels, height, width] or [channels, height, width]; got [8, 8]",
  ],
  ["too many axes", () => maxPool1d(x, 2), ShapeError, "maxPool1d: expects [batch, channels, length]"],
  ...[0, -1, 1.5, Number.NaN, loose(undefined), loose("2"), loose([2])].map(
    (kernel): Case => [
      `kernel ${kernel}`,
      () => maxPool2d(x, kernel),
      ValueError,
      "maxPool2d: kernelSize is a whole number or a list of 2, of at least 1",
    ],
  ),
  ...[0, 1.5, loose([1, 2, 3])].map(
    (stride): Case => [
      `stride ${stride}`,
      () => avgPool2d(x, 2, { stride }),
      ValueError,
      "avgPool2d: stride is a whole number or a list of 2, of at least 1",
    ],
  ),
  [
    "a padding of more than half the kernel",
    () => maxPool2d(x, 3, { padding: 2 }),
    ValueError,
    "maxPool2d: padding is at most half the kernel; got 2 with a kernel of 3",
  ],
  [
    "a layer's padding",
    () => new nn.MaxPool2d(2, { padding: 2 }),
    ValueError,
    "MaxPool2d: padding is at most half the kernel; got 2 with a kernel of 2",
  ],
  [
    "a layer's kernel",
    () => new nn.AvgPool1d(0),
    ValueError,
    "AvgPool1d: kernelSize is a whole number, of at least 1; got 0",
  ],
  [
    "a layer's ceilMode",
    () => new nn.MaxPool2d(2, { ceilMode: loose("yes") }),
    ValueError,
    'MaxPool2d: ceilMode is true or false; got "yes"',
  ],
  [
    "a divisor of 0",
    () => avgPool2d(x, 2, { divisorOverride: 0 }),
    ValueError,
    "avgPool2d: divisorOverride is a number other than 0; got 0",
  ],
  ...[0, -1, 2.5, loose([1]), loose("2"), loose(undefined)].map(
    (size): Case => [
      `size ${size}`,
      () => adaptiveAvgPool2d(x, size),
      ValueError,
      "adaptiveAvgPool2d: outputSize is a whole number of at least 1, null to keep the size",
    ],
  ),
  [
    "adaptive pooling of nothing",
    () => adaptiveMaxPool2d(zeros(1, 0, 4), 1),
    ShapeError,
    "adaptiveMaxPool2d: needs at least one element along each axis; got [1, 0, 4]",
  ],
  ["integers", () => maxPool2d(x.to("int32"), 2), DTypeError, "maxPool2d: takes float32 or float64; got int32"],
  ["no tensor", () => avgPool2d(loose([1]), 2), DTypeError, "avgPool2d: takes a tensor; got an array"],
];

testCases(CASES);
