/** Every class and function with options refuses a name that nobody reads, and something else in the place of the object. */
import { describe, expect, test } from "vitest";
import * as data from "../../src/data/index.ts";
import * as nabla from "../../src/index.ts";
import * as plot from "../../src/plot/index.ts";
import * as train from "../../src/train/index.ts";
import * as vision from "../../src/vision/index.ts";

const { nn, ones, optim, tensor, ValueError, zeros } = nabla;
const F = nn.functional;
const { transforms } = vision;
const x = (): nabla.Tensor => ones(2, 3);
const image = ones(1, 1, 4, 4);
const labels = tensor([0, 1], { dtype: "int32" });
const sgd = (): nabla.optim.SGD => new optim.SGD([new nn.Parameter(ones(2))], { lr: 1, momentum: 0.9 });
const real = (): nabla.Tensor => zeros(2, 3);

type Call = (options: never) => unknown;

/** What makes a layer, by the arguments before its options. */
const LAYERS: Readonly<Record<string, readonly unknown[]>> = {
  ...{ BatchNorm1d: [3], BatchNorm2d: [3], BatchNorm3d: [3], Bilinear: [2, 2, 1], CELU: [], CosineSimilarity: [] },
  ...{ Conv1d: [1, 1, 2], Conv2d: [1, 1, 2], ConvTranspose1d: [1, 1, 2], ConvTranspose2d: [1, 1, 2], ELU: [] },
  ...{ AvgPool1d: [2], AvgPool2d: [2], MaxPool1d: [2], MaxPool2d: [2], MaxUnpool1d: [2], MaxUnpool2d: [2] },
  ...{ Embedding: [3, 2], Fold: [4, 2], Unfold: [2], GELU: [], GLU: [], GRU: [2, 3], GRUCell: [2, 3] },
  ...{ GroupNorm: [1, 2], Hardshrink: [], Hardtanh: [], InstanceNorm1d: [3], InstanceNorm2d: [3], LSTM: [2, 3] },
  ...{ InstanceNorm3d: [3], LSTMCell: [2, 3], LayerNorm: [[3]], LeakyReLU: [], Linear: [2, 3], LocalResponseNorm: [2] },
  ...{ Maxout: [2, 2, 2], MultiheadAttention: [4, 2], PReLU: [], PairwiseDistance: [], Parameter: [ones(2)] },
  ...{ PositionalEncoding: [4], RMSNorm: [[3]], RNN: [2, 3], RNNCell: [2, 3], Softplus: [], Softshrink: [] },
  ...{ TransformerEncoderLayer: [4, 2], Upsample: [], BCELoss: [], BCEWithLogitsLoss: [], CosineEmbeddingLoss: [] },
  ...{ CrossEntropyLoss: [], GaussianNLLLoss: [], HingeEmbeddingLoss: [], HuberLoss: [], KLDivLoss: [], L1Loss: [] },
  ...{ MSELoss: [], MarginRankingLoss: [], MultiLabelMarginLoss: [], MultiLabelSoftMarginLoss: [] },
  ...{ MultiMarginLoss: [], NLLLoss: [], PoissonNLLLoss: [], SmoothL1Loss: [], SoftMarginLoss: [] },
  ...{ TripletMarginLoss: [] },
};

