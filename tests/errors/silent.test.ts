/** Mistakes that would be passed over in silence, or end in an error of JavaScript's own that names nothing of the call. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as dataRoom from "../../src/data/index.ts";
import * as nabla from "../../src/index.ts";
import * as plotRoom from "../../src/plot/index.ts";
import * as trainRoom from "../../src/train/index.ts";
import * as visionRoom from "../../src/vision/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: the compiler would refuse these calls
type Loose = any;

const { nn, optim, ones, tensor, zeros, NablaError, DTypeError }: Loose = nabla;
const data: Loose = dataRoom;
const plot: Loose = plotRoom;
const train: Loose = trainRoom;
const T: Loose = visionRoom.transforms;
const { init, functional: f }: Loose = nn;
const { rnn }: Loose = nn.utils;
const lr: Loose = optim.lrScheduler;

const x = zeros(2, 3);
const parameter = new nn.Parameter(zeros(2));
const sgd = (): Loose => new optim.SGD([new nn.Parameter(zeros(2))], { lr: 0.1, momentum: 0.9 });
const model = new nn.Linear(3, 2);
const step = (optimizer: Loose): Loose => new lr.StepLR(optimizer, 1);
const twoSteps = (milestones: unknown): Loose => {
  const optimizer = sgd();
  return new lr.SequentialLR(optimizer, [step(optimizer), step(optimizer), step(optimizer)], milestones);
};
const file = join(mkdtempSync(join(tmpdir(), "nabla-")), "file");
writeFileSync(file, "");

type Case = readonly [name: string, run: () => unknown, message: RegExp];

const OPTIONS: readonly Case[] = [
  [
    "TransformerEncoderLayer.forward",
    () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 4 }).forward(zeros(3, 4), { mask: zeros(3, 3) }),
    /TransformerEncoderLayer: there is no option mask; options are srcMask, srcKeyPaddingMask, isCausal/,
  ],
  [
    "TransformerEncoder.forward",
    () =>
      new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 4 }), 1).forward(zeros(3, 4), {
        srcMask: zeros(3, 3),
      }),
    /TransformerEncoder: there is no option srcMask; options are mask/,
  ],
  [
    "ConvTranspose1d",
    () => new nn.ConvTranspose1d(1, 1, 2, { padding: 1, paddingMode: "circular" }),
    /ConvTranspose1d: paddingMode is one of zeros; got "circular"/,
  ],
  [
    "packSequence",
    () => rnn.packSequence([ones(2)], { enforce_sorted: false }),
    /packSequence: .*it is called enforceSorted/,
  ],
  ["packSequence", () => rnn.packSequence([ones(2)], null), /packSequence: options are an object/],
  [
    "unpadSequence",
    () => rnn.unpadSequence(zeros(2, 2), [2, 2], { batch_first: true }),
    /unpadSequence: .*it is called batchFirst/,
  ],
  [
    "generateSquareSubsequentMask",
    () => nn.generateSquareSubsequentMask(2, { type: "a" }),
    /generateSquareSubsequentMask: there is no option type/,
  ],
  [
    "generateSquareSubsequentMask",
    () => nn.generateSquareSubsequentMask(2, null),
    /generateSquareSubsequentMask: options are an object/,
  ],
  [
    "UpsamplingNearest2d",
    () => new nn.UpsamplingNearest2d({ size: 2, mode: "bilinear" }),
    /UpsamplingNearest2d: there is no option mode; options are size, scaleFactor/,
  ],
  [
    "UpsamplingBilinear2d",
    () => new nn.UpsamplingBilinear2d({ size: 2, alignCorners: false }),
    /UpsamplingBilinear2d: there is no option alignCorners/,
  ],
];

const SILENT: readonly Case[] = [
  [
    "parseCsv",
    () => data.parseCsv("a\nx", { types: { a: ["x", "x"] } }),
    /parseCsv: the categories of column "a" differ; got "x" twice/,
  ],
  ["parseCsv", () => data.parseCsv("a\n1", { header: 5 }), /parseCsv: header is true, false or a list of names; got 5/],
  [
    "History.best",
    () => new train.History().add({ a: 1 }).best("a", "least"),
    /History.best: mode is "min" or "max"; got "least"/,
  ],
  [
    "SweepResult.best",
    () => new train.SweepResult([{ status: "done", values: { a: 1 } }]).best("a", "least"),
    /SweepResult.best: mode is "min" or "max"; got "least"/,
  ],
  [
    "CharVocabulary.decode",
    () => new data.CharVocabulary(["a"]).decode(5),
    /CharVocabulary.decode: takes numbers in an array or int32 vector; got 5/,
  ],
  [
    "CharVocabulary.build",
    () => data.CharVocabulary.build(["ab"], { specials: "xy" }),
    /CharVocabulary.build: specials are a list of tokens, as \["<pad>"\]; got "xy"/,
  ],
  ["SequentialLR", () => twoSteps([9, 3]), /SequentialLR: expected integer of at least 9 milestones; got 3/],
  [
    "xavierUniform_",
    () => init.xavierUniform_(zeros(2, 2), { gain: -1 }),
    /init.xavierUniform_: gain is a number of at least 0; got -1/,
  ],
  ["xavierNormal_", () => init.xavierNormal_(zeros(2, 2), { gain: -1 }), /init.xavierNormal_: gain is/],
];

const SHOWN: readonly Case[] = [
  ["ZeroPad1d", () => new nn.ZeroPad1d(parameter), /ZeroPad1d: takes a whole number or \[left, right\]; got a tensor$/],
  ["ConstantPad2d", () => new nn.ConstantPad2d(zeros(2), 1), /ConstantPad2d: .*; got a tensor$/],
  ["Fold", () => new nn.Fold(2, parameter).forward(zeros(1, 4, 1)), /got a tensor$/],
  ["pad", () => f.pad(x, parameter), /pad: takes pairs of whole numbers, .*; got a tensor$/],
  ["calculateGain", () => init.calculateGain(parameter), /the gain of a tensor is not known/],
];

const LISTS: readonly Case[] = [
  ["CyclicLR", () => new lr.CyclicLR(sgd(), 0.1), /CyclicLR: maxLr is a list; got undefined/],
  [
    "OneCycleLR",
    () => new lr.OneCycleLR(sgd(), undefined, { totalSteps: 5 }),
    /OneCycleLR: maxLr is a list; got undefined/,
  ],
  ["LambdaLR", () => new lr.LambdaLR(sgd()), /LambdaLR: lrLambda is a list; got undefined/],
  ["MultiplicativeLR", () => new lr.MultiplicativeLR(sgd()), /MultiplicativeLR: lrLambda is a list/],
  ["MultiStepLR", () => new lr.MultiStepLR(sgd(), 5), /MultiStepLR: milestones is a list; got 5/],
  ["SequentialLR", () => twoSteps(undefined), /SequentialLR: milestones is a list; got undefined/],
  ["SGD", () => new optim.SGD([{ params: {} }]), /SGD: params is a list; got/],
  ["ConcatDataset", () => new data.ConcatDataset(), /ConcatDataset: datasets is a list; got undefined/],
  ["Subset", () => new data.Subset(new data.TensorDataset(x)), /Subset: indices is a list; got undefined/],
  ["SubsetRandomSampler", () => new data.SubsetRandomSampler(), /SubsetRandomSampler: indices is a list/],
  ["CharVocabulary.build", () => data.CharVocabulary.build(null), /CharVocabulary.build: texts is a list; got null/],
  ["ModuleList", () => new nn.ModuleList(null), /ModuleList: elements is a list; got null/],
  ["ParameterList", () => new nn.ParameterList(null), /ParameterList: elements is a list; got null/],
  ["ModuleDict", () => new nn.ModuleDict(5), /ModuleDict: takes elements by name/],
  ["ParameterDict", () => new nn.ParameterDict([2, 1]), /ParameterDict: takes elements by name/],
  [
    "RandomResizedCrop",
    () => new T.RandomResizedCrop(2, { scale: 5 }),
    /RandomResizedCrop: scale is \[least, most\], above 0; got 5/,
  ],
  ["evaluate", () => train.evaluate(model, 5, {}), /evaluate: takes batches to iterate, as a DataLoader; got 5/],
];

const OTHERS: readonly Case[] = [
  ["summary", () => nn.summary(5, [1, 2]), /summary: takes a module; got 5/],
  ["evaluate", () => train.evaluate(-1, [[x, x]], {}), /evaluate: takes a model, which is a module; got -1/],
  ["StandardScaler.fit", () => new data.StandardScaler().fit(5), /StandardScaler.fit: takes a tensor; got number/],
  [
    "TensorDataset.batch",
    () => new data.TensorDataset(zeros(2)).batch([0]),
    /TensorDataset.batch: takes a tensor; got an array/,
  ],
  ["History.add", () => new train.History().add(null), /History.add: takes numbers by name, .*; got null/],
  ["apply", () => model.apply(5), /apply: takes a function; got number/],
  ["heatmap", () => plot.heatmap(null), /heatmap: expects a list of tables, .*; got null/],
  ["heatmap", () => plot.heatmap([null]), /heatmap: a table is \{ values: … \}, .*; got null at 0/],
  ["heatmap", () => plot.heatmap([{ values: [[1]] }], null), /heatmap: options are an object/],
  ["activations", () => plot.activations([{ name: "a", values: [1, 2] }], null), /activations: options are an object/],
  ["boundary", () => plot.boundary(() => [], null), /boundary: options are an object/],
  ["confusion", () => plot.confusion([[1]], null), /confusion: options are an object/],
  ["curves", () => plot.curves([{ name: "a", y: [1] }], null), /curves: options are an object/],
  ["functions", () => plot.functions([{ name: "a", f: Math.sin }], null), /functions: options are an object/],
  ["histogram", () => plot.histogram([{ name: "a", values: [1] }], null), /histogram: options are an object/],
  ["images", () => plot.images(zeros(1, 2, 2), null), /images: options are an object/],
  ["network", () => plot.network([{ weights: [[1]] }], null), /network: options are an object/],
  ["surface", () => plot.surface(() => 0, null), /surface: options are an object/],
  ["Checkpoint.save", () => new train.Checkpoint(`${file}/a`, {}).save(), /ENOTDIR/],
];

describe.each([
  ["options that nobody reads", OPTIONS],
  ["what was accepted in silence", SILENT],
  ["tensors in messages", SHOWN],
  ["lists that are none", LISTS],
  ["errors of JavaScript's own", OTHERS],
] as const)("%s", (_, cases) => {
  test.each(cases)("%s (%#)", (_name, run, message) => {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(NablaError);
    expect((thrown as Error).message).toMatch(message);
  });
});

const FIT: readonly (readonly [name: string, given: object, message: RegExp])[] = [
  ["callbacks", { callbacks: [5] }, /fit: callbacks is a list of functions, .*; got \[5\]/],
  ["optimizer", { optimizer: 5 }, /fit: optimizer is an optimizer; got 5/],
  ["schedule", { schedule: 5 }, /fit: schedule is a schedule; got 5/],
  ["loss", { loss: () => 1 }, /fit: the loss gives a tensor; got number/],
  ["folder", { folder: `${file}/a` }, /ENOTDIR/],
];

test.each(FIT)("fit: %s", async (_, given, message) => {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const options = { train: [[x, zeros(2, 2)]], loss: new nn.MSELoss(), optimizer, epochs: 1, progress: false };
  const thrown: unknown = await train.fit(model, { ...options, ...given }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NablaError);
  expect((thrown as Error).message).toMatch(message);
});

test("fit: a model that is none", async () => {
  const options = { train: [[x, x]], loss: new nn.MSELoss(), optimizer: sgd(), epochs: 1, progress: false };
  await expect(train.fit(5, options)).rejects.toThrow(/fit: takes a model, which is a module; got 5/);
});

test("a score of NaN is never right", () => {
  const labels = tensor([0, 1], { dtype: "int32" });
  const scores = tensor([
    [Number.NaN, 1],
    [0, 1],
  ]);
  const accuracy = new train.Accuracy();
  accuracy.update(scores, labels);
  expect(accuracy.compute()).toBe(0.5);
  accuracy.reset();
  accuracy.update(tensor([Number.NaN, 1]), labels);
  expect(accuracy.compute()).toBe(0.5);
});

describe("an input that is no tensor", () => {
  const layers: readonly (readonly [string, Loose])[] = [
    ["ReLU", new nn.ReLU()],
    ["BatchNorm1d", new nn.BatchNorm1d(3)],
    ["Dropout", new nn.Dropout()],
    ["Flatten", new nn.Flatten()],
    ["Softmax", new nn.Softmax(1)],
    ["LayerNorm", new nn.LayerNorm([3])],
    ["ZeroPad2d", new nn.ZeroPad2d(1)],
    ["GroupNorm", new nn.GroupNorm(1, 2)],
    ["Upsample", new nn.Upsample({ size: 2 })],
    ["PixelShuffle", new nn.PixelShuffle(2)],
    ["Unfold", new nn.Unfold(2)],
    ["PositionalEncoding", new nn.PositionalEncoding(4)],
    ["InstanceNorm2d", new nn.InstanceNorm2d(2)],
    ["GLU", new nn.GLU()],
  ];

  test.each(layers)("%s", (name, layer) => {
    for (const [input, found] of [
      [5, "number"],
      [null, "null"],
      [undefined, "undefined"],
      [[1, 2], "an array"],
    ]) {
      expect(() => layer.forward(input)).toThrow(DTypeError);
      expect(() => layer.forward(input)).toThrow(`${name}: takes a tensor; got ${found}`);
    }
  });

  test("TransformerEncoderLayer", () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 4 });
    for (const input of [5, null, [1]]) expect(() => layer.forward(input)).toThrow(DTypeError);
  });

  test("its place in the model is named", () => {
    expect(() => new nn.Sequential(new nn.ReLU(), new nn.Tanh()).forward(5)).toThrow(
      /^ReLU 0: takes a tensor; got number/,
    );
  });

  test("modules of one's own take what they like, and their errors are theirs", () => {
    class Own extends nn.Module {
      forward(given: Loose): unknown {
        return given === 5 ? given : given.nothing();
      }
    }
    expect(new (Own as Loose)().forward(5)).toBe(5);
    expect(() => new (Own as Loose)().forward({})).toThrow(TypeError);
    expect(() => new (Own as Loose)().forward({})).toThrow("given.nothing is not a function");
  });
});
