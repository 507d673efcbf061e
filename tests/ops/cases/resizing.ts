/** Resizing, and pixels, windows and channels in each other's place. */
import type { Tensor } from "../../../src/index.ts";
import type { InterpolateOptions } from "../../../src/ops/interpolate.ts";
import { given, type InputSet, large, set, special } from "../inputs.ts";
import { type Case, LAYOUTS, m, row } from "./case.ts";

const IMAGES: readonly InputSet[] = [
  ...[
    [2, 3, 4, 5],
    [1, 1, 1, 1],
    [0, 2, 3, 3],
    [2, 1, 3, 33],
  ].map((shape) => set(m(shape))),
  ...LAYOUTS.map((layout) => set(m([2, 2, 3, 4], layout))),
];
const LARGE: readonly InputSet[] = [large(m([2, 3, 130, 131]))];
const LINES: readonly InputSet[] = [set(m([2, 3, 5])), set(m([1, 2, 1])), set(m([3, 2, 17], "transposed"))];
const VOLUMES: readonly InputSet[] = [set(m([1, 2, 3, 2, 4]))];
const BROKEN: readonly InputSet[] = [
  special("NaN and infinities", given([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 1, 2], [1, 1, 2, 3])),
];

/** One way of calling, by PyTorch's keywords and nabla's options. */
const by = (torch: string, options: InterpolateOptions, sets: readonly InputSet[]): Case =>
  row("interpolate", `F.interpolate(x, ${torch})`, (x: Tensor) => x.interpolate(options) as Tensor, sets);

const NEAREST = [
  by("scale_factor=2", { scaleFactor: 2 }, [...IMAGES, ...LINES, ...VOLUMES, ...LARGE, ...BROKEN]),
  by("size=7", { size: 7 }, [...IMAGES, ...LINES, ...VOLUMES]),
  by("scale_factor=1.7", { scaleFactor: 1.7 }, [...IMAGES, ...LINES]),
  by("size=(9, 3)", { size: [9, 3] }, [...IMAGES, ...LARGE]),
  by("size=7, mode='nearest-exact'", { size: 7, mode: "nearest-exact" }, [...IMAGES, ...LINES, ...VOLUMES]),
  by("scale_factor=(0.6, 2.5), mode='nearest-exact'", { scaleFactor: [0.6, 2.5], mode: "nearest-exact" }, [
    IMAGES[0] as InputSet,
    IMAGES[3] as InputSet,
  ]),
];
const SMOOTH = [
  by("scale_factor=2, mode='bilinear'", { scaleFactor: 2, mode: "bilinear" }, [...IMAGES, ...LARGE, ...BROKEN]),
  by("size=(7, 3), mode='bilinear'", { size: [7, 3], mode: "bilinear" }, [...IMAGES, ...LARGE]),
  by(
    "size=(7, 3), mode='bilinear', align_corners=True",
    { size: [7, 3], mode: "bilinear", alignCorners: true },
    IMAGES,
  ),
  by(
    "size=(1, 1), mode='bilinear', align_corners=True",
    { size: [1, 1], mode: "bilinear", alignCorners: true },
    IMAGES,
  ),
  by("size=(3, 4), mode='bilinear'", { size: [3, 4], mode: "bilinear" }, IMAGES),
  by("scale_factor=1.7, mode='bilinear'", { scaleFactor: 1.7, mode: "bilinear" }, IMAGES),
  by("size=8, mode='linear'", { size: 8, mode: "linear" }, LINES),
  by("scale_factor=0.7, mode='linear', align_corners=True", { scaleFactor: 0.7, mode: "linear", alignCorners: true }, [
    LINES[0] as InputSet,
    LINES[2] as InputSet,
  ]),
  by("size=(4, 3, 5), mode='trilinear'", { size: [4, 3, 5], mode: "trilinear" }, VOLUMES),
  by("scale_factor=2, mode='bicubic'", { scaleFactor: 2, mode: "bicubic" }, [...IMAGES, ...LARGE]),
  by("size=(7, 3), mode='bicubic', align_corners=True", { size: [7, 3], mode: "bicubic", alignCorners: true }, IMAGES),
  by("size=(2, 2), mode='area'", { size: [2, 2], mode: "area" }, IMAGES),
  by("size=(7, 3), mode='area'", { size: [7, 3], mode: "area" }, [...IMAGES, ...LARGE]),
  by("scale_factor=1.5, mode='area'", { scaleFactor: 1.5, mode: "area" }, [...LINES, ...VOLUMES]),
  by("size=(2, 3), mode='bilinear', antialias=True", { size: [2, 3], mode: "bilinear", antialias: true }, IMAGES),
  by("size=(50, 61), mode='bilinear', antialias=True", { size: [50, 61], mode: "bilinear", antialias: true }, LARGE),
  by("size=(3, 7), mode='bicubic', antialias=True", { size: [3, 7], mode: "bicubic", antialias: true }, IMAGES),
  by("scale_factor=0.6, mode='bicubic', antialias=True", { scaleFactor: 0.6, mode: "bicubic", antialias: true }, [
    IMAGES[0] as InputSet,
    IMAGES[3] as InputSet,
  ]),
];

const SQUARES: readonly InputSet[] = [
  set(m([2, 3, 5, 6])),
  set(m([1, 1, 4, 4])),
  set(m([0, 2, 5, 4])),
  ...LAYOUTS.map((layout) => set(m([2, 2, 4, 5], layout))),
  large(m([4, 8, 41, 40])),
];
const COLUMNS: readonly InputSet[] = [
  set(m([2, 12, 6])),
  set(m([1, 4, 6])),
  ...LAYOUTS.map((layout) => set(m([2, 8, 6], layout))),
];
const WINDOWS = [
  row("im2col", "F.unfold(x, (3, 2))", (x) => x.im2col([3, 2]), SQUARES),
  row(
    "im2col",
    "F.unfold(x, 2, dilation=(2, 1), padding=(1, 0), stride=(1, 2))",
    (x) => x.im2col(2, { dilation: [2, 1], padding: [1, 0], stride: [1, 2] }),
    SQUARES,
  ),
  row("col2im", "F.fold(x, (4, 3), 2)", (x) => x.col2im([4, 3], 2), COLUMNS),
  row(
    "col2im",
    "F.fold(x, (4, 5), 2, dilation=(2, 1), padding=(1, 0), stride=(2, 2))",
    (x) => x.col2im([4, 5], 2, { dilation: [2, 1], padding: [1, 0], stride: 2 }),
    [set(m([2, 12, 4])), set(m([2, 4, 4], "transposed"))],
  ),
  row("pixelShuffle", "F.pixel_shuffle(x, 2)", (x) => x.pixelShuffle(2), [
    set(m([2, 4, 2, 3])),
    set(m([8, 2, 1])),
    set(m([1, 2, 4, 2, 2], "transposed")),
    large(m([3, 16, 60, 61])),
  ]),
  row("pixelUnshuffle", "F.pixel_unshuffle(x, 2)", (x) => x.pixelUnshuffle(2), [
    set(m([2, 3, 4, 2])),
    set(m([3, 2, 2])),
    set(m([2, 1, 4, 6], "selected")),
  ]),
];

export const cases: readonly Case[] = [...NEAREST, ...SMOOTH, ...WINDOWS];