/** Functions whose options come last. Losses have those of their layers too. */
const FUNCTIONS: Readonly<Record<string, Call>> = {
  allclose: (o) => x().allclose(x(), o),
  add: (o) => x().add(1, o),
  addcmul: (o) => x().addcmul(x(), x(), o),
  addmm: (o) => ones(2, 2).addmm(ones(2, 2), ones(2, 2), o),
  arange: (o) => nabla.arange(0, 3, 1, o),
  avgPool2d: (o) => F.avgPool2d(image, 2, o),
  backward: (o) => x().requiresGrad_().mul(2).sum().backward(undefined, o),
  batchNorm: (o) => F.batchNorm(x(), null, null, o),
  bernoulli: (o) => x().bernoulli(o),
  binaryCrossEntropy: (o) => F.binaryCrossEntropy(x(), x(), o),
  binaryCrossEntropyWithLogits: (o) => F.binaryCrossEntropyWithLogits(x(), x(), o),
  bincount: (o) => labels.bincount(o),
  cdist: (o) => x().cdist(x(), o),
  celu: (o) => F.celu(x(), o),
  conv1d: (o) => F.conv1d(ones(1, 4) as nabla.Tensor, ones(1, 1, 2), null, o),
  conv2d: (o) => F.conv2d(image as nabla.Tensor, ones(1, 1, 2, 2), null, o),
  convTranspose2d: (o) => F.convTranspose2d(image, ones(1, 1, 2, 2), null, o),
  cosineEmbeddingLoss: (o) => F.cosineEmbeddingLoss(x(), x(), ones(2), o),
  cosineSimilarity: (o) => F.cosineSimilarity(x(), x(), o),
  cov: (o) => x().cov(o),
  crossEntropy: (o) => F.crossEntropy(x(), labels, o),
  diagonal: (o) => x().diagonal(o),
  diff: (o) => x().diff(o),
  dropout: (o) => F.dropout(x(), o),
  elu: (o) => F.elu(x(), o),
  embedding: (o) => F.embedding(labels, x(), o),
  empty: (o) => nabla.empty([2], o),
  emptyLike: (o) => nabla.emptyLike(x(), o),
  eye: (o) => nabla.eye(2, o),
  fold: (o) => F.fold(ones(1, 4, 9), 4, 2, o),
  full: (o) => nabla.full([2], 1, o),
  fullLike: (o) => nabla.fullLike(x(), 1, o),
  gaussianNLLLoss: (o) => F.gaussianNLLLoss(x(), x(), x(), o),
  gelu: (o) => F.gelu(x(), o),
  grad: (o) => nabla.grad(x().requiresGrad_().sum(), x().requiresGrad_(), o),
  groupNorm: (o) => F.groupNorm(x(), 1, o),
  gumbelSoftmax: (o) => F.gumbelSoftmax(x(), o),
  hardshrink: (o) => F.hardshrink(x(), o),
  hardtanh: (o) => F.hardtanh(x(), o),
  hingeEmbeddingLoss: (o) => F.hingeEmbeddingLoss(x(), x(), o),
  histc: (o) => x().histc(o),
  huberLoss: (o) => F.huberLoss(x(), x(), o),
  "init.kaimingNormal_": (o) => nn.init.kaimingNormal_(real(), o),
  "init.kaimingUniform_": (o) => nn.init.kaimingUniform_(real(), o),
  "init.normal_": (o) => nn.init.normal_(real(), o),
  "init.orthogonal_": (o) => nn.init.orthogonal_(real(), o),
  "init.truncNormal_": (o) => nn.init.truncNormal_(real(), o),
  "init.uniform_": (o) => nn.init.uniform_(real(), o),
  "init.xavierNormal_": (o) => nn.init.xavierNormal_(real(), o),
  "init.xavierUniform_": (o) => nn.init.xavierUniform_(real(), o),
  indexAdd: (o) => x().indexAdd(0, labels, x(), o),
  instanceNorm: (o) => F.instanceNorm(image, o),
  interpolate: (o) => F.interpolate(image, o),
  isclose: (o) => nabla.isclose(x(), x(), o),
  isin: (o) => nabla.isin(x(), x(), o),
  klDiv: (o) => F.klDiv(x(), x(), o),
  l1Loss: (o) => F.l1Loss(x(), x(), o),
  layerNorm: (o) => F.layerNorm(x(), [3], o),
  leakyRelu: (o) => F.leakyRelu(x(), o),
  linspace: (o) => nabla.linspace(0, 1, 3, o),
  loadStateDict: (o) => new nn.ReLU().loadStateDict({}, o),
  localResponseNorm: (o) => F.localResponseNorm(image, 2, o),
  logit: (o) => x().logit(o),
  logspace: (o) => nabla.logspace(0, 1, 3, o),
  marginRankingLoss: (o) => F.marginRankingLoss(x(), x(), x(), o),
  maxPool1d: (o) => F.maxPool1d(ones(1, 4), 2, o),
  maxPool2d: (o) => F.maxPool2d(image, 2, o),
  meshgrid: (o) => nabla.meshgrid([ones(2)], o),
  mseLoss: (o) => F.mseLoss(x(), x(), o),
  multiLabelMarginLoss: (o) => F.multiLabelMarginLoss(ones(2), labels, o),
  multiLabelSoftMarginLoss: (o) => F.multiLabelSoftMarginLoss(x(), x(), o),
  multiMarginLoss: (o) => F.multiMarginLoss(x(), labels, o),
  multinomial: (o) => ones(3).multinomial(1, o),
  nanToNum: (o) => x().nanToNum(o),
  nllLoss: (o) => F.nllLoss(x(), labels, o),
  normalize: (o) => F.normalize(x(), o),
  normal_: (o) => x().normal_(0, 1, o),
  ones: (o) => ones([2], o),
  onesLike: (o) => nabla.onesLike(x(), o),
  pad: (o) => x().pad([1, 1], o),
  pairwiseDistance: (o) => F.pairwiseDistance(x(), x(), o),
  poissonNLLLoss: (o) => F.poissonNLLLoss(x(), x(), o),
  quantile: (o) => x().quantile(0.5, 0, false, o),
  rand: (o) => nabla.rand([2], o),
  randLike: (o) => nabla.randLike(x(), o),
  randint: (o) => nabla.randint(3, [2], o),
  randn: (o) => nabla.randn([2], o),
  randnLike: (o) => nabla.randnLike(x(), o),
  randperm: (o) => nabla.randperm(3, o),
  registerBuffer: (o) => new nn.ReLU().registerBuffer("x", x(), o),
  rmsNorm: (o) => F.rmsNorm(x(), [3], o),
  scaledDotProductAttention: (o) => F.scaledDotProductAttention(x(), x(), x(), o),
  searchsorted: (o) => nabla.searchsorted(ones(2), ones(2), o),
  smoothL1Loss: (o) => F.smoothL1Loss(x(), x(), o),
  softMarginLoss: (o) => F.softMarginLoss(x(), x(), o),
  softplus: (o) => F.softplus(x(), o),
  softshrink: (o) => F.softshrink(x(), o),
  sort: (o) => x().sort(0, o),
  std: (o) => x().std(0, false, o),
  sub: (o) => x().sub(1, o),
  summary: (o) => nn.summary(new nn.ReLU(), [2], o),
  tensor: (o) => tensor([1], o),
  tensordot: (o) => nabla.tensordot(x(), x(), o),
  topk: (o) => x().topk(1, 0, o),
  trapezoid: (o) => nabla.trapezoid(x(), o),
  tripletMarginLoss: (o) => F.tripletMarginLoss(x(), x(), x(), o),
  tripletMarginWithDistanceLoss: (o) => F.tripletMarginWithDistanceLoss(x(), x(), x(), o),
  triuIndices: (o) => nabla.triuIndices(2, 2, o),
  unfold: (o) => F.unfold(image, 2, o),
  uniform_: (o) => x().uniform_(0, 1, o),
  unique: (o) => x().unique(o),
  var: (o) => x().var(0, false, o),
  varMean: (o) => x().varMean(0, false, o),
  zeros: (o) => zeros([2], o),
  zerosLike: (o) => nabla.zerosLike(x(), o),
};

