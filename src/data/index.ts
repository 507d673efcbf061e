/** Datasets and loaders. */
export { type Batch, collate, type Dataset } from "./dataset.ts";
export { DataLoader, type DataLoaderOptions } from "./loader.ts";
