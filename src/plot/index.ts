/**
 * Data in, SVG out, the same in Node and in a browser.
 *
 * Each plot is one function in one file that checks its data, draws a body of {@link Markup} and hands it to `compose`, which adds heading,
 * background and the colours for light and dark. Charts with axes are drawn by Observable Plot on the document of `document.ts`.
 *
 * @example
 * import * as plot from "nabla/plot";
 * plot.curves([{ name: "loss", y: losses }], { title: "Training loss", x: "step" }).save("runs/loss.svg");
 */
export { type Activation, type ActivationsOptions, activations } from "./activations.ts";
export type { Scale } from "./axis.ts";
export { type BoundaryOptions, boundary } from "./boundary.ts";
export type { Range } from "./checks.ts";
export { type Colormap, colormaps } from "./colormaps.ts";
export { type ConfusionOptions, confusion } from "./confusion.ts";
export { type CurvesOptions, curves, type Series } from "./curves.ts";
export { type FunctionSeries, type FunctionsOptions, functions } from "./functions.ts";
export { type GraphNode, type GraphOptions, graph, type RecordedTensor } from "./graph.ts";
export { type Heat, type HeatmapOptions, heatmap } from "./heatmap.ts";
export { type HistogramOptions, type HistogramSeries, histogram } from "./histogram.ts";
export { type ImagesOptions, images } from "./images.ts";
export { type LayerWeights, type NamedModel, type NetworkOptions, network } from "./network.ts";
export type { FlatNumbers, Numbers, TensorLike } from "./numbers.ts";
export type { PanelOptions } from "./panel.ts";
export { Picture, type PictureOptions } from "./picture.ts";
export type { ImageArray, ImageBatch } from "./pixels.ts";
export { type SurfaceOptions, type SurfacePath, surface } from "./surface.ts";
export { type SweepOptions, type SweepResult, sweep } from "./sweep.ts";
export type { Theme } from "./theme.ts";
