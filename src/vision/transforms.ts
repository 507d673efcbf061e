/** What is done to an image between the file and the network. */
export { RandomAffine, type RandomAffineOptions, RandomRotation, type SamplingOptions } from "./transforms/affine.ts";
export {
  ColorJitter,
  type ColorJitterOptions,
  Grayscale,
  type GrayscaleOptions,
  grayscale,
} from "./transforms/color.ts";
export { Compose, Lambda } from "./transforms/compose.ts";
export { RandomErasing, type RandomErasingOptions } from "./transforms/erasing.ts";
export { Normalize, normalize, ToTensor, toTensor } from "./transforms/pixels.ts";
export {
  CenterCrop,
  Pad,
  type PaddingMode,
  type PaddingOptions,
  RandomCrop,
  type RandomCropOptions,
  type RandomFlipOptions,
  RandomHorizontalFlip,
  RandomVerticalFlip,
} from "./transforms/placement.ts";
export {
  RandomResizedCrop,
  type RandomResizedCropOptions,
  Resize,
  type ResizeOptions,
  resize,
} from "./transforms/resize.ts";
export { type ImageSize, ImageTransform, type RandomTransformOptions, type Transform } from "./transforms/transform.ts";
