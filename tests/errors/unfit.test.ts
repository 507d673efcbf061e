/** Arguments that fit nowhere: numbers beyond a dtype, too many parts, tensors in the place of numbers, and nothing. */
import { describe, expect, test } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  broadcastTensors,
  columnStack,
  DeviceError,
  DTypeError,
  dstack,
  fullLike,
  hstack,
  IndexError,
  linspace,
  logspace,
  MemoryError,
  manualSeed,
  maxUnpool1d,
  maxUnpool2d,
  nllLoss,
  nn,
  ones,
  onesLike,
  randint,
  randintLike,
  ShapeError,
  type Tensor,
  tensor,
  trilIndices,
  triuIndices,
  ValueError,
  vstack,
  zeros,
  zerosLike,
} from "../../src/index.ts";
import { type Case, loose, testCases } from "./cases.ts";

const x: Tensor = tensor([[1, 2], [3, 4]]); // biome-ignore format: a matrix
const whole = (values: number | number[]): Tensor => tensor(values, { dtype: "int32" });
const bytes = zeros([4], { dtype: "uint8" });
const given = loose(x);
const none = zeros(0);

const CASES: Record<string, Case[]> = {
  "numbers beyond a dtype": [
    [
      "randintLike",
      () => randintLike(bytes, 300, 301),
      ValueError,
      "randintLike: low and high are whole numbers in the",
    ],
    [
      "randintLike of bool",
      () => randintLike(bytes.bool(), 0, 3),
      ValueError,
      "range of bool, low below high; got 0 and 3",
    ],
    [
      "randint",
      () => randint(-1, 3, [2], { dtype: "uint8" }),
      ValueError,
      "randint: low and high are whole numbers in",
    ],
    ["linspace", () => linspace(0, 300, 3, { dtype: "uint8" }), ValueError, "linspace: uint8 holds 0 to 255; got 300"],
    ["linspace to int32", () => linspace(0, 1e10, 3, { dtype: "int32" }), ValueError, "got 5000000000"],
    ["logspace", () => logspace(0, 20, 3, { dtype: "int32" }), ValueError, "logspace: int32 holds -2147483648 to"],
    [
      "logspace of a base",
      () => logspace(0, 1, 2, { base: Infinity }),
      ValueError,
      "logspace: base is finite; got Infinity",
    ],
    ["fullLike", () => fullLike(bytes, 300), ValueError, "fullLike: uint8 holds 0 to 255; got 300"],
  ],
  "options of random_": [
    ["alone", () => zeros(2).random_(loose({ gen: 1 })), ValueError, "random_: there is no option gen"],
    ["behind bounds", () => zeros(2).random_(0, 2, loose({ gen: 1 })), ValueError, "random_: there is no option gen"],
    ["null", () => zeros(2).random_(0, 1, loose(null)), ValueError, "random_: options are an object"],
    ["null alone", () => zeros(2).random_(loose(null)), ValueError, "random_: options are an object"],
  ],
  axes: [
    ["rot90 in no plane", () => ones(3, 3).rot90(1, [0, 0]), ShapeError, "rot90: each axis once; got [0, 0]"],
    ["rot90 by three", () => ones(3, 3).rot90(3, [1, -1]), ShapeError, "rot90: each axis once; got [1, 1]"],
    ["rot90 by nothing", () => ones(3, 3).rot90(0, [0, 0]), ShapeError, "rot90: each axis once; got [0, 0]"],
    ["takeAlongDim", () => whole(1).takeAlongDim(whole(1), 0), IndexError, "takeAlongDim: index 1 is out of range"],
    [
      "takeAlongDim of a view",
      () => x.takeAlongDim(whole([9]).unsqueeze(1), 1),
      IndexError,
      "takeAlongDim: index 9 at",
    ],
    ["flip", () => x.flip(given), IndexError, "flip: an axis is a whole number, as flip(…, -1); got a tensor"],
    [
      "flip of nothing",
      () => loose(x).flip(),
      IndexError,
      "flip: an axis is a whole number, as flip(…, -1); got undefined",
    ],
    ["roll", () => x.roll([1], given), IndexError, "roll: an axis is a whole number, as roll(…, -1); got a tensor"],
    ["roll by true", () => x.roll(loose(true)), ValueError, "roll: shifts are whole numbers; got true"],
    [
      "movedim",
      () => loose(x).movedim(),
      IndexError,
      "movedim: an axis is a whole number, as movedim(…, -1); got undefined",
    ],
    ["any", () => x.any(given), ValueError, "any: takes an axis or a list of axes; got a tensor; x.any(1)"],
    ["sum", () => x.sum(0, given), ValueError, "sum: keepdim is true or false, behind the axis; got a tensor; x.sum(1"],
    [
      "std",
      () => x.std(0, loose({ keepdim: x })),
      ValueError,
      "std: keepdim is true or false, behind the axis; got { keepdim }",
    ],
    [
      "mean of a list",
      () => x.mean(loose([x])),
      IndexError,
      "mean: an axis is a whole number, as mean(…, -1); got a tensor",
    ],
    [
      "softmax",
      () => x.softmax(given),
      IndexError,
      "softmax: an axis is a whole number, as softmax(…, -1); got a tensor",
    ],
  ],
  "too much for memory": [
    ["repeatInterleave", () => ones(2).repeatInterleave(2 ** 31, 0), MemoryError, "repeatInterleave: [4294967296] has"],
    ["repeatInterleave of more", () => ones(2).repeatInterleave(2 ** 40, 0), MemoryError, "more than memory can hold"],
    ["repeatInterleave of a list", () => ones(2).repeatInterleave([2 ** 40, 1], 0), MemoryError, "repeatInterleave: ["],
    ["chunk", () => none.chunk(2 ** 31), MemoryError, "chunk: 2147483648 parts are more than memory can hold"],
    [
      "chunk of more",
      () => none.chunk(2 ** 40),
      MemoryError,
      "chunk: 1099511627776 parts are more than memory can hold",
    ],
    ["tensorSplit", () => ones(2).tensorSplit(2 ** 31), MemoryError, "tensorSplit: 2147483648 parts are more than"],
    [
      "split",
      () =>
        ones(1)
          .expand(2 ** 30)
          .split(1),
      MemoryError,
      "split: 1073741824 parts are more than memory can hold",
    ],
    [
      "unbind",
      () =>
        ones(1)
          .expand(2 ** 30)
          .unbind(),
      MemoryError,
      "unbind: 1073741824 parts are more than memory",
    ],
  ],
  "shapes and dtypes": [
    [
      "reshape",
      () => ones(6).reshape(...loose([100000, 100000])),
      ShapeError,
      "reshape: cannot reshape [6] (6 elements) to [100000, 100000]",
    ],
    [
      "view",
      () => ones(6).view(...loose([100000, 100000, -1])),
      ShapeError,
      "view: cannot reshape [6] (6 elements) to [100000, 100000, -1]",
    ],
    [
      "prelu",
      () => x.prelu(ones([2], { dtype: "float64" })),
      DTypeError,
      "prelu: x and weight have one dtype; got float32 and",
    ],
    [
      "a weight",
      () => binaryCrossEntropy(ones(2, 2), ones(2, 2), { weight: ones(1, 2, 2) }),
      ShapeError,
      "weight broadcasts to [2, 2]; got [1, 2, 2]",
    ],
    [
      "a weight of logits",
      () => binaryCrossEntropyWithLogits(ones(2, 2), ones(2, 2), { weight: ones(1, 2, 2) }),
      ShapeError,
      "weight broadcasts to [2, 2]; got [1, 2, 2]",
    ],
    [
      "int64",
      () => x.to("int64"),
      DTypeError,
      "to: dtype is one of float32, float64, int32, uint8, bool; got int64; use int32",
    ],
    ["long", () => x.to("long"), DTypeError, "got long; use int32"],
    ["half", () => x.to("half"), DTypeError, "got half; use float32"],
    ["bfloat16", () => x.to("bfloat16"), DTypeError, "got bfloat16; use float32"],
    ["double", () => x.to("double"), DTypeError, "got double; use float64"],
    [
      "a new dtype",
      () => zeros([2], { dtype: loose("int64") }),
      DTypeError,
      "zeros: dtype is one of float32, float64, int32, uint8, bool; got int64; use int32",
    ],
    ["a device", () => x.to("cuda:0"), DeviceError, 'to: there is no device "cuda:0"; this machine has cpu'],
    ["a layer", () => new nn.Linear(1, 1).to("float16"), DTypeError, "Module.to: dtype is one of"],
  ],
  "names of what was called": [
    [
      "maxUnpool1d",
      () => maxUnpool1d(ones(1, 1, 2), whole([0, 9]).reshape(1, 1, 2), 2),
      IndexError,
      "maxUnpool1d: index 9 at",
    ],
    [
      "maxUnpool2d",
      () => maxUnpool2d(ones(1, 1, 1), whole([99]).reshape(1, 1, 1), 2),
      IndexError,
      "maxUnpool2d: index 99 at",
    ],
    [
      "trilIndices",
      () => trilIndices(3, 3, { offset: 0.5 }),
      ValueError,
      "trilIndices: offset is a whole number; got 0.5",
    ],
    [
      "triuIndices",
      () => triuIndices(3, 3, { offset: 0.5 }),
      ValueError,
      "triuIndices: offset is a whole number; got 0.5",
    ],
    ["columnStack", () => columnStack([]), ShapeError, "columnStack: needs at least one tensor; got an empty list"],
    ["hstack", () => hstack([]), ShapeError, "hstack: needs at least one tensor; got an empty list"],
    ["vstack", () => vstack([]), ShapeError, "vstack: needs at least one tensor; got an empty list"],
    ["hstack", () => hstack([zeros(2, 3), zeros(3, 3)]), ShapeError, "hstack: [2, 3] and [3, 3] differ outside axis 1"],
    ["vstack", () => vstack([zeros(2), zeros(3)]), ShapeError, "vstack: [1, 2] and [1, 3] differ outside axis 0"],
    ["dstack", () => dstack([zeros(2), zeros(3)]), ShapeError, "dstack: [1, 2, 1] and [1, 3, 1] differ outside axis 2"],
    ["columnStack", () => columnStack([zeros(2), zeros(3)]), ShapeError, "columnStack: [2, 1] and [3, 1] differ"],
    ["dstack", () => dstack([]), ShapeError, "dstack: needs at least one tensor; got an empty list"],
    ["broadcastTensors", () => broadcastTensors([]), ShapeError, "broadcastTensors: needs at least one tensor"],
    ["clampMin", () => x.clampMin(NaN), ValueError, "clampMin: bounds are numbers or tensors; got NaN"],
    ["clampMax", () => x.clampMax(NaN), ValueError, "clampMax: bounds are numbers or tensors; got NaN"],
    [
      "norm",
      () => none.norm(-Infinity),
      ShapeError,
      "norm: needs at least one element along the reduced axis; got [0]",
    ],
  ],
  "tensors that are none, and numbers that are tensors": [
    ["onesLike", () => onesLike(loose([1, 2])), DTypeError, "onesLike: takes a tensor; got an array"],
    ["zerosLike", () => zerosLike(loose(5)), DTypeError, "zerosLike: takes a tensor; got number"],
    ["onesLike of nothing", () => loose(onesLike)(), DTypeError, "onesLike: takes a tensor; got undefined"],
    ["quantile", () => x.quantile(given), ValueError, "quantile: q is a number from 0 to 1, or several; got tensor"],
    [
      "repeatInterleave",
      () => loose(x).repeatInterleave(),
      ValueError,
      "is a whole number of at least 0; got undefined",
    ],
    ["batchNorm", () => loose(x).batchNorm(), ValueError, "batchNorm: without training it takes runningMean and"],
    ["nllLoss", () => loose(nllLoss)(), DTypeError, "nllLoss: takes a tensor; got undefined"],
  ],
};

