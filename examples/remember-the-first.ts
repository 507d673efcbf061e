/**
 * The memory of RNN, GRU and LSTM. A symbol comes in, one of 8, then random symbols of another kind, and after the last one the network has to
 * say which was the first: nothing in between helps, so everything hangs on how long a state lasts and how far a gradient reaches. Trains each network at several
 * lengths, and draws accuracy against length, the gradients over time, and the gates over time, to runs/remember-the-first/. GRU and LSTM
 * have all right at every length up to 200; the RNN has 0.53 at length 10, and 0.11 to 0.26 from 20 on.
 */
import { cat, manualSeed, nn, noGrad, optim, randint, type Tensor } from "nabla";
import * as plot from "nabla/plot";
import { MetricsLog } from "nabla/train";
import { gatesOver, KINDS, type Kind, openGates, type Reader, reader } from "./shared/recurrent.ts";
import { SEED, setting } from "./shared/report.ts";

/** Training steps at most; a network that has everything right for a while stops earlier. */
const STEPS = setting("STEPS", 800, 100_000);
const LONGEST = setting("LONGEST", 200, 200, 10);
const LENGTHS = [10, 20, 50, 100, 200].filter((length) => length <= LONGEST);
const BATCH = 32;
/** How many first symbols there are, and how many others. */
const [SYMBOLS, FILLERS] = [8, 4];
const UNITS = 64;
const FOLDER = "runs/remember-the-first";
/** The length at which gradients and gates are looked at. */
const LOOK = Math.min(100, LONGEST);

class Rememberer extends nn.Module {
  layer: Reader;
  fc = new nn.Linear(UNITS, SYMBOLS);

  constructor(kind: Kind) {
    super();
    this.layer = reader(kind, SYMBOLS + FILLERS, UNITS);
  }

  forward(x: Tensor): Tensor {
    const [states] = this.layer.forward(x);
    return this.fc.forward(states.select(1, -1));
  }
}

/** Sequences [count, length, SYMBOLS + FILLERS] of a first symbol and fillers after it, and the first symbol of each. */
function drawSequences(count: number, length: number): [x: Tensor, first: Tensor] {
  const first = randint(0, SYMBOLS, [count, 1]);
  const fillers = randint(SYMBOLS, SYMBOLS + FILLERS, [count, length - 1]);
  const x = cat([first, fillers], 1)
    .oneHot(SYMBOLS + FILLERS)
    .to("float32");
  return [x as Tensor, first.squeeze(1) as Tensor];
}

function accuracyOn(model: Rememberer, length: number): number {
  return noGrad(() => {
    const [x, first] = drawSequences(1000, length);
    return model.forward(x).argmax(1).eq(first).to("float32").mean().item();
  });
}

/** A network trained on fresh sequences until it has 20 batches in a row right, or `STEPS` are over. */
function trainAt(kind: Kind, length: number): { model: Rememberer; steps: number; accuracy: number } {
  manualSeed(SEED);
  const model = new Rememberer(kind);
  openGates(kind, model.layer, length);
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 3e-3 });
  let [steps, right] = [0, 0];
  while (steps < STEPS && right < 20) {
    const [x, first] = drawSequences(BATCH, length);
    const scores = model.forward(x);
    const loss = criterion.forward(scores, first);
    optimizer.zeroGrad();
    loss.backward();
    nn.utils.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    steps++;
    right = loss.item() < 0.02 ? right + 1 : 0;
  }
  return { model, steps, accuracy: accuracyOn(model, length) };
}

/** How long the gradient of the loss is at each step of the input, mean over a batch. */
function gradientOverTime(model: Rememberer, length: number): Float64Array {
  const [symbols, first] = drawSequences(BATCH, length);
  const x = symbols.requiresGrad_();
  new nn.CrossEntropyLoss({ reduction: "sum" }).forward(model.forward(x), first).backward();
  return Float64Array.from((x.grad as Tensor).norm(2, 2).mean(0).data(), (size) => Math.max(size, 1e-12));
}

const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training
const accuracies = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
const looked = new Map<Kind, Rememberer>();
for (const length of LENGTHS) {
  for (const kind of KINDS) {
    const start = performance.now();
    const { model, steps, accuracy } = trainAt(kind, length);
    const seconds = (performance.now() - start) / 1000;
    accuracies.get(kind)?.push(accuracy);
    if (length === LOOK) looked.set(kind, model);
    metrics.add({ network: kind, length, steps, accuracy }).save();
    console.log(
      `length ${length}, ${kind}: accuracy ${accuracy.toFixed(3)} after ${steps} steps, ${seconds.toFixed(0)} s`,
    );
  }
}

plot
  .curves(
    KINDS.map((kind) => ({ name: kind, x: LENGTHS, y: accuracies.get(kind) as number[] })),
    {
      title: "Which symbol was the first?",
      subtitle: `accuracy on 1000 new sequences; guessing has ${100 / SYMBOLS} %`,
      x: "length of the sequence",
      percent: true,
    },
  )
  .save(`${FOLDER}/accuracy.svg`);

/** The gradients of networks that have learned nothing yet: with PyTorch's first weights, with gates that start open, and trained. */
function drawGradients(): void {
  const before = (kind: Kind, open: boolean): Float64Array => {
    manualSeed(SEED);
    const model = new Rememberer(kind);
    if (open) openGates(kind, model.layer, LOOK);
    return gradientOverTime(model, LOOK);
  };
  plot
    .curves(
      KINDS.flatMap((kind) => [
        { name: kind, panel: "Before training, usual first weights", y: before(kind, false) },
        { name: kind, panel: "Before training, gates that start open", y: before(kind, true) },
        { name: kind, panel: "After training", y: gradientOverTime(looked.get(kind) as Rememberer, LOOK) },
      ]),
      {
        title: `How far back the gradient reaches, over ${LOOK} steps`,
        subtitle: "size of the gradient of the loss at each step of the input; the answer is at step 1",
        x: "step",
        scale: "log",
        smooth: 0,
      },
    )
    .save(`${FOLDER}/gradients.svg`);
}

/** The gates of one sequence in the trained networks, units sorted by how open their first gate is. */
function drawGates(): void {
  manualSeed(1);
  const [x] = drawSequences(1, LOOK);
  const tables = KINDS.flatMap((kind) => {
    const gates = Object.entries(
      noGrad(() => gatesOver(kind, (looked.get(kind) as Rememberer).layer, x.squeeze(0) as Tensor)),
    );
    const order = (gates[0] as [string, Tensor])[1].mean(0).argsort(0, { descending: true });
    return gates.map(([gate, values]) => ({
      title: `${kind}, ${gate}`,
      values: values.indexSelect(1, order).transpose(0, 1) as Tensor,
    }));
  });
  plot
    .heatmap(tables, {
      title: "Gates over time",
      subtitle: "white is closed (0), black is open (1)",
      x: "step",
      y: "unit",
      range: [0, 1],
      height: 150,
    })
    .save(`${FOLDER}/gates.svg`);
}

drawGradients();
drawGates();
console.log(`metrics and pictures: ${FOLDER}/`);
for (const kind of KINDS) {
  const last = accuracies.get(kind)?.at(-1) as number;
  console.log(`accuracy ${last.toFixed(3)} of ${kind} at length ${LENGTHS.at(-1)} (guessing has ${1 / SYMBOLS})`);
}
