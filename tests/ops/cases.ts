/**
 * Every op, one row for each way of calling it: nabla's call, PyTorch's as Python reads it, and the inputs. From these rows
 * run values and gradients against PyTorch, gradients against differences, every thread count and every home.
 * After a change of a family: `python tests/ops/make-fixtures.py FAMILY`, with a Python that has PyTorch 2.
 */
import { cases as activations } from "./cases/activations.ts";
import { cases as attention } from "./cases/attention.ts";
import { cases as bags } from "./cases/bags.ts";
import { cases as bitwise } from "./cases/bitwise.ts";
import type { Case } from "./cases/case.ts";
import { cases as convolution } from "./cases/convolution.ts";
import { cases as creation } from "./cases/creation.ts";
import { cases as dense } from "./cases/dense.ts";
import { cases as distributions } from "./cases/distributions.ts";
import { cases as elementwise } from "./cases/elementwise.ts";
import { cases as indexing } from "./cases/indexing.ts";
import { cases as layers } from "./cases/layers.ts";
import { cases as linalg } from "./cases/linalg.ts";
import { cases as losses } from "./cases/losses.ts";
import { cases as math } from "./cases/math.ts";
import { cases as normalization } from "./cases/normalization.ts";
import { cases as padding } from "./cases/padding.ts";
import { cases as pooling } from "./cases/pooling.ts";
import { cases as random } from "./cases/random.ts";
import { cases as reductions } from "./cases/reductions.ts";
import { cases as resizing } from "./cases/resizing.ts";
import { cases as scattering } from "./cases/scattering.ts";
import { cases as sorting } from "./cases/sorting.ts";
import { cases as toolbox } from "./cases/toolbox.ts";
import { cases as views } from "./cases/views.ts";

export type Family =
  | "activations"
  | "attention"
  | "bags"
  | "bitwise"
  | "convolution"
  | "creation"
  | "dense"
  | "distributions"
  | "elementwise"
  | "indexing"
  | "layers"
  | "linalg"
  | "losses"
  | "math"
  | "normalization"
  | "padding"
  | "pooling"
  | "random"
  | "reductions"
  | "resizing"
  | "scattering"
  | "sorting"
  | "toolbox"
  | "views";

/** The rows by family: each has a fixture and a test file of its name. */
export const FAMILIES: Readonly<Record<Family, readonly Case[]>> = {
  activations,
  attention,
  bags,
  bitwise,
  convolution,
  creation,
  dense,
  distributions,
  elementwise,
  indexing,
  layers,
  linalg,
  losses,
  math,
  normalization,
  padding,
  pooling,
  random,
  reductions,
  resizing,
  scattering,
  sorting,
  toolbox,
  views,
};
