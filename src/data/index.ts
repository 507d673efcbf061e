/** Datasets, samplers and loaders. */
export { defaultCollate } from "./collate.ts";
export type { Batch, Dataset, IterableDataset } from "./dataset.ts";
export { DataLoader, type DataLoaderOptions, type Loaded } from "./loader.ts";
export { type Rows, TensorDataset } from "./memory.ts";
export {
  BatchSampler,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
  type WeightedRandomSamplerOptions,
} from "./sampler.ts";
export { ConcatDataset, randomSplit, Subset } from "./subset.ts";
