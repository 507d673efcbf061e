// Bad input: the class of each error, its code, and a message that names the values. Never a crash, never a silent NaN.
import { describe, expect, test } from "vitest";
import * as nabla from "../../src/index.ts";
import {
  arange,
  cat,
  crossEntropy,
  DeviceError,
  DTypeError,
  eye,
  FileError,
  FormatError,
  full,
  Generator,
  GradError,
  IndexError,
  linear,
  linspace,
  load,
  MemoryError,
  manualSeed,
  mseLoss,
  type NablaError,
  nn,
  ones,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  save,
  setThreads,
  stack,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { type Case, testCases } from "./cases.ts";

const labels = (...values: number[]): Tensor<[number]> => tensor(values, { dtype: "int32" });
const leaf = (): Tensor => tensor(1, { requiresGrad: true });

function endless(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

const CASES: Case[] = [
  [
    "add of other shapes",
    () => ones(2, 3).add(ones(4, 3) as never),
    ShapeError,
    "add: cannot broadcast [2, 3] with [4, 3]: sizes 2 and 4 differ; reshape or unsqueeze one of them",
  ],
  [
    "sizes that are undefined",
    () => zeros(undefined as never),
    ShapeError,
    "zeros: sizes are whole numbers of at least 0; got [undefined]",
  ],
  ["one size that is undefined", () => randn(undefined as never), ShapeError, "randn: sizes are whole numbers"],
  ["a new tensor of undefined", () => ones(2).newOnes(undefined as never), ShapeError, "newOnes: sizes are whole"],
  ["a probability in quotes", () => new nn.Dropout("0.5" as never), ValueError, 'from 0 to 1; got "0.5"'],
  [
    "a rate in quotes",
    () => new nabla.optim.SGD([leaf()], { lr: "0.1" as never }),
    ValueError,
    'at least 0; got "0.1"',
  ],
  ["set of another shape", () => zeros(2, 3).set(0, ones(5)), ShapeError, "set: [5] does not expand to [3]"],
  ["copy_ of another shape", () => zeros(2).copy_(ones(3)), ShapeError, "copy_: [3] does not expand to [2]"],
  [
    "noGrad without a function",
    () => nabla.noGrad(undefined as never),
    GradError,
    "noGrad: takes a function that it runs",
  ],
  [
    "a custom function without backward",
    () =>
      (
        class Half extends nabla.autograd.Function {
          static forward() {
            return ones(1);
          }
        } as never as { apply(): Tensor }
      ).apply(),
    GradError,
    "Half: a custom function has the static methods forward and backward; got no backward",
  ],
  [
    "add of a string",
    () => ones(2).add("1" as never),
    DTypeError,
    "add: takes a tensor or a number; got string; wrap numbers in tensor(…)",
  ],
  ["mul of an array", () => ones(2).mul([1, 2] as never), DTypeError, "mul: takes a tensor or a number; got an array"],
  ["eq of nothing", () => ones(2).eq(undefined as never), DTypeError, "eq: takes a tensor or a number; got undefined"],
  [
    "add of something like a tensor",
    () => ones(2).add({ storage: {} } as never),
    DTypeError,
    "add: takes a tensor or a number; got object",
  ],
  [
    "matmul",
    () => ones(2, 3).matmul(ones(4, 5) as never),
    ShapeError,
    "matmul: [2, 3] x [4, 5]: 3 does not match 4; the last size of the first equals the last but one size of the second",
  ],
  [
    "matmul of a number",
    () => ones(2).matmul(tensor(1) as never),
    ShapeError,
    "matmul: [2] x []: both need at least one axis; use mul() for numbers",
  ],
  [
    "matmul of ints",
    () => ones([2, 2], { dtype: "int32" }).matmul(ones(2, 2)),
    DTypeError,
    'matmul: takes float32 or float64; got int32 [2, 2]; convert with x.to("float32")',
  ],
  [
    "matmul of batches",
    () => ones(2, 2, 3).matmul(ones(3, 3, 4) as never),
    ShapeError,
    "matmul: cannot broadcast [2] with [3]",
  ],
  [
    "matmul of an array",
    () => ones(2, 2).matmul([[1, 2]] as never),
    DTypeError,
    "matmul: takes a tensor; got an array",
  ],
  ["dot", () => ones(2).dot(ones(3) as never), ShapeError, "[2] x [3]: 2 does not match 3"],
  [
    "linear's last size",
    () => linear(ones(2, 3), ones(4, 5)),
    ShapeError,
    "linear: expects a last size of 5, got [2, 3]",
  ],
  [
    "linear's bias",
    () => linear(ones(2, 3), ones(4, 3), ones(1)),
    ShapeError,
    "linear: weight [4, 3] needs a bias of [4]; got [1]",
  ],
  ["linear's weight", () => linear(ones(2, 3), ones(3)), ShapeError, "linear: the weight is [out, in]; got [3]"],
  [
    "linear's dtypes",
    () => linear(ones(2, 3), ones(4, 3), ones([4], { dtype: "float64" })),
    DTypeError,
    "one dtype; got float32, float32, float64",
  ],
  [
    "linear of ints",
    () => linear(ones([2, 3], { dtype: "int32" }), ones([4, 3], { dtype: "int32" })),
    DTypeError,
    "takes float32, float64; got int32",
  ],
  [
    "a layer given an array",
    () => new nn.Linear(2, 2).forward([1, 2] as never),
    DTypeError,
    "Linear: takes a tensor; got an array",
  ],
  [
    "label too large",
    () => crossEntropy(randn(3, 4), labels(0, 4, 1)),
    IndexError,
    "crossEntropy: label 4 at position 1, but there are 4 classes: labels are 0 to 3",
  ],
  [
    "label below zero",
    () => crossEntropy(randn(3, 4), labels(0, 1, -1)),
    IndexError,
    "crossEntropy: label -1 at position 2, but there are 4 classes",
  ],
  [
    "labels as floats",
    () => crossEntropy(randn(3, 4), tensor([0, 1, 2])),
    DTypeError,
    'crossEntropy: the target holds class indices of dtype int32; got float32; use tensor(labels, { dtype: "int32" })',
  ],
  [
    "too few labels",
    () => crossEntropy(randn(3, 4), labels(0, 1) as never),
    ShapeError,
    "crossEntropy: logits [3, 4] need a target of shape [3], got [2]",
  ],
  [
    "one row per class",
    () => crossEntropy(randn(3, 4), zeros([3, 4], { dtype: "int32" })),
    ShapeError,
    "the target holds class indices, not one row per class; if it is one-hot, use target.argmax(1)",
  ],
  [
    "labels as an array",
    () => crossEntropy(randn(3, 4), [0, 1, 2] as never),
    DTypeError,
    "crossEntropy: takes a tensor; got an array",
  ],
  [
    "no samples",
    () => crossEntropy(zeros(0, 4), labels()),
    ShapeError,
    "crossEntropy: needs at least one element; got [0, 4]",
  ],
  [
    "no classes",
    () => crossEntropy(zeros(2, 0), labels(0, 0)),
    ShapeError,
    "crossEntropy: needs at least one element; got [2, 0]",
  ],
  [
    "logits of ints",
    () => crossEntropy(ones([3, 4], { dtype: "int32" }), labels(0, 1, 2)),
    DTypeError,
    "takes float32 or float64; got int32 [3, 4]",
  ],
  [
    "an unknown reduction",
    () => crossEntropy(randn(3, 4), labels(0, 1, 2), { reduction: "median" as never }),
    ValueError,
    'crossEntropy: reduction is "mean", "sum" or "none"; got "median"',
  ],
  [
    "mseLoss of other shapes",
    () => mseLoss(ones(3, 1), ones(3) as never),
    ShapeError,
    "mseLoss: shapes must be equal, got [3, 1] and [3]; use target.unsqueeze(-1) or prediction.squeeze(-1)",
  ],
  [
    "mseLoss of other dtypes",
    () => mseLoss(ones(3), ones([3], { dtype: "float64" })),
    DTypeError,
    'got float32 and float64; convert with to("float32")',
  ],
  ["mseLoss of nothing", () => mseLoss(zeros(0), zeros(0)), ShapeError, "mseLoss: needs at least one element; got [0]"],
  ["mseLoss of a number", () => mseLoss(ones(3), 1 as never), DTypeError, "mseLoss: takes a tensor; got number"],
  [
    "item of several",
    () => ones(2).item(),
    ShapeError,
    "item: takes a tensor of one element; got [2]; use toArray(), or reduce it first",
  ],
  ["item of none", () => zeros(0).item(), ShapeError, "item: takes a tensor of one element; got [0]"],
  [
    "size",
    () => ones(2).size(3),
    IndexError,
    "size: axis 3 is out of range for shape [2]; expects a whole number from -1 to 0",
  ],
  [
    "max of nothing",
    () => zeros(0).max(),
    ShapeError,
    "max: needs at least one element along the reduced axis; got [0]",
  ],
  [
    "argmax of nothing",
    () => zeros(3, 0).argmax(1),
    ShapeError,
    "argmax: needs at least one element along the reduced axis; got [3, 0]",
  ],
  [
    "argmax's axis",
    () => ones(2, 3).argmax(2 as never),
    IndexError,
    "argmax: axis 2 is out of range for shape [2, 3]; expects a whole number from -2 to 1",
  ],
  ["a fractional axis", () => ones(2).sum(0.5 as never), IndexError, "sum: axis 0.5 is out of range for shape [2]"],
  ["an axis twice", () => ones(2, 2).sum([0, 0] as never), ValueError, "sum: each axis once; got [0, 0]"],
  [
    "softmax without an axis",
    () => ones(2).softmax(undefined as never),
    IndexError,
    "softmax: an axis is a whole number, as softmax(…, -1); got undefined",
  ],
  [
    "a sum beyond int32",
    () => tensor([2 ** 30, 2 ** 30], { dtype: "int32" }).sum(),
    ValueError,
    'sum: the sum of [2] int32 does not fit int32; use x.to("float64").sum()',
  ],
  [
    "a product beyond int32",
    () => tensor([2 ** 20, 2 ** 20], { dtype: "int32" }).prod(),
    ValueError,
    "prod: the product of [2] int32 does not fit int32",
  ],
  ["a size below zero", () => zeros(-1), ShapeError, "zeros: sizes are whole numbers of at least 0; got [-1]"],
  ["a fractional size", () => zeros(2.5, 3), ShapeError, "zeros: sizes are whole numbers of at least 0; got [2.5, 3]"],
  ["a size that is NaN", () => rand(Number.NaN), ShapeError, "rand: sizes are whole numbers of at least 0; got [NaN]"],
  [
    "a size that is a string",
    () => zeros("3" as never),
    ShapeError,
    'zeros: sizes are whole numbers of at least 0; got ["3"]',
  ],
  ["no size", () => zeros(null as never), ShapeError, "zeros: sizes are whole numbers of at least 0; got [null]"],
  [
    "options after single sizes",
    () => zeros(2, { dtype: "int32" } as never),
    ShapeError,
    "zeros: options follow sizes in an array: zeros([2], { … })",
  ],
  [
    "a dtype for options",
    () => zeros([2], "int32" as never),
    ValueError,
    'zeros: options are an object, as { dtype: "int32" }; got "int32"',
  ],
  [
    "an unknown dtype",
    () => zeros([2], { dtype: "float16" as never }),
    DTypeError,
    "zeros: dtype is one of float32, float64, int32, uint8, bool; got float16",
  ],
  [
    "too many elements",
    () => zeros(100000, 100000),
    MemoryError,
    "zeros: [100000, 100000] has 10000000000 elements, more than memory can hold; use smaller sizes",
  ],
  ["too many bytes", () => rand(2 ** 31, 3), MemoryError, "25769803776 bytes"],
  ["too large an identity", () => eye(60000), MemoryError, "28800000000 bytes"],
  ["too many steps", () => linspace(0, 1, 2 ** 32), MemoryError, "34359738368 bytes"],
  ["too large a layer", () => new nn.Linear(1e6, 1e6), MemoryError, "4000000000000 bytes"],
  ["rand of ints", () => rand([2], { dtype: "int32" }), DTypeError, "rand: takes dtype float32 or float64; got int32"],
  [
    "another's generator",
    () => rand([2], { generator: 5 as never }),
    ValueError,
    "rand: generator is a Generator; got 5",
  ],
  ["full without a value", () => full([2], undefined as never), DTypeError, "full: takes a number; got undefined"],
  [
    "full beyond int32",
    () => full([2], 1e10, { dtype: "int32" }),
    ValueError,
    "full: int32 holds -2147483648 to 2147483647; got 10000000000",
  ],
  [
    "full of NaN ints",
    () => full([2], Number.NaN, { dtype: "uint8" }),
    ValueError,
    "full: uint8 holds 0 to 255; got NaN",
  ],
  [
    "arange without an end",
    () => arange(Infinity),
    ValueError,
    "arange: needs finite bounds and a step that leads from start to end; got 0, Infinity, 1",
  ],
  ["arange backwards", () => arange(5, 0), ValueError, "got 5, 0, 1"],
  ["arange without steps", () => arange(0, 1, 0), ValueError, "got 0, 1, 0"],
  ["arange of a string", () => arange("3" as never), ValueError, "arange: takes numbers; got string 3"],
  [
    "arange beyond int32",
    () => arange(2 ** 31, 2 ** 31 + 2),
    ValueError,
    "arange: int32 holds -2147483648 to 2147483647; got 2147483648",
  ],
  [
    "linspace to NaN",
    () => linspace(0, Number.NaN, 3),
    ValueError,
    "linspace: start and end are finite; got 0 and NaN",
  ],
  [
    "randint of nothing",
    () => randint(5, 5, [2]),
    ValueError,
    "randint: low and high are whole numbers in the range of int32, low below high; got 5 and 5",
  ],
  ["randint beyond int32", () => randint(0, 2 ** 40, [2]), ValueError, "got 0 and 1099511627776"],
  [
    "randint without sizes",
    () => randint(0, 5, undefined as never),
    ShapeError,
    "randint: sizes are an array: randint(low, high, [2, 3]); got undefined",
  ],
  ["randperm below zero", () => randperm(-1), ShapeError, "randperm: sizes are whole numbers of at least 0; got [-1]"],
  [
    "ragged arrays",
    () => tensor([[1, 2], [3]]),
    ShapeError,
    "tensor: arrays of one level have one length; expects 2 at level 1 of [2, 2], got a length of 1",
  ],
  ["arrays of unlike depth", () => tensor([1, [2]] as never), ShapeError, "got an array of 1 at element 1"],
  [
    "strings",
    () => tensor(["a"] as never),
    DTypeError,
    "tensor: takes numbers or booleans in arrays of equal lengths; got string a at element 0",
  ],
  ["nothing", () => tensor(undefined), DTypeError, "got undefined at element 0"],
  ["null among numbers", () => tensor([1, null] as never), DTypeError, "got null at element 1"],
  ["bigints", () => tensor(1n as never), DTypeError, "got bigint 1 at element 0"],
  [
    "tensors in an array",
    () => tensor([ones(2), ones(2)] as never),
    DTypeError,
    "got a tensor [2] at element 0; use stack(), or clone() for a copy",
  ],
  ["an array that holds itself", () => tensor(endless()), ShapeError, "tensor: arrays are nested at most 64 deep"],
  [
    "64-bit integers",
    () => tensor(new BigInt64Array(2)),
    DTypeError,
    "tensor: takes Float32Array, Float64Array, Int32Array or Uint8Array; got BigInt64Array",
  ],
  [
    "a byte beyond 255",
    () => tensor([256], { dtype: "uint8" }),
    ValueError,
    "tensor: uint8 holds 0 to 255; got 256 at element 0",
  ],
  [
    "NaN as an int",
    () => tensor(new Float32Array([1, Number.NaN]), { dtype: "int32" }),
    ValueError,
    "tensor: int32 holds -2147483648 to 2147483647; got NaN at element 1",
  ],
  [
    "reshape",
    () => ones(2, 3).reshape(4 as never),
    ShapeError,
    "reshape: cannot reshape [2, 3] (6 elements) to [4] (4 elements)",
  ],
  ["reshape with two -1", () => ones(2, 3).reshape(-1, -1), ShapeError, "reshape: one size may be -1; got [-1, -1]"],
  ["reshape that does not divide", () => ones(2, 3).reshape(-1, 4), ShapeError, "6 is not a multiple of 4"],
  ["reshape of nothing to anything", () => zeros(0).reshape(-1, 0), ShapeError, "the -1 could be anything"],
  [
    "reshape by an array",
    () => ones(2, 3).reshape([3, 2] as never),
    ShapeError,
    "reshape: takes sizes one by one, reshape(3, 2); got an array",
  ],
  [
    "view of a transpose",
    () => ones(2, 3).t().view(6),
    ShapeError,
    "view: [6] is no view of [3, 2] with strides [1, 3]; use reshape(), which copies",
  ],
  [
    "expand",
    () => (ones(2, 3) as Tensor).expand(4, 3),
    ShapeError,
    "expand: [2, 3] does not expand to [4, 3]; only axes of size 1 are repeated",
  ],
  [
    "expand without end",
    () => ones(1).expand(2 ** 40),
    MemoryError,
    "expand: [1099511627776] has 1099511627776 elements",
  ],
  [
    "permute",
    () => ones(2, 3).permute(0, 0 as never),
    ShapeError,
    "permute: lists each axis of [2, 3] once; got [0, 0]",
  ],
  ["transpose", () => ones(2).transpose(0, 1 as never), IndexError, "transpose: axis 1 is out of range for shape [2]"],
  ["t", () => ones(2, 2, 2).t(), ShapeError, "t: takes at most 2 axes; got [2, 2, 2]; use transpose(-2, -1)"],
  [
    "narrow",
    () => ones(3).narrow(0, 2, 2),
    IndexError,
    "narrow: start and length lie within axis 0 of [3]; got start 2, length 2",
  ],
  ["select", () => ones(3).select(0, 3), IndexError, "select: index 3 is out of range for axis 0 of [3]"],
  [
    "select of no axes",
    () => tensor(1).select(0 as never, 0),
    IndexError,
    "select: a tensor without axes has nothing to select from",
  ],
  ["as", () => ones(2, 3).as(3, 2), ShapeError, "as: expects [3, 2]; got [2, 3]"],
  ["cat of nothing", () => cat([] as never), ShapeError, "cat: needs at least one tensor; got an empty list"],
  [
    "cat of other shapes",
    () => cat([ones(2, 3), ones(2, 4)] as never),
    ShapeError,
    "cat: [2, 3] and [2, 4] differ outside axis 0",
  ],
  ["cat of a number", () => cat([ones(2), 3] as never), DTypeError, "cat: takes a tensor; got number"],
  [
    "options in the place of an axis",
    () => cat([ones(2)], { dim: 1 } as never),
    IndexError,
    "cat: an axis is a whole number, as cat(…, -1); got { dim: 1 }: axes are no options",
  ],
  [
    "options before the axis",
    () => ones(2, 3).sort({ descending: true } as never),
    IndexError,
    "sort: an axis is a whole number, as sort(…, -1); got an object; options come behind the axis",
  ],
  [
    "cat of a tensor",
    () => cat(ones(2) as never),
    DTypeError,
    "cat: takes an array of tensors, as cat([a, b]); got a tensor",
  ],
  [
    "stack of other shapes",
    () => stack([ones(2), ones(3)] as never),
    ShapeError,
    "stack: shapes must be equal, got [2] and [3]",
  ],
  ["dropout", () => ones(2).dropout(2), ValueError, "dropout: p is a probability from 0 to 1; got 2"],
  [
    "uniform_ of a view",
    () => zeros(2, 3).t().uniform_(),
    ValueError,
    "uniform_: fills row-major tensors; got a view of [3, 2]; use contiguous()",
  ],
  [
    "uniform_ to infinity",
    () => zeros(2).uniform_(0, Infinity),
    ValueError,
    "uniform_: from is at most to, both finite; got 0 and Infinity",
  ],
  ["uniform_ backwards", () => zeros(2).uniform_(1, 0), ValueError, "got 1 and 0"],
  ["normal_", () => zeros(2).normal_(0, -1), ValueError, "normal_: mean is finite and std at least 0; got 0 and -1"],
  ["normal_ around NaN", () => zeros(2).normal_(Number.NaN, 1), ValueError, "got NaN and 1"],
  ["fill_ of a string", () => zeros(2).fill_("x" as never), DTypeError, "fill_: takes a number; got x"],
  [
    "fill_ beyond int32",
    () => zeros([2], { dtype: "int32" }).fill_(1e10),
    ValueError,
    "fill_: int32 holds -2147483648 to 2147483647; got 10000000000",
  ],
  ["copy_ of a number", () => zeros(2).copy_(5 as never), DTypeError, "copy_: takes a tensor; got number"],
  ["an unknown device", () => ones(2).to("cuda"), DeviceError, 'to: there is no device "cuda"; this machine has cpu'],
  [
    "a dtype that does not exist",
    () => ones(2).to("float16"),
    DTypeError,
    "to: dtype is one of float32, float64, int32, uint8, bool; got float16",
  ],
  [
    "a fractional seed",
    () => manualSeed(1.5),
    ValueError,
    "manualSeed: the seed is a whole number (a bigint beyond 2^53); got 1.5",
  ],
  ["a seed in words", () => manualSeed("x" as never), ValueError, "got x"],
  [
    "too large a seed",
    () => manualSeed(2n ** 64n),
    ValueError,
    "manualSeed: the seed lies between -2^63 and 2^64 - 1; got 18446744073709551616",
  ],
  [
    "a state that is none",
    () => new Generator().setState(zeros(3)),
    FormatError,
    "setState: expects the 2512 uint8 that getState gave; got 3 float32",
  ],
  ["a state of nothing", () => new Generator().setState(null as never), FormatError, "got object"],
  [
    "a state of other bytes",
    () => new Generator().setState(full([2512], 255, { dtype: "uint8" })),
    FormatError,
    "setState: this is no state; its position is -1",
  ],
  ["no threads", () => setThreads(0), ValueError, "setThreads: takes a whole number from 1 to 64; got 0"],
  ["a fraction of threads", () => setThreads(1.5), ValueError, "got 1.5"],
  [
    "backward from a number",
    () =>
      leaf()
        .mul(2)
        .backward(1 as never),
    GradError,
    "backward: takes the gradient as a tensor; got number",
  ],
  [
    "unknown options of backward",
    () =>
      leaf()
        .mul(2)
        .backward({ retain_graph: true } as never),
    ValueError,
    "backward: there is no option retain_graph; it is called retainGraph",
  ],
  [
    "nothing to save",
    () => save(undefined as never, "x"),
    ValueError,
    "save: takes an object of tensors by key, as model.stateDict(); got undefined",
  ],
  ["a file in a file", () => save({}, `${import.meta.filename}/x.safetensors`), FileError, "x.safetensors"],
  [
    "a file that is not there",
    () => load("/none/x.safetensors"),
    FileError,
    'cannot read "/none/x.safetensors": no such file or folder (ENOENT)',
  ],
];

testCases(CASES);

// Node's own mkdir never returns from this one.
test.runIf(process.platform === "linux")("a folder that cannot be made", () => {
  expect(() => save({}, "/proc/none/x.safetensors")).toThrow(FileError);
  expect(() => save({}, "/proc/none/x.safetensors")).toThrow(
    /cannot write "\/proc\/none\/x\.safetensors": no such file/,
  );
});

describe("codes", () => {
  test("every error class has its own", () => {
    const classes = Object.entries(nabla).filter(([name]) => name.endsWith("Error")) as [
      string,
      { prototype: NablaError },
    ][];
    const codes = classes.map(([, type]) => type.prototype.code);
    expect(classes.length).toBeGreaterThanOrEqual(15);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [name, type] of classes) expect(type.prototype.name).toBe(name);
    expect([ShapeError, DTypeError, IndexError].map((type) => (type.prototype as NablaError).code)).toEqual([
      "ERR_SHAPE",
      "ERR_DTYPE",
      "ERR_INDEX",
    ]);
  });
});

describe("what is empty but sound", () => {
  test("gives empty results, or those of the neutral element", () => {
    const x: Tensor = zeros(0, 3);
    expect([x.sum().item(), x.prod().item(), x.relu().shape]).toEqual([0, 1, [0, 3]]);
    expect([x.sum(0).toArray(), x.softmax(1).shape]).toEqual([
      [0, 0, 0],
      [0, 3],
    ]);
    expect(x.matmul(zeros(3, 2)).shape).toEqual([0, 2]);
    expect(zeros(2, 0).matmul(zeros(0, 3)).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect((new nn.Linear(3, 2).forward(x) as Tensor).shape).toEqual([0, 2]);
    expect(cat([x, ones(1, 3)] as Tensor[]).toArray()).toEqual([[1, 1, 1]]);
    expect(crossEntropy(zeros(0, 4), labels(), { reduction: "sum" }).item()).toBe(0);
  });

  test("has gradients too", () => {
    const layer = new nn.Linear(3, 2);
    (layer.forward(zeros(0, 3)) as Tensor).sum().backward();
    expect(layer.weight.grad?.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(layer.bias?.grad?.toArray()).toEqual([0, 0]);
  });
});

describe("whole numbers beyond int32", () => {
  test("meet an int tensor in float32, never cut to 32 bits", () => {
    expect(
      labels(0, 1)
        .eq(2 ** 32)
        .toArray(),
    ).toEqual([false, false]);
    expect(
      labels(1)
        .add(2 ** 40)
        .item(),
    ).toBe(2 ** 40);
    expect(
      labels(1)
        .lt(2 ** 31)
        .item(),
    ).toBe(1);
  });
});

test("after all these errors, ordinary work goes on", () => {
  const net = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 2)) as nn.Module;
  for (let i = 0; i < 5; i++) {
    expect(() => net.forward(ones(4, 3))).toThrow(ShapeError);
    const logits = net.forward(ones(4, 2)) as Tensor;
    expect(() => crossEntropy(logits, labels(0, 1, 2, 0))).toThrow(IndexError);
    crossEntropy(logits, labels(0, 1, 1, 0)).backward();
  }
  expect(net.parameters().every((p) => p.grad !== null && p.grad.isnan().any().item() === 0)).toBe(true);
});