/** Schedules, by the arguments between optimizer and options. */
const SCHEDULES: Readonly<Record<string, readonly unknown[]>> = {
  ...{ ConstantLR: [], CosineAnnealingLR: [5], CosineAnnealingWarmRestarts: [5], CyclicLR: [0.1, 0.2] },
  ...{ ExponentialLR: [0.9], LambdaLR: [() => 1], LinearLR: [], MultiStepLR: [[1, 2]], MultiplicativeLR: [() => 1] },
  ...{ OneCycleLR: [0.1], PolynomialLR: [], ReduceLROnPlateau: [], StepLR: [2] },
};

/** Everything beside the package's root. */
const ROOMS: Readonly<Record<string, Call>> = {
  BatchSampler: (o) => new data.BatchSampler(new data.SequentialSampler([1, 2]), 2, o),
  DataLoader: (o) => new data.DataLoader([1, 2], o),
  RandomSampler: (o) => new data.RandomSampler([1, 2], o),
  SlidingWindows: (o) => new data.SlidingWindows(ones(9), o),
  StandardScaler: (o) => new data.StandardScaler(o),
  SubsetRandomSampler: (o) => new data.SubsetRandomSampler([1, 2], o),
  WeightedRandomSampler: (o) => new data.WeightedRandomSampler([1, 2], 2, o),
  parseCsv: (o) => data.parseCsv("a\n1", o),
  ChainedScheduler: (o) => new optim.lrScheduler.ChainedScheduler([new optim.lrScheduler.LinearLR(sgd())], o),
  SequentialLR: (o) => new optim.lrScheduler.SequentialLR(sgd(), [new optim.lrScheduler.LinearLR(sgd())], [], o),
  TransformerEncoder: (o) => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2), 2, o),
  ColorJitter: (o) => new transforms.ColorJitter(o),
  Grayscale: (o) => new transforms.Grayscale(o),
  Pad: (o) => new transforms.Pad(1, o),
  RandomAffine: (o) => new transforms.RandomAffine(1, o),
  RandomCrop: (o) => new transforms.RandomCrop(1, o),
  RandomErasing: (o) => new transforms.RandomErasing(o),
  RandomHorizontalFlip: (o) => new transforms.RandomHorizontalFlip(o),
  RandomResizedCrop: (o) => new transforms.RandomResizedCrop(1, o),
  RandomRotation: (o) => new transforms.RandomRotation(1, o),
  RandomVerticalFlip: (o) => new transforms.RandomVerticalFlip(o),
  Resize: (o) => new transforms.Resize(1, o),
  ImageFolder: (o) => new vision.ImageFolder(".", o),
  readImage: (o) => vision.readImage("none.png", o),
  writeImage: (o) => vision.writeImage(ones(2, 2), "none.png", o),
  Accuracy: (o) => new train.Accuracy(o),
  ConfusionMatrix: (o) => new train.ConfusionMatrix(o),
  F1: (o) => new train.F1(o),
  Precision: (o) => new train.Precision(o),
  ROCAUC: (o) => new train.ROCAUC(o),
  Recall: (o) => new train.Recall(o),
  progress: (o) => train.progress([1], o),
  "plot.activations": (o) => plot.activations([], o),
  "plot.boundary": (o) => plot.boundary(() => [], o),
  "plot.confusion": (o) => plot.confusion([[1]], o),
  "plot.curves": (o) => plot.curves([], o),
  "plot.functions": (o) => plot.functions([], o),
  "plot.graph": (o) => plot.graph(x().requiresGrad_().sum(), o),
  "plot.heatmap": (o) => plot.heatmap([], o),
  "plot.histogram": (o) => plot.histogram([], o),
  "plot.images": (o) => plot.images(image, o),
  "plot.network": (o) => plot.network(new nn.Linear(2, 2), o),
  "plot.surface": (o) => plot.surface(() => 1, o),
  "plot.sweep": (o) => plot.sweep([], ["lr"] as never, o),
};

