// Layers: what they print, their defaults, that they call the op of their name, and what they refuse.
import { describe, expect, test } from "vitest";
import * as nabla from "../../src/index.ts";
import {
  IndexError,
  manualSeed,
  nn,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";

const F = nn.functional;
const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });

const PRINTED: readonly [nn.Module, string][] = [
  [new nn.LeakyReLU(), "LeakyReLU(negativeSlope=0.01)"],
  [new nn.ReLU6(), "ReLU6()"],
  [new nn.Hardtanh(), "Hardtanh(minVal=-1, maxVal=1)"],
  [new nn.Hardsigmoid(), "Hardsigmoid()"],
  [new nn.Hardswish(), "Hardswish()"],
  [new nn.Softshrink(), "Softshrink(lambd=0.5)"],
  [new nn.Hardshrink({ lambd: 2 }), "Hardshrink(lambd=2)"],
  [new nn.Tanhshrink(), "Tanhshrink()"],
  [new nn.Threshold(0.1, 20), "Threshold(threshold=0.1, value=20)"],
  [new nn.ELU(), "ELU(alpha=1)"],
  [new nn.CELU({ alpha: 2 }), "CELU(alpha=2)"],
  [new nn.SELU(), "SELU()"],
  [new nn.GELU(), "GELU(approximate='none')"],
  [new nn.SiLU(), "SiLU()"],
  [new nn.Mish(), "Mish()"],
  [new nn.Softplus(), "Softplus(beta=1, threshold=20)"],
  [new nn.Softsign(), "Softsign()"],
  [new nn.LogSigmoid(), "LogSigmoid()"],
  [new nn.LogSoftmax(1), "LogSoftmax(dim=1)"],
  [new nn.GLU(), "GLU(dim=-1)"],
  [new nn.PReLU({ numParameters: 3 }), "PReLU(numParameters=3)"],
  [new nn.Maxout(4, 2, 3), "Maxout(inFeatures=4, outFeatures=2, pieces=3, bias=true)"],
  [new nn.Bilinear(3, 4, 5), "Bilinear(in1Features=3, in2Features=4, outFeatures=5, bias=true)"],
  [new nn.LayerNorm([3, 4]), "LayerNorm([3, 4], eps=0.00001, elementwiseAffine=true)"],
  [new nn.Embedding(10, 3), "Embedding(10, 3)"],
  [
    new nn.Embedding(10, 3, { paddingIdx: -1, maxNorm: 2, scaleGradByFreq: true }),
    "Embedding(10, 3, paddingIdx=9, maxNorm=2, scaleGradByFreq=true)",
  ],
  [new nn.EmbeddingBag(10, 3, { mode: "max" }), 'EmbeddingBag(10, 3, mode="max")'],
  [new nn.Dropout2d(0.2), "Dropout2d(p=0.2)"],
  [new nn.AlphaDropout(), "AlphaDropout(p=0.5)"],
  [new nn.Identity(), "Identity()"],
];

test.each(PRINTED.map(([layer, text]) => [text, layer] as const))("%s", (text, layer) => {
  expect(String(layer)).toBe(text);
});

