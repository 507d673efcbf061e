// Padding, resizing, and windows as layers: what they pass on, how they print, and what they refuse. Values: tests/ops.
import { describe, expect, test } from "vitest";
import { nn, randn, ShapeError, type Tensor, tensor, ValueError, zeros } from "../../src/index.ts";

const F = nn.functional;
const image: Tensor = tensor([[[[1, 2, 3], [4, 5, 6]]]]); // biome-ignore format: an image
const line: Tensor = tensor([[[1, 2, 3]]]);

describe("padding", () => {
  test.each<[string, () => nn.Module, number[]]>([
    ["ZeroPad1d", () => new nn.ZeroPad1d([1, 2]), [0, 1, 2, 3, 0, 0]],
    ["ConstantPad1d", () => new nn.ConstantPad1d(1, 0.5), [0.5, 1, 2, 3, 0.5]],
    ["ReflectionPad1d", () => new nn.ReflectionPad1d(2), [3, 2, 1, 2, 3, 2, 1]],
    ["ReplicationPad1d", () => new nn.ReplicationPad1d([2, 0]), [1, 1, 1, 2, 3]],
    ["CircularPad1d", () => new nn.CircularPad1d([1, 2]), [3, 1, 2, 3, 1, 2]],
    ["negative amounts", () => new nn.ZeroPad1d([-1, 1]), [2, 3, 0]],
  ])("%s", (_, make, wanted) => {
    expect(make().forward(line).toArray()).toEqual([[wanted]]);
    expect(make().forward(line.squeeze(0)).toArray()).toEqual([wanted]);
  });

  test.each<[string, () => nn.Module, number[][]]>([
    ["ZeroPad2d", () => new nn.ZeroPad2d([1, 0, 0, 1]), [[0, 1, 2, 3], [0, 4, 5, 6], [0, 0, 0, 0]]], // biome-ignore format: images
    ["ConstantPad2d", () => new nn.ConstantPad2d([0, 0, 1, 0], 7), [[7, 7, 7], [1, 2, 3], [4, 5, 6]]], // biome-ignore format: images
    ["ReflectionPad2d", () => new nn.ReflectionPad2d([0, 1, 1, 0]), [[4, 5, 6, 5], [1, 2, 3, 2], [4, 5, 6, 5]]], // biome-ignore format: images
    ["ReplicationPad2d", () => new nn.ReplicationPad2d([1, 0, 0, 1]), [[1, 1, 2, 3], [4, 4, 5, 6], [4, 4, 5, 6]]], // biome-ignore format: images
    ["CircularPad2d", () => new nn.CircularPad2d([1, 0, 1, 0]), [[6, 4, 5, 6], [3, 1, 2, 3], [6, 4, 5, 6]]], // biome-ignore format: images
  ])("%s", (_, make, wanted) => expect(make().forward(image).toArray()).toEqual([[wanted]]));

  test("prints its amounts", () => {
    expect(String(new nn.ZeroPad2d(1))).toBe("ZeroPad2d([1, 1, 1, 1])");
    expect(String(new nn.ConstantPad1d([1, 2], 3))).toBe("ConstantPad1d([1, 2], value=3)");
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "too many",
      () => new nn.ZeroPad1d([1, 2, 3] as never),
      /ZeroPad1d: takes a whole number or \[left, right\]; got \[1, 2, 3\]/,
    ],
    ["fractions", () => new nn.ReflectionPad2d(0.5), /ReflectionPad2d: takes a whole number or .*; got 0.5/],
    ["odd", () => F.pad(line, [1] as never), /pad: takes pairs of whole numbers, .*; got \[1\]/],
    ["mode", () => F.pad(line, [1, 1], { mode: "mirror" as never }), /mode is "constant", "reflect", .*; got "mirror"/],
    ["value", () => F.pad(line, [1, 1], { value: "1" as never }), /value is a number; got string/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "rank",
      () => new nn.ZeroPad2d(1).forward(zeros(3, 3)),
      /ZeroPad2d: expects \[batch, channels, height, width\] or .*, got \[3, 3\]/,
    ],
    ["axes", () => F.pad(zeros(3), [1, 1, 1, 1] as never), /has more pairs than \[3\] has axes/],
    [
      "reflect",
      () => F.pad(line, [3, 0], { mode: "reflect" }),
      /reflect takes at most 2 elements of axis 2 of \[1, 1, 3\]; got 3 and 0/,
    ],
    ["circular", () => F.pad(line, [0, 4], { mode: "circular" }), /circular takes at most 3 elements/],
    [
      "nothing to repeat",
      () => F.pad(zeros(1, 0), [1, 0], { mode: "replicate" }),
      /replicate takes at most 0 elements/,
    ],
    ["less than nothing", () => F.pad(line, [-2, -2]), /-2 and -2 leave less than nothing of axis 2 of \[1, 1, 3\]/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(message);
  });

  test("of whole numbers keeps the dtype, and holds only what it holds", () => {
    const bytes = line.to("uint8") as Tensor;
    expect(bytes.pad([1, 0], { value: 9 }).dtype).toBe("uint8");
    expect(() => bytes.pad([1, 0], { value: -1 })).toThrow(/uint8 holds 0 to 255; got -1/);
  });
});

