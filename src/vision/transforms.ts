/** What is done to an image between the file and the network. */
export { Compose, Lambda } from "./transforms/compose.ts";
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
export { type ImageSize, ImageTransform, type RandomTransformOptions, type Transform } from "./transforms/transform.ts";