describe("layers and functions are the ops", () => {
  const x = randn(2, 6) as Tensor;
  const SAME: readonly [string, nn.Module, () => Tensor, () => Tensor][] = [
    [
      "leakyRelu",
      new nn.LeakyReLU({ negativeSlope: 0.3 }),
      () => x.leakyRelu({ negativeSlope: 0.3 }),
      () => F.leakyRelu(x, { negativeSlope: 0.3 }),
    ],
    ["relu6", new nn.ReLU6(), () => x.relu6(), () => F.relu6(x)],
    [
      "hardtanh",
      new nn.Hardtanh({ maxVal: 0.3 }),
      () => x.hardtanh({ maxVal: 0.3 }),
      () => F.hardtanh(x, { maxVal: 0.3 }),
    ],
    ["hardsigmoid", new nn.Hardsigmoid(), () => x.hardsigmoid(), () => F.hardsigmoid(x)],
    ["hardswish", new nn.Hardswish(), () => x.hardswish(), () => F.hardswish(x)],
    [
      "softshrink",
      new nn.Softshrink({ lambd: 0.1 }),
      () => x.softshrink({ lambd: 0.1 }),
      () => F.softshrink(x, { lambd: 0.1 }),
    ],
    ["hardshrink", new nn.Hardshrink(), () => x.hardshrink(), () => F.hardshrink(x)],
    ["tanhshrink", new nn.Tanhshrink(), () => x.tanhshrink(), () => F.tanhshrink(x)],
    ["threshold", new nn.Threshold(0.1, 9), () => x.threshold(0.1, 9), () => F.threshold(x, 0.1, 9)],
    ["elu", new nn.ELU({ alpha: 2 }), () => x.elu({ alpha: 2 }), () => F.elu(x, { alpha: 2 })],
    ["celu", new nn.CELU({ alpha: 2 }), () => x.celu({ alpha: 2 }), () => F.celu(x, { alpha: 2 })],
    ["selu", new nn.SELU(), () => x.selu(), () => F.selu(x)],
    [
      "gelu",
      new nn.GELU({ approximate: "tanh" }),
      () => x.gelu({ approximate: "tanh" }),
      () => F.gelu(x, { approximate: "tanh" }),
    ],
    ["silu", new nn.SiLU(), () => x.silu(), () => F.silu(x)],
    ["mish", new nn.Mish(), () => x.mish(), () => F.mish(x)],
    ["softplus", new nn.Softplus({ beta: 3 }), () => x.softplus({ beta: 3 }), () => F.softplus(x, { beta: 3 })],
    ["softsign", new nn.Softsign(), () => x.softsign(), () => F.softsign(x)],
    ["logsigmoid", new nn.LogSigmoid(), () => x.logsigmoid(), () => F.logsigmoid(x)],
    ["logSoftmax", new nn.LogSoftmax(1), () => x.logSoftmax(1), () => F.logSoftmax(x, 1)],
    ["glu", new nn.GLU(), () => x.glu(), () => F.glu(x)],
    ["prelu", new nn.PReLU({ init: 0.1 }), () => x.prelu(tensor([0.1])), () => F.prelu(x, tensor([0.1]))],
    ["layerNorm", new nn.LayerNorm(6), () => x.layerNorm([6]), () => F.layerNorm(x, [6])],
    ["dropout1d", new nn.Dropout1d(0.3), () => x.dropout1d(0.3), () => F.dropout1d(x, { p: 0.3 })],
    ["alphaDropout", new nn.AlphaDropout(0.3), () => x.alphaDropout(0.3), () => F.alphaDropout(x, { p: 0.3 })],
    [
      "featureAlphaDropout",
      new nn.FeatureAlphaDropout(),
      () => x.featureAlphaDropout(),
      () => F.featureAlphaDropout(x),
    ],
    ["relu", new nn.ReLU(), () => x.relu(), () => F.relu(x)],
    ["sigmoid", new nn.Sigmoid(), () => x.sigmoid(), () => F.sigmoid(x)],
    ["tanh", new nn.Tanh(), () => x.tanh(), () => F.tanh(x)],
    ["softmax", new nn.Softmax(0), () => x.softmax(0), () => F.softmax(x, 0)],
    ["dropout", new nn.Dropout(), () => x.dropout(), () => F.dropout(x)],
  ];

  const image = randn(2, 4, 4, 4) as Tensor;
  const wide = randn(2, 16, 9) as Tensor;
  const batch = { training: true };
  const ON_IMAGES: typeof SAME = [
    [
      "batchNorm",
      new nn.BatchNorm2d(4),
      () => image.batchNorm(null, null, batch),
      () => F.batchNorm(image, null, null, batch),
    ],
    ["groupNorm", new nn.GroupNorm(2, 4), () => image.groupNorm(2), () => F.groupNorm(image, 2)],
    ["instanceNorm", new nn.InstanceNorm2d(4), () => image.instanceNorm(), () => F.instanceNorm(image)],
    [
      "localResponseNorm",
      new nn.LocalResponseNorm(2),
      () => image.localResponseNorm(2),
      () => F.localResponseNorm(image, 2),
    ],
    ["rmsNorm", new nn.RMSNorm(4), () => image.rmsNorm([4]), () => F.rmsNorm(image, [4])],
    ["pad", new nn.ZeroPad2d([1, 0, 2, 3]), () => image.pad([1, 0, 2, 3]), () => F.pad(image, [1, 0, 2, 3])],
    [
      "interpolate",
      new nn.Upsample({ size: 3 }),
      () => image.interpolate({ size: 3 }),
      () => F.interpolate(image, { size: 3 }),
    ],
    ["pixelShuffle", new nn.PixelShuffle(2), () => image.pixelShuffle(2), () => F.pixelShuffle(image, 2)],
    ["pixelUnshuffle", new nn.PixelUnshuffle(2), () => image.pixelUnshuffle(2), () => F.pixelUnshuffle(image, 2)],
    ["unfold", new nn.Unfold(2), () => image.im2col(2), () => F.unfold(image, 2)],
  ];

  test("fold", () => {
    expect(F.fold(wide, 4, 2).toArray()).toEqual(wide.col2im(4, 2).toArray());
    expect(new nn.Fold(4, 2).forward(wide).toArray()).toEqual(wide.col2im(4, 2).toArray());
  });

  test.each([...SAME.map((row) => [...row, x] as const), ...ON_IMAGES.map((row) => [...row, image] as const)])(
    "%s",
    (_, layer, op, free, input) => {
      const results = [op, free, () => layer.forward(input)].map((run) => {
        manualSeed(1);
        return (run() as Tensor).toArray();
      });
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    },
  );

  test("every function is compared, or is the very op", () => {
    const rest = Object.keys(F).filter(
      (name) => name !== "fold" && ![...SAME, ...ON_IMAGES].some(([compared]) => compared === name),
    );
    const methods = ["dropout2d", "dropout3d", "gumbelSoftmax", "oneHot", "softmin"];
    const functions: Record<string, unknown> = F;
    expect(
      rest.filter((name) => !methods.includes(name) && functions[name] !== (nabla as Record<string, unknown>)[name]),
    ).toEqual([]);
    expect(functions).toMatchObject({ bilinear: nabla.bilinear, klDiv: nabla.klDiv, nllLoss: nabla.nllLoss });
    const image = ones(2, 3, 2, 2) as Tensor;
    expect(F.dropout2d(image, { p: 0.5, training: false })).toBe(image);
    expect(() => F.relu([1] as never)).toThrow("relu: takes a tensor; got an array; wrap numbers in tensor(…)");
  });
});

