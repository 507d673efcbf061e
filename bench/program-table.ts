/** The programs that are measured against their PyTorch forms in `torch/programs/`: how much of each both run, and what both say. */

/** Settings as both sides read them out of the environment. */
export type Settings = Readonly<Record<string, number>>;

export interface Program {
  readonly name: string;
  /** How much of the program is measured; all of it where nothing is set. */
  readonly settings: Settings;
  /** A quick look; null where even a short form takes long. */
  readonly quick: Settings | null;
  /** What the figures are, in words. */
  readonly figure: string;
  /** Finds the figures in the output of both sides. */
  readonly pattern: RegExp;
  /** Whether its products are so large that PyTorch is not tried with one thread. */
  readonly large?: boolean;
}

const ACCURACY = { figure: "accuracy", pattern: /^accuracy ([\d.]+)/gm };

export const PROGRAMS: readonly Program[] = [
  {
    name: "activations",
    settings: {},
    quick: { STEPS: 200 },
    figure: "squared error without and with ReLU",
    pattern: /mean squared error ([\d.]+)/g,
  },
  { name: "back-query", settings: {}, quick: { EPOCHS: 1, IMAGES: 5000, STEPS: 50 }, ...ACCURACY },
  {
    name: "backprop-by-hand",
    settings: {},
    quick: { STEPS: 200 },
    figure: "error after the last step",
    pattern: /^After .*E = (\S+)$/gm,
  },
  {
    name: "cifar10-better",
    settings: { EPOCHS: 1, IMAGES: 25_000 },
    quick: { EPOCHS: 1, IMAGES: 500 },
    ...ACCURACY,
    large: true,
  },
  {
    name: "cifar10-cnn",
    settings: { EPOCHS: 1, IMAGES: 25_000 },
    quick: { EPOCHS: 1, IMAGES: 500 },
    ...ACCURACY,
    large: true,
  },
  {
    name: "cifar10-resnet",
    settings: { EPOCHS: 1, IMAGES: 10_000 },
    quick: { EPOCHS: 1, IMAGES: 256 },
    ...ACCURACY,
    large: true,
  },
  {
    name: "curve-cubic",
    settings: { STEPS: 2000 },
    quick: { STEPS: 100 },
    figure: "error with 128 units in one layer and in two",
    pattern: /128: ([\d.]+)/g,
  },
  {
    name: "curve-x2",
    settings: {},
    quick: { STEPS: 500 },
    figure: "distance with SGD and with Adam",
    pattern: /network from x² \+ 3: ([\d.]+)$/gm,
  },
  {
    name: "early-stopping",
    settings: {},
    quick: { EPOCHS: 10, TRAIN: 600 },
    figure: "accuracy with the best weights and with the last",
    pattern: /: accuracy ([\d.]+)/g,
  },
  {
    name: "from-scratch",
    settings: { EPOCHS: 1, IMAGES: 20_000 },
    quick: { EPOCHS: 1, IMAGES: 3000 },
    figure: "accuracy of the three trainings",
    pattern: /: accuracy ([\d.]+)/g,
  },
  {
    name: "linear-regression",
    settings: {},
    quick: { STEPS: 300, DRAWS: 10_000 },
    figure: "MSE, simple and multiple",
    pattern: /gradient descent.*MSE ([\d.]+)/g,
  },
  {
    name: "local-minimum",
    settings: {},
    quick: { STEPS: 200 },
    figure: "f without and with momentum",
    pattern: /, f = (-?[\d.]+)/g,
  },
  {
    name: "logistic-and-softmax",
    settings: {},
    quick: { STEPS: 200 },
    figure: "accuracy on two species and on three",
    pattern: /accuracy ([\d.]+)/g,
  },
  {
    name: "mnist-ann",
    settings: { EPOCHS: 1 },
    quick: { EPOCHS: 1, IMAGES: 3000 },
    figure: "accuracy at the constant rate and the falling one",
    pattern: /learning rate: accuracy ([\d.]+)/g,
  },
  {
    name: "mnist-cnn",
    settings: { EPOCHS: 1, IMAGES: 30_000 },
    quick: { EPOCHS: 1, IMAGES: 600 },
    ...ACCURACY,
    large: true,
  },
  { name: "mnist-mlp", settings: {}, quick: null, ...ACCURACY, large: true },
  {
    name: "mnist-one-by-one",
    settings: { STEPS: 1000, TESTS: 500 },
    quick: { STEPS: 100, TESTS: 20, UNITS: 256 },
    figure: "accuracy as written, repaired, and at the right rate",
    pattern: /: accuracy ([\d.]+)/g,
    large: true,
  },
  {
    name: "mnist-rows",
    settings: { EPOCHS: 1 },
    quick: { EPOCHS: 1, IMAGES: 600 },
    figure: "accuracy of RNN, GRU and LSTM",
    pattern: /^accuracy ([\d.]+) of/gm,
    large: true,
  },
  {
    name: "mnist-sequential",
    settings: { EPOCHS: 1 },
    quick: { EPOCHS: 1, IMAGES: 2000 },
    figure: "accuracy on pixels to 255 and to 1",
    pattern: /^Accuracy: ([\d.]+)/gm,
  },
  { name: "name-classifier", settings: {}, quick: { EPOCHS: 1, NAMES: 1000 }, ...ACCURACY },
  {
    name: "name-generator",
    settings: { EPOCHS: 5 },
    quick: { EPOCHS: 1, NAMES: 1000 },
    figure: "bits per letter",
    pattern: /^([\d.]+) bits per letter/gm,
  },
  {
    name: "own-handwriting",
    settings: { EPOCHS: 1, IMAGES: 12_000, PHOTOS: 1 },
    quick: { EPOCHS: 1, IMAGES: 600, PHOTOS: 1 },
    figure: "accuracy of the reader on MNIST",
    pattern: /test images:([\d.]+)/g,
    large: true,
  },
  {
    name: "perceptron",
    settings: {},
    quick: { STEPS: 200 },
    figure: "perceptrons that are AND, OR, NAND and XOR",
    pattern: /(\d+) of 531441/g,
  },
  {
    name: "remember-the-first",
    settings: { STEPS: 100, LONGEST: 100 },
    quick: { STEPS: 20, LONGEST: 20 },
    figure: "accuracy of RNN, GRU and LSTM at length 10",
    pattern: /^length 10, \w+: accuracy ([\d.]+)/gm,
  },
  {
    name: "rotations",
    settings: { EPOCHS: 1, ANGLE_EPOCHS: 0 },
    quick: { EPOCHS: 1, ANGLE_EPOCHS: 0, IMAGES: 2000, HIDDEN: 100 },
    ...ACCURACY,
  },
  {
    name: "stock-forecast",
    settings: { EPOCHS: 10 },
    quick: { EPOCHS: 2 },
    figure: "RMSE of the S&P 500 and of Seattle",
    pattern: /network +RMSE ([\d.]+)/g,
  },
  {
    name: "sweeps",
    settings: { IMAGES: 10_000, EPOCHS: 2, HIDDEN_EPOCHS: 1 },
    quick: { IMAGES: 500, EPOCHS: 1, HIDDEN_EPOCHS: 1 },
    figure: "accuracy with 500 nodes",
    pattern: /^ *4 +500 +([\d.]+)/gm,
    large: true,
  },
  {
    name: "three-heads",
    settings: {},
    quick: { EPOCHS: 20 },
    figure: "accuracy on sex and on species",
    pattern: /(?:sex|species): accuracy ([\d.]+)/g,
  },
  {
    name: "tiny-gpt",
    settings: { STEPS: 100 },
    quick: { STEPS: 5, CHARACTERS: 50_000 },
    figure: "bits per character",
    pattern: /^([\d.]+) bits per character/gm,
    large: true,
  },
  {
    name: "vanishing-gradient",
    settings: { EPOCHS: 1, IMAGES: 10_000 },
    quick: null,
    figure: "accuracy with ReLU, 1 and 16 hidden layers",
    pattern: /ReLU, (?:1|16) hidden: accuracy ([\d.]+)/g,
  },
];