describe("resizing", () => {
  test("layers give what the function gives", () => {
    const x = randn(2, 4, 3, 5);
    const pairs: [nn.Module, Tensor][] = [
      [new nn.Upsample({ size: [6, 4] }), F.interpolate(x, { size: [6, 4] })],
      [new nn.Upsample({ scaleFactor: 2, mode: "bicubic" }), F.interpolate(x, { scaleFactor: 2, mode: "bicubic" })],
      [new nn.UpsamplingNearest2d({ scaleFactor: 3 }), F.interpolate(x, { scaleFactor: 3 })],
      [new nn.UpsamplingBilinear2d({ size: 7 }), F.interpolate(x, { size: 7, mode: "bilinear", alignCorners: true })],
      [new nn.PixelShuffle(2), F.pixelShuffle(x, 2)],
      [new nn.PixelUnshuffle(1), x],
      [new nn.Unfold([2, 3], { padding: 1 }), F.unfold(x, [2, 3], { padding: 1 })],
      [new nn.Sequential(new nn.Unfold(1), new nn.Fold([3, 5], 1)), x],
    ];
    for (const [layer, wanted] of pairs) {
      const y: Tensor = layer.forward(x);
      expect([y.shape, y.toArray()]).toEqual([wanted.shape, wanted.toArray()]);
    }
    expect(String(new nn.Upsample({ scaleFactor: 2 }))).toBe("Upsample(scaleFactor=2, mode=nearest)");
    expect(String(new nn.Unfold(2))).toBe("Unfold(kernelSize=2, dilation=1, padding=0, stride=1)");
  });

  test("the same size is a copy", () => {
    const y = F.interpolate(image, { size: [2, 3], mode: "bilinear" });
    y.fill_(0);
    expect(image.sum().item()).toBe(21);
  });

  test.each<[string, () => unknown, typeof ValueError | typeof ShapeError, RegExp]>([
    ["neither", () => F.interpolate(image, {}), ValueError, /takes size or scaleFactor; got neither/],
    ["both", () => new nn.Upsample({ size: 2, scaleFactor: 2 }), ValueError, /takes size or scaleFactor; got both/],
    [
      "no options",
      () => image.interpolate(2 as never),
      ValueError,
      /takes options, \{ size \} or \{ scaleFactor \}; got 2/,
    ],
    ["factor", () => F.interpolate(image, { scaleFactor: -1 }), ValueError, /scaleFactor is above 0; got -1/],
    [
      "mode",
      () => F.interpolate(image, { size: 2, mode: "cubic" as never }),
      ValueError,
      /mode is one of nearest, .*; got "cubic"/,
    ],
    [
      "corners",
      () => F.interpolate(image, { size: 2, alignCorners: true }),
      ValueError,
      /alignCorners is for linear, .*; got nearest/,
    ],
    [
      "antialias",
      () => F.interpolate(image, { size: 2, antialias: true }),
      ValueError,
      /antialias is for bilinear and bicubic; got nearest/,
    ],
    [
      "rank",
      () => F.interpolate(line, { size: 2, mode: "bilinear" }),
      ShapeError,
      /bilinear takes \[batch, channels, …\] of 4 axes; got \[1, 1, 3\]/,
    ],
    [
      "sizes",
      () => F.interpolate(image, { size: [2] }),
      ShapeError,
      /size is one number, or one for each of 2 axes; got \[2\]/,
    ],
    [
      "zero",
      () => F.interpolate(image, { size: 0 }),
      ShapeError,
      /sizes are whole numbers of at least 1; got \[2, 3\] to \[0, 0\]/,
    ],
    ["vanishing", () => F.interpolate(image, { scaleFactor: 0.1 }), ShapeError, /got \[2, 3\] to \[0, 0\]/],
    ["shuffle", () => F.pixelShuffle(image, 2), ShapeError, /channels are a multiple of 4; got \[1, 1, 2, 3\]/],
    [
      "unshuffle",
      () => F.pixelUnshuffle(image, 2),
      ShapeError,
      /height and width are multiples of 2; got \[1, 1, 2, 3\]/,
    ],
    [
      "kernel",
      () => F.unfold(image, 3),
      ShapeError,
      /a kernel \[3, 3\] does not fit into \[2, 3\] with padding \[0, 0\]/,
    ],
    [
      "stride",
      () => F.unfold(image, 1, { stride: 0 }),
      ValueError,
      /stride is a whole number of at least 1, or two; got 0/,
    ],
    [
      "columns",
      () => F.fold(zeros(1, 4, 3), [2, 2], 2),
      ShapeError,
      /takes \[batch, channels \* 4, 1\] for images \[2, 2\]; got \[1, 4, 3\]/,
    ],
  ])("refuses %s", (_, run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});