test("kinds of dropout do nothing in evaluation", () => {
  const x = ones(2, 3, 2, 2, 2) as Tensor;
  expect(new nn.Dropout3d().eval().forward(x)).toBe(x);
  expect(new nn.FeatureAlphaDropout().eval().forward(x)).toBe(x);
  expect(() => new nn.Dropout2d().forward(ones(3) as Tensor)).toThrow(ShapeError);
  expect(() => new nn.Dropout2d(2)).toThrow("Dropout2d: p is a probability from 0 to 1; got 2");
});

test("Maxout is the largest of its pieces, for each output", () => {
  const layer = new nn.Maxout(2, 2, 3);
  expect(layer.weight.shape).toEqual([6, 2]);
  const x = randn(4, 2) as Tensor;
  const lines = (x.matmul(layer.weight.t()) as Tensor).add(layer.bias as Tensor).data();
  const wanted = Array.from({ length: 4 }, (_, r) =>
    [0, 1].map((o) => Math.max(...[0, 1, 2].map((p) => lines[r * 6 + o * 3 + p] as number))),
  );
  const y: Tensor = layer.forward(x as never);
  for (const [r, row] of (y.toArray() as number[][]).entries())
    for (const [o, value] of row.entries()) expect(value).toBeCloseTo(wanted[r]?.[o] as number, 5);
  y.sum().backward();
  expect(layer.weight.grad?.shape).toEqual([6, 2]);
  expect(() => layer.forward(ones(1, 3) as never)).toThrow("Maxout: expects a last size of 2, got [1, 3]");
  expect(() => new nn.Maxout(2, 2, 0)).toThrow(ValueError);
});

