/** A folder of labelled pictures as one tensor. */
import { DataError, NablaError } from "../errors.ts";
import { stack, type Tensor, tensor } from "../ops/index.ts";
import { ImageFolder, readImage, transforms } from "../vision/index.ts";

/** Pictures of one size, as bytes. */
export interface Pictures {
  /** uint8 [n, channels, size, size]. */
  readonly images: Tensor;
  /** int32 [n]. */
  readonly labels: Tensor;
  readonly classes: readonly string[];
  readonly paths: readonly string[];
}

const SHOWN = 5;
const LOOKED_AT = 50;
const USUAL_SIZE = 64;
const LEAST_SIZE = 8;

/** One picture: its shorter side at `size`, and the middle of it. */
export function readPicture(path: string, channels: 1 | 3, size: number): Tensor {
  const image: Tensor = readImage(path, { mode: channels === 1 ? "gray" : "rgb" });
  const resized = new transforms.Resize(size).forward(image);
  return new transforms.CenterCrop(size).forward(resized);
}

/** Reads all pictures. Those that are none are an error that names them, or are left out. */
export function readPictures(folder: string, channels: 1 | 3, size: number, skip: boolean): Pictures {
  const { samples, classes } = new ImageFolder(folder);
  const read: { image: Tensor; label: number; path: string }[] = [];
  const broken: string[] = [];
  for (const [path, label] of samples) {
    try {
      read.push({ image: readPicture(path, channels, size), label, path });
    } catch (cause) {
      if (!(cause instanceof NablaError)) throw cause;
      broken.push(cause.message);
    }
  }
  if (broken.length > 0) report(broken, skip);
  if (read.length === 0) throw new DataError(`needs pictures in ${folder}; got none that can be read`);
  return {
    images: stack(read.map(({ image }) => image)) as Tensor,
    labels: tensor(Int32Array.from(read, ({ label }) => label)) as Tensor,
    classes,
    paths: read.map(({ path }) => path),
  };
}

/** Throws a DataError unless there are two classes, and pictures of each to learn from and to check. */
export function checkLearnable({ classes, labels }: Pictures, folder: string): void {
  const counts = new Array<number>(classes.length).fill(0);
  for (const label of labels.data()) counts[label] = (counts[label] as number) + 1;
  const lone = counts.findIndex((count) => count < 2);
  if (lone >= 0) {
    throw new DataError(
      `every class needs at least 2 pictures, one to learn from and one to check; got ${counts[lone]} of ${JSON.stringify(classes[lone])}`,
    );
  }
  if (classes.length < 2)
    throw new DataError(`needs a folder for each of at least 2 classes; got ${classes.join(", ")} in ${folder}`);
}

function report(broken: readonly string[], skip: boolean): void {
  const more = broken.length > SHOWN ? `\n  and ${broken.length - SHOWN} more` : "";
  const list = `${broken.length} files are no pictures:\n  ${broken.slice(0, SHOWN).join("\n  ")}${more}`;
  if (!skip) throw new DataError(`${list}\nremove them, or leave them out by --skip-broken`);
  process.stderr.write(`left out, as ${list}\n`);
}

/** Whether pictures are gray, and at which size a network sees them, by a look at some of them. */
export function lookAt(folder: string): { channels: 1 | 3; size: number } {
  const { samples } = new ImageFolder(folder);
  const every = Math.max(1, Math.floor(samples.length / LOOKED_AT));
  let gray = true;
  let smallest = USUAL_SIZE;
  for (let i = 0; i < samples.length; i += every) {
    let image: Tensor;
    try {
      image = readImage((samples[i] as readonly [string, number])[0]);
    } catch (cause) {
      if (cause instanceof NablaError) continue;
      throw cause;
    }
    const [, height, width] = image.shape as readonly number[] as [number, number, number];
    smallest = Math.min(smallest, height, width);
    gray &&= isGray(image.data(), height * width);
  }
  return { channels: gray ? 1 : 3, size: Math.max(LEAST_SIZE, smallest) };
}

function isGray(values: ArrayLike<number>, plane: number): boolean {
  for (let i = 0; i < plane; i++)
    if (values[i] !== values[i + plane] || values[i] !== values[i + 2 * plane]) return false;
  return true;
}
