/** Transforms one after the other: choices image by image, work batch by batch. */
import { ValueError } from "../../errors.ts";
import type { Tensor } from "../../ops/index.ts";
import { channelsFirst, ToTensor, tableAt, writtenTable } from "./pixels.ts";
import { joinPlacements, place } from "./placement.ts";
import { ImageTransform, sizeOf, stacked, type Transform, unstacked } from "./transform.ts";

/**
 * Steps one after the other. Crops, flips, ToTensor and Normalize that follow each other run as one kernel over a whole
 * batch.
 *
 * @throws {ValueError} if it is not given an array of transforms.
 * @throws {ShapeError} if a step does not take the image that the one before gives.
 * @example
 * const augment = new transforms.Compose([new transforms.RandomCrop(2), new transforms.ToTensor()]);
 * augment.forward(zeros([3, 4, 4], { dtype: "uint8" })).shape; // [3, 2, 2]
 */
export class Compose implements Transform {
  readonly transforms: readonly Transform[];

  constructor(transforms: readonly Transform[]) {
    const wrong = Array.isArray(transforms) ? transforms.findIndex((step) => typeof step?.forward !== "function") : 0;
    if (wrong >= 0) throw new ValueError(`Compose: takes an array of transforms; got another thing at ${wrong}`);
    this.transforms = transforms;
  }

  forward(image: Tensor): Tensor {
    const steps = batchSteps(this);
    if (steps !== undefined) return runSteps(steps, image);
    return this.transforms.reduce((x, step) => step.forward(x), image);
  }
}

/**
 * A function of one's own as a transform. A dataset gives it image after image.
 *
 * @throws {ValueError} if it is not given a function.
 * @example
 * new transforms.Lambda((image) => image.mul(2)).forward(ones(1, 1, 1)).toArray(); // [[[2]]]
 */
export class Lambda implements Transform {
  readonly #apply: (image: Tensor) => Tensor;

  constructor(apply: (image: Tensor) => Tensor) {
    if (typeof apply !== "function") throw new ValueError(`Lambda: takes a function; got ${typeof apply}`);
    this.#apply = apply;
  }

  forward(image: Tensor): Tensor {
    return this.#apply(image);
  }
}

/** The steps a transform consists of when all of them do whole batches, else undefined. */
export function batchSteps(transform: Transform): readonly ImageTransform<unknown>[] | undefined {
  if (transform instanceof ImageTransform) return [transform];
  if (!(transform instanceof Compose)) return undefined;
  const steps: ImageTransform<unknown>[] = [];
  for (const inner of transform.transforms) {
    const some = batchSteps(inner);
    if (some === undefined) return undefined;
    steps.push(...some);
  }
  return steps;
}

/** Runs steps over an image or a batch [n, channels, height, width]; each image has choices of its own. */
export function runSteps(steps: readonly ImageTransform<unknown>[], image: Tensor): Tensor {
  const [first] = steps;
  if (first === undefined) return image;
  // ToTensor at the beginning takes images with their channels last, as well.
  const images = stacked("Compose", first instanceof ToTensor ? channelsFirst(image) : image);
  const choices = chooseAll(steps, images);
  const converted = steps.some((step) => step instanceof ToTensor);
  return unstacked(applySteps(steps, images, choices), image.ndim === 2 && converted ? 3 : image.ndim);
}

/** The choices of every step for every image, drawn image after image. */
function chooseAll(steps: readonly ImageTransform<unknown>[], images: Tensor): unknown[][] {
  const choices: unknown[][] = steps.map(() => []);
  for (let i = 0; i < (images.shape[0] as number); i++) {
    let size = sizeOf(images);
    for (const [s, step] of steps.entries()) {
      const next = step.sizeAfter(size);
      (choices[s] as unknown[]).push(step.choose(size));
      size = next;
    }
  }
  return choices;
}

function applySteps(
  steps: readonly ImageTransform<unknown>[],
  images: Tensor,
  choices: readonly (readonly unknown[])[],
): Tensor {
  let x = images;
  for (let at = 0; at < steps.length; ) {
    const placed = joinPlacements(steps, at, choices, x);
    const floats = x.dtype === "uint8" ? tableAt(steps, placed.next, x.shape[1] as number) : undefined;
    if (placed.next > at || floats !== undefined) {
      const table = floats && writtenTable(floats.table, x.shape[1] as number);
      x = place(x, placed, table);
      at = floats?.next ?? placed.next;
    } else {
      x = (steps[at] as ImageTransform<unknown>).apply(x, choices[at] as readonly unknown[]);
      at++;
    }
  }
  return x;
}