describe("Embedding", () => {
  test("looks up rows, trains them, and leaves the padding row alone", () => {
    const layer = new nn.Embedding(4, 2, { paddingIdx: 0 });
    expect((layer.weight.toArray() as number[][])[0]).toEqual([0, 0]);
    const y: Tensor = layer.forward(int([[1, 0], [1, 3]])); // biome-ignore format: a matrix
    expect(y.shape).toEqual([2, 2, 2]);
    y.sum().backward();
    expect(layer.weight.grad?.toArray()).toEqual([[0, 0], [2, 2], [0, 0], [1, 1]]); // biome-ignore format: a matrix
  });

  test("maxNorm scales the rows that are looked up, and only those", () => {
    const layer = nn.Embedding.fromPretrained(tensor([[3, 4], [3, 4], [0, 1]]), { maxNorm: 2.5 }); // biome-ignore format: a matrix
    layer.forward(int([0, 2, 0]));
    const [first, second, third] = layer.weight.toArray() as number[][];
    expect(first?.[0]).toBeCloseTo(1.5, 5);
    expect([second, third]).toEqual([[3, 4], [0, 1]]); // biome-ignore format: a matrix
  });

  test("fromPretrained does not train unless asked", () => {
    const vectors = ones(3, 2);
    const layer = nn.Embedding.fromPretrained(vectors);
    expect(layer.parameters().map((p) => p.requiresGrad)).toEqual([false]);
    expect(nn.Embedding.fromPretrained(vectors, { freeze: false }).weight.requiresGrad).toBe(true);
    layer.weight.fill_(5);
    expect((vectors.toArray() as number[][])[0]).toEqual([1, 1]);
  });

  test("refuses what is no index", () => {
    const layer = new nn.Embedding(4, 2);
    expect(() => layer.forward(int([1, 4]))).toThrow(IndexError);
    expect(() => layer.forward(int([1, 4]))).toThrow(
      "embedding: index 4 at position 1, but there are 4 rows: indices are 0 to 3",
    );
    expect(() => new nn.Embedding(4, 2, { maxNorm: 1 }).forward(int([-1]))).toThrow(/index -1 at position 0/);
    expect(() => layer.forward(ones(2))).toThrow(/indices are int32; got float32 \[2\]/);
    expect(() => new nn.Embedding(4, 2, { paddingIdx: 4 })).toThrow("Embedding: paddingIdx is a row of the 4; got 4");
    expect(() => new nn.Embedding(0, 2)).toThrow("Embedding: numEmbeddings is a whole number of at least 1; got 0");
    expect(() => F.embedding(int([0]), ones(2) as never)).toThrow(/the weight is \[rows, width\]; got \[2\]/);
  });
});

describe("bad numbers", () => {
  const x = zeros(2, 4) as Tensor;
  test.each<[string, () => unknown, RegExp]>([
    ["LayerNorm sizes", () => new nn.LayerNorm(0), /sizes are whole numbers of at least 1; got 0/],
    ["LayerNorm shape", () => new nn.LayerNorm(3).forward(x as never), /expects the last sizes \[3\], got \[2, 4\]/],
    ["LayerNorm eps", () => new nn.LayerNorm(3, { eps: -1 }), /eps is at least 0; got -1/],
    ["PReLU channels", () => new nn.PReLU({ numParameters: 3 }).forward(x), /got \[3\] for \[2, 4\]/],
    ["PReLU init", () => new nn.PReLU({ init: Number.NaN }), /init is a finite number; got NaN/],
    ["Bilinear", () => new nn.Bilinear(3, 4, 5).forward(ones(2, 3), ones(3, 4) as never), /got \[2, 3\] and \[3, 4\]/],
    ["GLU odd", () => ones(3).glu(), /glu: axis 0 has an even size; got \[3\]/],
    ["GLU scalar", () => tensor(1).glu(), /needs at least one axis/],
    ["GELU", () => x.gelu({ approximate: "fast" as never }), /approximate is "none" or "tanh"; got "fast"/],
    ["Hardtanh", () => x.hardtanh({ minVal: 2, maxVal: 1 }), /minVal is at most maxVal; got 2 and 1/],
    ["CELU", () => x.celu({ alpha: 0 }), /celu: alpha divides, so it is not 0/],
    ["Softplus", () => x.softplus({ beta: 0 }), /softplus: beta divides/],
    ["Softshrink", () => x.softshrink({ lambd: -1 }), /lambd is at least 0; got -1/],
    ["Threshold", () => new nn.Threshold(1, Number.NaN).forward(x), /value is a finite number; got NaN/],
    ["ELU", () => x.elu({ alpha: "1" as never }), /alpha is a finite number; got 1/],
    [
      "layerNorm weight",
      () => x.layerNorm([4], { weight: ones(3) }),
      /weight has the normalized sizes \[4\]; got \[3\]/,
    ],
  ])("%s", (_, run, message) => expect(run).toThrow(message));
});