for (const [name, cases] of Object.entries(CASES)) describe(name, () => testCases(cases));

describe("what is right", () => {
  test("numbers that a dtype just holds", () => {
    expect(linspace(0, 255, 3, { dtype: "uint8" }).toArray()).toEqual([0, 127, 255]);
    expect(logspace(0, 2, 3, { dtype: "uint8" }).toArray()).toEqual([1, 10, 100]);
    expect(linspace(0, 1e10, 0, { dtype: "int32" }).toArray()).toEqual([]);
    expect(randintLike(bytes, 255, 256).toArray()).toEqual([255, 255, 255, 255]);
    expect(randintLike(bytes.bool(), 1, 2).dtype).toBe("bool");
    expect(randint(255, 256, [2], { dtype: "uint8" }).toArray()).toEqual([255, 255]);
    expect(randintLike(zeros(2), 5, 6).toArray()).toEqual([5, 5]);
  });

  test("randintLike draws what randint draws", () => {
    manualSeed(3);
    const drawn = randint(0, 200, [4]).toArray();
    manualSeed(3);
    expect(randintLike(bytes, 0, 200).toArray()).toEqual(drawn);
  });

  test("an index of a tensor without axes", () => {
    expect(whole(7).takeAlongDim(whole(0), 0).item()).toBe(7);
    expect(x.takeAlongDim(whole([1]).unsqueeze(1), 1).toArray()).toEqual([[2], [4]]);
  });

  test("as many parts as PyTorch gives", () => {
    expect(ones(2).chunk(2 ** 31)).toHaveLength(2);
    expect(none.chunk(3)).toHaveLength(3);
    expect(ones(2).tensorSplit(5).map((part) => part.count)).toEqual([1, 1, 0, 0, 0]); // biome-ignore format: a line
  });

  test("differences of more than there are", () => {
    expect(
      ones(2)
        .diff({ n: 2 ** 31 })
        .toArray(),
    ).toEqual([]);
    expect(ones(2, 3).diff({ n: 9, dim: 0 }).shape).toEqual([0, 3]);
    expect(ones(2, 3).diff({ n: 9 }).shape).toEqual([2, 0]);
    expect(ones(2).bool().diff({ n: 9 }).dtype).toBe("bool");
    expect(ones(0, 3).diff({ n: 2 ** 31, dim: 1 }).shape).toEqual([0, 0]);
  });

  test("repeats of a list and of a number", () => {
    expect(x.repeatInterleave([2, 0], 1).toArray()).toEqual([[1, 1], [3, 3]]); // biome-ignore format: a matrix
    expect(x.repeatInterleave(whole([0, 2]), 0).toArray()).toEqual([[3, 4], [3, 4]]); // biome-ignore format: a matrix
    expect(x.repeatInterleave(2).toArray()).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(none.repeatInterleave(3).toArray()).toEqual([]);
  });
});
