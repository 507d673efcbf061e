/** Images of any sizes in folders named after their classes. */
import { checkIndex, type Dataset } from "../data/dataset.ts";
import { DataError, ValueError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { LabelledImage } from "./byte-images.ts";
import { entries, isFolder } from "./folders.ts";
import { type ImageMode, readImage } from "./image-file.ts";
import type { Transform } from "./transforms.ts";

/** Options of {@link ImageFolder}. */
export interface ImageFolderOptions {
  /** What is done to every image. */
  transform?: Transform;
  /** The channels of images, "rgb" unless said otherwise. */
  mode?: ImageMode;
  /** Reads one image; {@link readImage} unless given. */
  loader?: (path: string) => Tensor;
  /** The endings of image files, in lower case: .png, .jpg and .jpeg unless said otherwise. */
  extensions?: readonly string[];
}

const EXTENSIONS = [".png", ".jpg", ".jpeg"];

/**
 * Images as `root/class/…/image.png`, torchvision's ImageFolder: classes are the folders in order of their names,
 * images are in order of their paths, and hidden files are left out. An image is read when it is asked for; all have to
 * end at one size (by Resize or a crop) before they make batches. It is uint8 [channels, height, width].
 *
 * @throws {ValueError} for an unknown option, a `root` that is no path, or a `transform` that is none.
 * @throws {IndexError} if there is no such image.
 * @throws {FormatError} if that image is damaged.
 * @throws {FileError} if `root` cannot be read, or an image that `get` is asked for.
 * @throws {DataError} if there are no folders, or one without images.
 * @example
 * writeImage(zeros(3, 4, 4), "pets/cat/tom.png");
 * new ImageFolder("pets", { transform: new transforms.Resize([2, 2]) }).get(0)[0].shape; // [3, 2, 2]
 */
export class ImageFolder implements Dataset<LabelledImage> {
  readonly root: string;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
  /** The path and label of every image. */
  readonly samples: readonly (readonly [path: string, label: number])[];
  readonly transform: Transform | undefined;
  readonly #loader: (path: string) => Tensor;

  constructor(root: string, options: ImageFolderOptions = {}) {
    checkOptions("ImageFolder", options, ["transform", "mode", "loader", "extensions"]);
    const { transform, mode = "rgb", extensions = EXTENSIONS } = options;
    if (typeof root !== "string") throw new ValueError(`ImageFolder: root is a folder's path; got ${typeof root}`);
    if (transform !== undefined && typeof transform?.forward !== "function") {
      throw new ValueError(`ImageFolder: transform is a transform; got ${typeof transform}`);
    }
    this.root = root;
    this.transform = transform;
    this.#loader = options.loader ?? ((path) => readImage(path, { mode }));
    this.classes = entries(root).filter((name) => isFolder(`${root}/${name}`));
    if (this.classes.length === 0) {
      throw new DataError(
        `ImageFolder: ${JSON.stringify(root)} must have a folder for each class, with its images; got no folders`,
      );
    }
    this.samples = this.classes.flatMap((name, label) => {
      const paths = imagesIn(`${root}/${name}`, extensions);
      if (paths.length > 0) return paths.map((path) => [path, label] as const);
      throw new DataError(
        `ImageFolder: every class must have images ending in ${extensions.join(", ")}; got none in ${JSON.stringify(`${root}/${name}`)}`,
      );
    });
  }

  get length(): number {
    return this.samples.length;
  }

  get(index: number): LabelledImage {
    checkIndex("ImageFolder.get", index, this.length);
    const [path, label] = this.samples[index] as readonly [string, number];
    const image = this.#loader(path);
    return [this.transform?.forward(image) ?? image, label];
  }
}

/** The images in a folder and those below it: in each folder its own first, as torchvision walks. */
function imagesIn(folder: string, extensions: readonly string[]): string[] {
  const paths = entries(folder).map((name) => `${folder}/${name}`);
  const folders = paths.filter(isFolder);
  const files = paths.filter(
    (path) => !folders.includes(path) && extensions.some((end) => path.toLowerCase().endsWith(end)),
  );
  return [...files, ...folders.flatMap((below) => imagesIn(below, extensions))];
}
