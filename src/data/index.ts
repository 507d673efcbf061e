/** Datasets, samplers and loaders. */
export { defaultCollate } from "./collate.ts";
export { type Column, type CsvOptions, type CsvTable, parseCsv, type Targets } from "./csv.ts";
export type { ColumnType } from "./csv-columns.ts";
export { readCsv } from "./csv-file.ts";
export type { Batch, Dataset, IterableDataset } from "./dataset.ts";
export {
  DataLoader,
  type DataLoaderOptions,
  type Loaded,
  type LoaderState,
  type SampleLoaderOptions,
} from "./loader.ts";
export { type Rows, TensorDataset } from "./memory.ts";
export { packageFile } from "./package-file.ts";
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
export { StandardScaler } from "./scaler.ts";
export { ConcatDataset, randomSplit, Subset } from "./subset.ts";
export { CharVocabulary, Vocabulary, type VocabularyOptions, WordVocabulary } from "./vocabulary.ts";
export { SlidingWindows, splitByTime, type WindowOptions, type WindowSample } from "./windows.ts";
