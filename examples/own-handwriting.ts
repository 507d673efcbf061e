/**
 * Reads photos of your own handwriting. Finds the digit in each photo, brings it into the form of MNIST's images and gives the answer of a
 * convolutional network with its probabilities; every step is drawn in runs/own-handwriting/.
 * `npm run example own-handwriting -- DIR` reads the PNG and JPEG files of a folder (or files); those whose name begins or ends with a digit, as
 * 7_anna.jpg or my_own_7.png, are scored. Without files it writes and reads synthesised photos: PHOTOS=200 test digits of MNIST on paper,
 * with light, shadows, rules, perspective and noise made by the program.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { manualSeed, noGrad, stack, type Tensor, zeros } from "nabla";
import * as plot from "nabla/plot";
import { digitFromPhoto, MNIST, type PhotographedDigit, transforms, writeImage } from "nabla/vision";
import { readerFrom } from "./shared/digit-reader.ts";
import { photographed } from "./shared/photographed.ts";
import { setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 4);
/** Training images used. */
const IMAGES = setting("IMAGES", 60_000, 60_000);
/** Synthesised photos when no files are given. */
const PHOTOS = setting("PHOTOS", 200, 10_000);
/** Where the synthesised photos begin: other seeds, other photos. */
const SEED = setting("SEED", 1, 1_000_000);
const FOLDER = "runs/own-handwriting";
/** Photos whose steps are drawn, and the side of a drawn step. */
const DRAWN = 6;
const SIDE = 96;

interface Task {
  readonly name: string;
  readonly label: number | undefined;
  readonly photo: string | Tensor;
}

interface Answer {
  readonly task: Task;
  /** The digit found, or what was wrong with the photo. */
  readonly found: PhotographedDigit | Error;
  /** The probability of each digit. */
  readonly probabilities: readonly number[];
}

/** The digit that a file's name begins or ends with: 7_anna.jpg, my_own_7.png. */
function labelOf(file: string): number | undefined {
  const found = /^(\d)(?!\d)/.exec(file) ?? /(?:^|\D)(\d)\.[^.]+$/.exec(file);
  return found === null ? undefined : Number(found[1]);
}

function refuse(what: string): never {
  console.error(`own-handwriting: ${what}`);
  process.exit(2);
}

function filesOf(paths: readonly string[]): Task[] {
  const files = paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false }) ?? refuse(`there is no file or folder ${path}`);
    if (!found.isDirectory()) return [path];
    return readdirSync(path)
      .filter((file) => /\.(png|jpe?g)$/i.test(file))
      .sort()
      .map((file) => join(path, file));
  });
  if (files.length === 0) refuse(`there are no PNG or JPEG files in ${paths.join(", ")}`);
  return files.map((file) => ({ name: basename(file), label: labelOf(basename(file)), photo: file }));
}

async function synthesised(): Promise<Task[]> {
  const { images, targets } = await MNIST.load({ train: false });
  manualSeed(SEED);
  const labels = targets.data();
  console.log(
    `synthesised photos: ${PHOTOS} test digits of MNIST on paper made by this program, no photos of people's writing`,
  );
  return Array.from({ length: PHOTOS }, (_, i) => {
    const at = ((SEED - 1) * PHOTOS + i) % labels.length;
    const { image, kind } = photographed(images.select(0, at));
    if (i < DRAWN) writeImage(image, `${FOLDER}/photos/${labels[at]}_${i}.png`);
    return { name: `${labels[at]} on ${kind}`, label: labels[at] as number, photo: image };
  });
}

function read(task: Task, model: (images: Tensor) => Tensor): Answer {
  try {
    const found = digitFromPhoto(task.photo);
    const scores = noGrad(() => model(found.image.unsqueeze(0)).softmax(1));
    return { task, found, probabilities: Array.from(scores.data()) };
  } catch (error) {
    return { task, found: error as Error, probabilities: [] };
  }
}

/** The digits by falling probability. */
function ranked({ probabilities }: Answer): number[] {
  return Array.from(probabilities.keys()).sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number));
}

