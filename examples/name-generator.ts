/**
 * Invents first names. A GRU learns to guess each next letter of 8,422 English first names, and then writes names letter by letter; it is judged
 * by the bits that a letter of names it has not seen costs it, against guessing by the frequencies of letters, pairs and triples, and by how many
 * of its names are simply in the lists. Writes names, numbers and pictures to runs/name-generator/. 2.827 bits; triples have 3.108.
 */
import { writeFileSync } from "node:fs";
import { manualSeed, nn, noGrad, optim, type Tensor, tensor } from "nabla";
import { CharVocabulary, DataLoader, TensorDataset } from "nabla/data";
import * as plot from "nabla/plot";
import { MetricsLog } from "nabla/train";
import { rivalLines, rivalsOf } from "./shared/n-gram.ts";
import { encodeAll, readNames, shuffled } from "./shared/names.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 15);
/** Names used. */
const NAMES = setting("NAMES", 10_000, 10_000, 100);
const FOLDER = "runs/name-generator";
const END = "<end>";
const [PADDING, UNITS] = [0, 128];

class NameWriter extends nn.Module {
  embedding: nn.Embedding;
  gru = new nn.GRU(32, UNITS, { batchFirst: true });
  dropout = new nn.Dropout(0.3);
  head: nn.Linear;

  constructor(letters: number) {
    super();
    this.embedding = new nn.Embedding(letters, 32, { paddingIdx: PADDING });
    this.head = new nn.Linear(UNITS, letters);
  }

  /** Letters [n, steps] to scores of the next one after each, [n, steps, letters], and the state after the last. */
  forward(letters: Tensor, state?: Tensor): [scores: Tensor, state: Tensor] {
    const [states, last] = this.gru.forward(this.embedding.forward(letters) as Tensor, state);
    return [this.head.forward(this.dropout.forward(states as Tensor)) as Tensor, last as Tensor];
  }
}

manualSeed(SEED);
const { male, female, both } = readNames();
const names = shuffled([...male, ...female, ...both]).slice(0, NAMES);
const known = names.slice(0, Math.floor(0.9 * names.length));
const unseen = names.slice(known.length);
const letters = CharVocabulary.build(names, { specials: ["<pad>", END] });
/** A name between two ends: the first says that it begins. */
const framed = (name: string): string[] => [END, ...name, END];
const train = new TensorDataset(encodeAll(letters, known.map(framed)));
const test = encodeAll(letters, unseen.map(framed));

const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training
const model = new NameWriter(letters.size);
const criterion = new nn.CrossEntropyLoss({ ignoreIndex: PADDING });
const loader = new DataLoader(train, { batchSize: 64, shuffle: true });
const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.01 });
const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 5e-3, { totalSteps: EPOCHS * loader.length });

/** What a letter of the names costs on average, in bits: every letter is guessed from those before it. */
function bitsPerLetter(batch: Tensor): Tensor {
  const steps = (batch.shape[1] as number) - 1;
  const [scores] = model.forward(batch.narrow(1, 0, steps) as Tensor);
  const next = batch.narrow(1, 1, steps).reshape(-1) as Tensor;
  return criterion.forward(scores.reshape(-1, letters.size) as Tensor, next).div(Math.LN2) as Tensor;
}

function evaluate(): number {
  model.eval();
  const bits = noGrad(() => bitsPerLetter(test).item());
  model.train();
  return bits;
}

const [losses, tested, testedAt]: [number[], number[], number[]] = [[], [], []];
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  for (const [batch] of loader) {
    const loss = bitsPerLetter(batch as Tensor);
    optimizer.zeroGrad();
    loss.backward();
    nn.utils.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    schedule.step();
    losses.push(loss.item());
  }
  tested.push(evaluate());
  testedAt.push(losses.length);
  metrics.add({ epoch, training: losses.at(-1) as number, test: tested.at(-1) as number }).save();
}

/** Writes `count` names at once, one letter of each per step; `temperature` below 1 prefers the likely letters. */
function writeNames(count: number, temperature: number): string[] {
  const written = Array.from({ length: count }, () => "");
  const open = new Set(written.keys());
  model.eval();
  noGrad(() => {
    let last = tensor(new Int32Array(count).fill(letters.indexOf(END))) as Tensor;
    let state: Tensor | undefined;
    for (let step = 0; step < 20 && open.size > 0; step++) {
      const [scores, after] = model.forward(last.unsqueeze(1) as Tensor, state);
      last = scores.squeeze(1).div(temperature).softmax(1).multinomial(1).squeeze(1) as Tensor;
      state = after;
      for (const [i, letter] of last.data().entries()) {
        if (!open.has(i)) continue;
        if (letters.tokenOf(letter) === END) open.delete(i);
        else if (letter !== PADDING) written[i] += letters.tokenOf(letter);
      }
    }
  });
  model.train();
  return written;
}

const sequences = (list: readonly string[]) => list.map((name) => letters.encode([...name, END]).data());
const rivals = rivalsOf(letters.size, sequences(known), sequences(unseen));
const bits = evaluate();

plot
  .curves(
    [
      { name: "training", y: losses },
      { name: "unseen names", x: testedAt, y: tested, smooth: 0 },
      ...rivalLines(rivals, losses.length),
    ],
    { title: "A GRU learns to write names", subtitle: "what a letter costs", x: "step", y: "bits" },
  )
  .save(`${FOLDER}/curves.svg`);

/** What the network expects after each letter of a name. */
function drawExpectations(name: string): void {
  const shown = letters.tokens.filter((token) => /^[a-z]$/.test(token) || token === END);
  const places = tensor(Int32Array.from(shown, (token) => letters.indexOf(token))) as Tensor;
  model.eval();
  const [scores] = noGrad(() => model.forward(letters.encode([END, ...name]).unsqueeze(0) as Tensor));
  plot
    .heatmap(
      [
        {
          values: scores.softmax(2).squeeze(0).indexSelect(1, places).transpose(0, 1) as Tensor,
          rows: shown.map((token) => (token === END ? "end" : token)),
          columns: ["start", ...name],
        },
      ],
      {
        title: `What comes next, after each letter of ${name}`,
        subtitle: "the probability of each small letter, and of the end",
        x: "letter read",
        range: [0, 1],
        height: 400,
        width: 560,
      },
    )
    .save(`${FOLDER}/next-letter.svg`);
}

drawExpectations("Christina");
const [inKnown, inUnseen] = [new Set(known), new Set(unseen)];
const lines: string[] = [];
for (const temperature of [0.5, 0.8, 1]) {
  const written = writeNames(1000, temperature);
  const share = (list: Set<string>): string => `${(written.filter((name) => list.has(name)).length / 10).toFixed(1)} %`;
  const fresh = [...new Set(written)].filter((name) => !inKnown.has(name) && !inUnseen.has(name));
  lines.push(
    `temperature ${temperature}: ${share(inKnown)} of 1000 names are training names, ${share(inUnseen)} are names it has not seen, ` +
      `${new Set(written).size} differ`,
    `  new: ${fresh.slice(0, 16).join(", ")}`,
  );
}
writeFileSync(`${FOLDER}/names.txt`, `${lines.join("\n")}\n`);
console.log(lines.join("\n"));
console.log(
  `by the frequencies of letters ${rivals.letters.toFixed(3)}, pairs ${rivals.pairs.toFixed(3)}, triples ${rivals.triples.toFixed(3)} bits`,
);
console.log(`names, metrics and pictures: ${FOLDER}/`);
console.log(`${bits.toFixed(3)} bits per letter (${unseen.length} test names)`);
