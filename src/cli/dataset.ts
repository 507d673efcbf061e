/** The data of a run: to train on, held back, or given for evaluation. */
import { type DataLoader, TensorDataset } from "../data/index.ts";
import { DataError } from "../errors.ts";
import { type Tensor, tensor } from "../ops/index.ts";
import { ByteImages } from "../vision/byte-images.ts";
import { transforms } from "../vision/index.ts";
import { featuresOf, readRows } from "./csv-data.ts";
import { readPictures } from "./image-data.ts";
import type { CsvRun, ImageRun, Run } from "./run-folder.ts";

/** Batches of inputs and targets. */
export type Loader = DataLoader<[Tensor, Tensor]>;
/** A dataset whose batches are inputs and targets. */
export type Samples = ByteImages | TensorDataset<[Tensor, Tensor]>;

export function rowsAt(x: Tensor, places: readonly number[]): Tensor {
  return x.indexSelect(0, tensor(Int32Array.from(places)) as Tensor<[number]>) as Tensor;
}

/** Pictures as the network takes them; shifted by a little at random in training. */
export function pictureSamples(run: ImageRun, images: Tensor, labels: Tensor, shifted: boolean): ByteImages {
  const { size } = run.network;
  const steps: transforms.Transform[] = shifted
    ? [new transforms.RandomCrop(size, { padding: Math.ceil(size / 14) })]
    : [];
  steps.push(new transforms.ToTensor(), new transforms.Normalize(run.mean, run.std));
  return new ByteImages(images, labels.to("uint8") as Tensor, run.classes, new transforms.Compose(steps));
}

/** Targets of rows: codes, or numbers scaled, in a column of their own. */
export function rowSamples(run: CsvRun, features: Tensor, y: Tensor): TensorDataset<[Tensor, Tensor]> {
  const targets: Tensor =
    run.classes === null ? (y.to("float32").sub(run.mean).div(run.std).unsqueeze(1) as Tensor) : y;
  return new TensorDataset(features, targets);
}

/** All samples of the data that a run knows how to read. */
export function samplesOf(
  run: Run,
  source: string,
): { samples: (places: readonly number[]) => Samples; labels: Tensor } {
  if (run.kind === "images") {
    const { images, labels: own, classes } = readPictures(source, run.network.channels, run.network.size, true);
    const odd = classes.filter((name) => !run.classes.includes(name));
    if (odd.length > 0) {
      throw new DataError(
        `${source} has a folder for each class, of ${run.classes.join(", ")}; got ${odd.join(", ")}; give pictures of these classes, or train again`,
      );
    }
    const labels = tensor(Int32Array.from(own.data(), (at) => run.classes.indexOf(classes[at] as string))) as Tensor;
    return { samples: (places) => pictureSamples(run, rowsAt(images, places), rowsAt(labels, places), false), labels };
  }
  const columns = run.columns.map((one) => ({ name: one.name, names: one.kind === "number" ? null : one.names }));
  const rows = readRows(source, { ...run, columns }, { name: run.target, classes: run.classes });
  const features = featuresOf(run.columns, rows);
  const y = rows.y as Tensor;
  return { samples: (places) => rowSamples(run, rowsAt(features, places), rowsAt(y, places)), labels: y };
}
