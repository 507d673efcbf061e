/** Image datasets and transforms. */
export type { LabelledImage } from "./byte-images.ts";
export { CIFAR10, CIFAR100, type CIFAR100Options, type CIFAROptions } from "./cifar.ts";
export { type DigitFromPhotoOptions, digitFromPhoto, type PhotographedDigit } from "./handwriting/digit.ts";
export {
  type ImageMode,
  type ReadImageOptions,
  readImage,
  readImageAsync,
  type WriteImageOptions,
  writeImage,
} from "./image-file.ts";
export { ImageFolder, type ImageFolderOptions } from "./image-folder.ts";
export { FashionMNIST, MNIST, type MNISTOptions } from "./mnist.ts";
export * as transforms from "./transforms.ts";
