/** Random numbers: the same for the same seed. */
import { empty, rand, randint, randn, randperm } from "../../../src/index.ts";
import { input, large, set } from "../inputs.ts";
import { type Case, m, NONE, row } from "./case.ts";

// ---- random: the same numbers for the same seed ----------------------------------------------------------------------

const RANDOM = [
  row("rand", "torch.rand(3, 17)", () => rand(3, 17), NONE),
  row("rand", "torch.rand([5], dtype=torch.float64)", () => rand([5], { dtype: "float64" }), NONE),
  row("randn", "torch.randn(3, 17)", () => randn(3, 17), NONE),
  row("randn", "torch.randn([7], dtype=torch.float64)", () => randn([7], { dtype: "float64" }), NONE),
  row("randint", "torch.randint(-5, 100, [40])", () => randint(-5, 100, [40]), NONE),
  row("randperm", "torch.randperm(100)", () => randperm(100), NONE),
  row("uniform_", "torch.empty(40).uniform_(-2, 3)", () => empty(40).uniform_(-2, 3), NONE),
  row("normal_", "torch.empty(40).normal_(1, 2)", () => empty(40).normal_(1, 2), NONE),
  row("dropout", "F.dropout(x, 0.3)", (x) => x.dropout(0.3), [
    ...[[2, 3], [33], [17, 33], [0]].map((shape) => set(input(shape))),
    set(m([3, 5], "transposed")),
    large(input([41, 1001])),
  ]),
  row("dropout", "F.dropout(x, 1.0)", (x) => x.dropout(1), [set(input([2, 3]))]),
  row("dropout", "F.dropout(x, 0.5, training=False)", (x) => x.dropout(0.5, false), [set(input([2, 3]))]),
];

export const cases: readonly Case[] = RANDOM;
