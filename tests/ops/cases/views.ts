/** Views, copies, conversions, joins. */
import { cat, stack } from "../../../src/index.ts";
import { elementwise, given, type InputSet, input, type Layout, large, set } from "../inputs.ts";
import { type Case, CUBES, LAYOUTS, m, n, ONES, row } from "./case.ts";

// ---- views, copies, joins --------------------------------------------------------------------------------------------

const EVERY_KIND = [
  set(input([3, 37], { range: [0.5, 9] })),
  ...(["int32", "uint8", "bool"] as const).map((kind) =>
    set(input([3, 37], { kind, range: [0, kind === "bool" ? 1 : 9] })),
  ),
  set(input([5, 4], { range: [0.5, 9], layout: "transposed" })),
  set(input([0])),
  large(input([41, 1001], { range: [0.5, 9] })),
];

const VIEWS = [
  row("reshape", "x.reshape(4, -1)", (x) => x.reshape(4, -1), [...CUBES, set(input([12])), set(input([4, 2, 3]))]),
  row("reshape", "x.reshape(6, 2, 2)", (x) => x.reshape(6, 2, 2), CUBES),
  row("reshape", "x.reshape(0, 5)", (x) => x.reshape(0, 5), [set(input([0])), set(input([3, 0]))]),
  row(
    "view",
    "x.reshape(2, 3, 2, 2)",
    (x) => x.view(2, 3, 2, 2),
    CUBES.filter((s) => !s.name.includes("transposed")),
  ),
  row("flatten", "x.flatten()", (x) => x.flatten(), [...CUBES, set(input([])), set(input([0, 3]))]),
  row("flatten", "x.flatten(1)", (x) => x.flatten(1), CUBES),
  row("flatten", "x.flatten(0, 1)", (x) => x.flatten(0, 1), CUBES),
  row("transpose", "x.transpose(0, -1)", (x) => x.transpose(0, -1), [...CUBES, set(input([3, 0]))]),
  row("t", "x.t()", (x) => x.t(), [set(input([3, 4])), set(input([3])), set(input([])), set(m([3, 4], "narrowed"))]),
  row("permute", "x.permute(2, 0, 1)", (x) => x.permute(2, 0, 1), CUBES),
  row("permute", "x.permute(-1, 1, 0)", (x) => x.permute(-1, 1, 0), CUBES),
  row("squeeze", "x.squeeze()", (x) => x.squeeze(), ONES),
  row("squeeze", "x.squeeze(-1)", (x) => x.squeeze(-1), ONES),
  row("unsqueeze", "x.unsqueeze(-1)", (x) => x.unsqueeze(-1), [...ONES, ...CUBES]),
  row("unsqueeze", "x.unsqueeze(0)", (x) => x.unsqueeze(0), [...ONES, ...CUBES]),
  row("expand", "x.expand(2, 3, 4)", (x) => x.expand(2, 3, 4), [
    ...[[3, 1], [1, 1, 4], [], [2, 3, 4], [4]].map((shape) => set(input(shape))),
    set(m([3, 1], "selected")),
  ]),
  row("expand", "x.expand(5, -1, 4)", (x) => x.expand(5, -1, 4), [set(input([3, 1])), set(input([1, 3, 4]))]),
  row("narrow", "x.narrow(1, 1, 2)", (x) => x.narrow(1, 1, 2), CUBES),
  row("narrow", "x.narrow(-1, -3, 2)", (x) => x.narrow(-1, -3, 2), CUBES),
  row("narrow", "x.narrow(0, 1, 0)", (x) => x.narrow(0, 1, 0), CUBES),
  row("select", "x.select(1, 2)", (x) => x.select(1, 2), CUBES),
  row("select", "x.select(-1, -1)", (x) => x.select(-1, -1), [...CUBES, set(input([3]))]),
  row("as", "x.view(2, 3, 4) if x.is_contiguous() else x", (x) => x.as(2, -1, 4), CUBES),
  row("contiguous", "x.contiguous()", (x) => x.contiguous(), [...CUBES, ...elementwise([-2, 2])]),
  row("contiguous", "x.transpose(0, 1).contiguous()", (x) => x.transpose(0, 1).contiguous(), [
    ...CUBES,
    large(input([201, 301])),
  ]),
  row("clone", "x.clone()", (x) => x.clone(), [...CUBES, ...elementwise([-2, 2])]),
  row("detach", "x.detach()", (x) => x.detach(), CUBES),
];

const DTYPES = ["float32", "float64", "int32", "uint8", "bool"] as const;

const CONVERSIONS = [
  ...DTYPES.map((dtype) => row("to", `x.to(torch.${dtype})`, (x) => x.to(dtype), EVERY_KIND)),
  row("to", "x.to('cpu')", (x) => x.to("cpu"), EVERY_KIND.slice(0, 2)),
  row("to", "x.to(torch.int32)", (x) => x.to("int32"), [set(given([-1.5, 1.9, -0.2, 2 ** 31 - 128, -(2 ** 31)]))]),
  row("to", "x.to(torch.bool)", (x) => x.to("bool"), [set(given([0, -0, 0.1, Number.NaN, 2 ** -120, 256]))]),
  row("float", "x.float()", (x) => x.float(), EVERY_KIND),
  row("double", "x.double()", (x) => x.double(), EVERY_KIND),
  row("int", "x.int()", (x) => x.int(), EVERY_KIND),
];

const THREE = (layout: Layout = "plain"): InputSet =>
  set(m([2, 3], layout), n([2, 3]), input([2, 3], { seed: 3, layout }));
const JOINED = [
  THREE(),
  ...LAYOUTS.map(THREE),
  set(m([2, 3], "narrowed"), n([2, 3], "selected"), m([2, 3], "transposed")),
];

const JOINS = [
  row("cat", "torch.cat([x, y, z])", (x, y, z) => cat([x, y, z]), [
    ...JOINED,
    set(m([1, 3]), n([0, 3]), input([4, 3])),
    set(m([2, 3]), n([1, 3]), input([2, 3], { kind: "int32" })),
    large(m([41, 1001]), n([3, 1001]), input([1, 1001])),
  ]),
  row("cat", "torch.cat([x, y, z], -1)", (x, y, z) => cat([x, y, z], -1), [
    ...JOINED,
    set(m([2, 1]), n([2, 3]), m([2, 0])),
  ]),
  row("cat", "torch.cat([x, x])", (x) => cat([x, x]), [set(m([3])), set(input([3], { kind: "bool" }))]),
  row("stack", "torch.stack([x, y, z])", (x, y, z) => stack([x, y, z]), [...JOINED, set(m([]), n([]), m([]))]),
  row("stack", "torch.stack([x, y, z], 1)", (x, y, z) => stack([x, y, z], 1), JOINED),
  row("stack", "torch.stack([x, y, z], -1)", (x, y, z) => stack([x, y, z], -1), JOINED),
];

export const cases: readonly Case[] = [...VIEWS, ...CONVERSIONS, ...JOINS];
