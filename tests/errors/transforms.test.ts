// Transforms with arguments or images that do not fit: errors that say which, before anything is computed.
import { describe, expect, test } from "vitest";
import {
  DTypeError,
  type Generator,
  type NablaError,
  ShapeError,
  type Tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { transforms as T } from "../../src/vision/index.ts";

type Wrong = [name: string, attempt: () => unknown, type: typeof NablaError, message: string | RegExp];
const image = zeros(3, 8, 6);
const bytes = zeros([3, 8, 6], { dtype: "uint8" });
const three = [1, 2, 3] as unknown as [number, number];

const ARGUMENTS: Wrong[] = [
  ["a crop of no size", () => new T.RandomCrop(0), ValueError, "RandomCrop: size is a whole number above 0, or [height, width]; got 0"],
  ["a crop of half a pixel", () => new T.CenterCrop([2.5, 3]), ValueError, "got 2.5,3"],
  ["a size that is NaN", () => new T.Resize(Number.NaN), ValueError, "got NaN"],
  ["a size of three", () => new T.Resize(three), ValueError, "got 1,2,3"],
  ["no size", () => new T.RandomCrop(undefined as unknown as number), ValueError, "got undefined"],
  ["negative padding", () => new T.Pad(-1), ValueError, /padding is a whole number from 0.*got -1/],
  ["three paddings", () => new T.RandomCrop(3, { padding: three }), ValueError, "got 1,2,3"],
  ["an unknown padding mode", () => new T.Pad(1, { paddingMode: "mirror" as "edge" }), ValueError, 'paddingMode is constant, edge, reflect, symmetric; got "mirror"'],
  ["a fill that is NaN", () => new T.Pad(1, { fill: Number.NaN }), ValueError, "Pad: fill is a number; got NaN"],
  ["padding both ways by reflection", () => new T.RandomCrop(3, { padding: 1, padIfNeeded: true, paddingMode: "reflect" }), ValueError, /do not go together with reflect/],
  ["a probability above 1", () => new T.RandomHorizontalFlip({ p: 1.5 }), ValueError, "RandomHorizontalFlip: p is a probability from 0 to 1; got 1.5"],
  ["a probability that is NaN", () => new T.RandomVerticalFlip({ p: Number.NaN }), ValueError, "got NaN"],
  ["a generator that is a seed", () => new T.RandomCrop(3, { generator: 7 as unknown as Generator }), ValueError, "RandomCrop: generator is a Generator; got 7"],
  ["degrees below 0", () => new T.RandomRotation(-3), ValueError, "RandomRotation: degrees is a number from 0, or [least, most]; got -3"],
  ["degrees the wrong way round", () => new T.RandomRotation([3, 1]), ValueError, "got 3,1"],
  ["an unknown interpolation", () => new T.RandomAffine(1, { interpolation: "cubic" as "nearest" }), ValueError, 'interpolation is "nearest" or "bilinear"; got "cubic"'],
  ["a move beyond the image", () => new T.RandomAffine(1, { translate: [0, 2] }), ValueError, "translate is [x, y], each from 0 to 1; got 0,2"],
  ["a scale of 0", () => new T.RandomAffine(1, { scale: [0, 1] }), ValueError, "scales are above 0; got 0,1"],
  ["three shears", () => new T.RandomAffine(1, { shear: three }), ValueError, "shear is a number from 0, or [least, most]; got 1,2,3"],
  ["a fill that is text", () => new T.RandomRotation(1, { fill: "red" as unknown as number }), ValueError, "fill is a number, or one for each channel; got red"],
  ["a center of one number", () => new T.RandomRotation(1, { center: [1] as unknown as [number, number] }), ValueError, "center is [x, y]; got 1"],
  ["negative brightness", () => new T.ColorJitter({ brightness: -1 }), ValueError, "ColorJitter: brightness is a number from 0, or [least, most] from 0; got -1"],
  ["a hue beyond half a turn", () => new T.ColorJitter({ hue: 0.6 }), ValueError, "hue is a number from 0 to 0.5, or [least, most] within ±0.5; got 0.6"],
  ["contrast that is NaN", () => new T.ColorJitter({ contrast: Number.NaN }), ValueError, "got NaN"],
  ["two gray channels", () => new T.Grayscale({ channels: 2 as 1 }), ValueError, "Grayscale: channels is 1 or 3; got 2"],
  ["erasing more than all", () => new T.RandomErasing({ scale: [0, 2] }), ValueError, "scale is [least, most], within 0 and 1; got 0,2"],
  ["a ratio of 0", () => new T.RandomErasing({ ratio: [0, 1] }), ValueError, "ratio is [least, most], above 0; got 0,1"],
  ["erasing with text", () => new T.RandomErasing({ value: "noise" as "random" }), ValueError, 'value is a number, one for each channel, or "random"; got noise'],
  ["an unknown way to resize", () => new T.Resize(3, { interpolation: "cubic" as "bicubic" }), ValueError, 'got "cubic"'],
  ["a largest side below the size", () => new T.Resize(5, { maxSize: 5 }), ValueError, "maxSize is a whole number above a size of one number; got 5 for 5"],
  ["a part of nothing", () => new T.RandomResizedCrop(5, { scale: [0, 1] }), ValueError, "scale is [least, most], above 0; got [0, 1]"],
  ["a standard deviation of 0", () => new T.Normalize([0], [0]), ValueError, "Normalize: std is above 0; got [0]"],
  ["more means than deviations", () => new T.Normalize([0, 1], [1]), ValueError, "one mean and one std per channel; got 2 and 1"],
  ["a mean that is NaN", () => new T.Normalize([Number.NaN], [1]), ValueError, "mean has numbers; got [NaN]"],
  ["a step that is none", () => new T.Compose([new T.ToTensor(), "flip" as unknown as T.Transform]), ValueError, "Compose: takes an array of transforms; got another thing at 1"],
  ["steps that are no array", () => new T.Compose(new T.ToTensor() as unknown as T.Transform[]), ValueError, "takes an array of transforms"],
  ["a Lambda of nothing", () => new T.Lambda(3 as unknown as () => Tensor), ValueError, "Lambda: takes a function; got number"],
]; // biome-ignore format: a table

const IMAGES: Wrong[] = [
  ["a crop larger than the image", () => new T.RandomCrop(7).forward(image), ShapeError, "RandomCrop: the crop is no larger than the padded image; got 7 × 7 out of 8 × 6; padIfNeeded helps"],
  ["a reflection larger than the image", () => new T.Pad(6, { paddingMode: "reflect" }).forward(image), ShapeError, "Pad: reflect padding is below the image's size; got [6, 6, 6, 6] for 8 × 6"],
  ["a reflection with the border", () => new T.Pad(7, { paddingMode: "symmetric" }).forward(image), ShapeError, "symmetric padding is at most the image's size"],
  ["one axis", () => new T.CenterCrop(2).forward(zeros(5)), ShapeError, "CenterCrop: takes [height, width], [channels, height, width] or a batch of these; got [5]"],
  ["five axes", () => new T.Resize(2).forward(zeros(1, 1, 1, 2, 2)), ShapeError, "got [1, 1, 1, 2, 2]"],
  ["no pixels", () => new T.Pad(2).forward(zeros(3, 0, 4)), ShapeError, "an image has at least one pixel; got [3, 0, 4]"],
  ["whole numbers", () => new T.RandomHorizontalFlip().forward(zeros([2, 2], { dtype: "int32" })), DTypeError, "takes uint8, float32 or float64 images; got int32"],
  ["no tensor", () => new T.RandomCrop(2).forward([[1]] as unknown as Tensor), DTypeError, "RandomCrop: takes a tensor; got object"],
  ["no tensor for ToTensor", () => new T.ToTensor().forward(null as unknown as Tensor), DTypeError, "ToTensor: takes a tensor; got object"],
  ["a fill that is no byte", () => new T.Pad(1, { fill: 0.5 }).forward(bytes), ValueError, "fill: uint8 images are filled with whole numbers from 0 to 255; got 0.5"],
  ["a fill for another number of channels", () => new T.RandomRotation(5, { fill: [1, 2] }).forward(image), ShapeError, "fill: one number, or one for each of 3 channels; got 2"],
  ["noise in bytes", () => new T.RandomErasing({ p: 1, value: "random" }).forward(bytes), ValueError, "put ToTensor before it"],
  ["values for another number of channels", () => new T.RandomErasing({ value: [1, 2] }).forward(image), ShapeError, "one value, or one for each of 3 channels; got 2"],
  ["colours of four channels", () => new T.ColorJitter({ hue: 0.1 }).forward(zeros(4, 2, 2)), ShapeError, "ColorJitter: takes images of 1 or 3 channels, [channels, height, width]; got 4 channels"],
  ["gray of two channels", () => T.grayscale(zeros(2, 2, 2)), ShapeError, "got 2 channels"],
  ["means for another number of channels", () => new T.Normalize([1, 2], [1, 2]).forward(image), ShapeError, "Normalize: takes [..., 2 channels, height, width]; got [3, 8, 6]"],
  ["means of bytes", () => new T.Normalize([1], [1]).forward(bytes), DTypeError, "takes a float image; got uint8; put ToTensor before it"],
  ["a later step that does not fit", () => new T.Compose([new T.CenterCrop(4), new T.RandomCrop(5)]).forward(image), ShapeError, "got 5 × 5 out of 4 × 4"],
  ["an image that vanishes", () => new T.Resize(1, { maxSize: 2 }).forward(zeros(1, 30, 3)), ShapeError, "no pixel of 30 × 3 is left with maxSize 2"],
]; // biome-ignore format: a table

describe.each([...ARGUMENTS, ...IMAGES])("%s", (_, attempt, type, message) => {
  test("is an error that says so", () => {
    expect(attempt).toThrow(type);
    expect(attempt).toThrow(message);
  });
});

test("Normalize and ToTensor in another order, or for other channels, still say what they need", () => {
  const wrong = new T.Compose([new T.ToTensor(), new T.Normalize([1, 2], [1, 2])]);
  expect(() => wrong.forward(bytes)).toThrow("Normalize: takes [..., 2 channels, height, width]; got [1, 3, 8, 6]");
  expect(() => new T.Compose([new T.Normalize([1], [1]), new T.ToTensor()]).forward(bytes)).toThrow(DTypeError);
});