const OPTIMIZERS = Object.entries(optim).filter(
  ([name, value]) => typeof value === "function" && name !== "Optimizer",
) as [string, new (parameters: unknown, options: unknown) => unknown][];

const made = (name: string, options: unknown): unknown =>
  new (nn as unknown as Record<string, new (...args: unknown[]) => unknown>)[name]!(...(LAYERS[name] ?? []), options);

const rows: [string, (options: unknown) => unknown][] = [
  ...Object.keys(LAYERS).map((name): [string, (options: unknown) => unknown] => [name, (o) => made(name, o)]),
  ...Object.entries(FUNCTIONS).map(([name, call]): [string, (options: unknown) => unknown] => [
    name,
    (o) => call(o as never),
  ]),
  ...Object.entries(ROOMS).map(([name, call]): [string, (options: unknown) => unknown] => [
    name,
    (o) => call(o as never),
  ]),
  ...Object.entries(SCHEDULES).map(([name, between]): [string, (options: unknown) => unknown] => [
    name,
    (o) =>
      new (optim.lrScheduler as never as Record<string, new (...args: unknown[]) => unknown>)[name]!(
        sgd(),
        ...between,
        o,
      ),
  ]),
  ...OPTIMIZERS.map(([name, type]): [string, (options: unknown) => unknown] => [
    name,
    (o) => new type([new nn.Parameter(ones(2))], o),
  ]),
];

describe.each(rows)("%s", (_, call) => {
  test("an unknown option", () => {
    expect(() => call({ nonsense: 1 })).toThrow(ValueError);
    expect(() => call({ nonsense: 1 })).toThrow(/: there is no option nonsense; options are \w+/);
  });

  test("something else in the place of the options", () => {
    for (const other of ["sum", ones(2)]) {
      expect(() => call(other)).toThrow(nabla.NablaError);
    }
  });
});

test("the likely fix is in the message", () => {
  expect(() => new nn.LeakyReLU(0.1 as never)).toThrow(
    "LeakyReLU: options are an object, as { negativeSlope: 0.1 }; got 0.1",
  );
  expect(() => new nn.Linear(2, 3, false as never)).toThrow(
    "Linear: options are an object, as { bias: false }; got false",
  );
  expect(() => new nn.LeakyReLU({ negative_slope: 0.1 } as never)).toThrow(
    "LeakyReLU: there is no option negative_slope; it is called negativeSlope",
  );
});