function percent(share: number | undefined): string {
  return `${(100 * (share ?? 0)).toFixed(1)} %`;
}

function line(answer: Answer): string {
  const { task, found, probabilities } = answer;
  if (found instanceof Error) return `${task.name}: ${found.message}`;
  const [first, ...others] = ranked(answer)
    .slice(0, 3)
    .map((digit) => `${digit} (${percent(probabilities[digit])})`);
  const verdict = task.label === undefined ? "" : isRight(answer) ? " right" : ` WRONG, it is a ${task.label}`;
  return `${task.name}: ${first}, then ${others.join(", ")}${verdict}`;
}

function isRight(answer: Answer): boolean {
  return ranked(answer)[0] === answer.task.label;
}

/** A picture [height, width] in the middle of a gray square, in 48 grays. */
function onSquare(picture: Tensor): Tensor {
  const [height, width] = picture.shape as [number, number];
  const scale = SIDE / Math.max(height, width);
  const [h, w] = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
  const small = transforms.resize(picture.unsqueeze(0), [h, w], { antialias: scale < 1 }).squeeze(0);
  const square: Tensor = zeros(SIDE, SIDE).fill_(0.5);
  square
    .narrow(0, Math.floor((SIDE - h) / 2), h)
    .narrow(1, Math.floor((SIDE - w) / 2), w)
    .copy_(small.mul(47).round().div(47).clamp(0, 1));
  return square;
}

/** Every step of some photos, one photo per row. */
function drawSteps(answers: readonly Answer[], file: string, title: string): void {
  const shown = answers.filter((answer) => !(answer.found instanceof Error)).slice(0, DRAWN);
  if (shown.length === 0) return;
  const steps = shown.flatMap(({ found }) => (found as PhotographedDigit).steps);
  const captions = shown.flatMap((answer) => {
    const [best, next] = ranked(answer) as [number, number];
    const of = answer.probabilities;
    return [
      answer.task.name.slice(0, 16),
      "ink",
      "shapes",
      "cut out",
      `${best} ${percent(of[best])}, ${next} ${percent(of[next])}`,
    ];
  });
  const wrong = shown.flatMap((answer) => [
    false,
    false,
    false,
    false,
    answer.task.label !== undefined && !isRight(answer),
  ]);
  const pictures = stack(steps.map(({ image }) => onSquare(image)));
  plot
    .images(pictures, {
      columns: 5,
      captions,
      wrong,
      title,
      subtitle: "the photo in gray, ink without paper and light, the shape chosen, cut out, as MNIST has it",
    })
    .save(`${FOLDER}/${file}`);
}

const given = process.argv.slice(2);
const tasks = given.length > 0 ? filesOf(given) : undefined; // a folder that is not there is found out now, not after the training
const model = await readerFrom(`${FOLDER}/model.safetensors`, { epochs: EPOCHS, images: IMAGES });
const answers = (tasks ?? (await synthesised())).map((task, i) => {
  const answer = read(task, (images) => model.forward(images));
  if (tasks !== undefined || i < 10 || (answer.found instanceof Error ? true : !isRight(answer)))
    console.log(line(answer));
  return answer;
});
const what = tasks === undefined ? "Synthesised photos" : "Photos";
drawSteps(answers, "steps.svg", `${what}, step by step`);
const labelled = answers.filter((answer) => answer.task.label !== undefined);
drawSteps(
  labelled.filter((answer) => !isRight(answer)),
  "mistakes.svg",
  `${what} taken for something else`,
);
const refused = answers.filter((answer) => answer.found instanceof Error).length;
console.log(`pictures: ${FOLDER}/`);
if (refused > 0) console.log(`no digit read in ${refused} of ${answers.length} photos`);
if (labelled.length > 0) {
  const right = labelled.filter(isRight).length;
  console.log(
    `accuracy ${(right / labelled.length).toFixed(4)} (${right} of ${labelled.length} ${tasks === undefined ? "synthesised photos" : "photos"})`,
  );
}
