/** Attention. */
import { scaledDotProductAttention, tensor } from "../../../src/index.ts";
import { type InputSet, input, large, set } from "../inputs.ts";
import { b, type Case, m, n, row } from "./case.ts";

const SETS: readonly InputSet[] = [
  set(m([5, 4]), n([7, 4]), b([7, 3])),
  set(m([2, 5, 4]), n([2, 7, 4]), b([2, 7, 3])),
  set(m([2, 3, 5, 8]), n([2, 3, 5, 8]), b([2, 3, 5, 8])),
  set(m([1, 1]), n([1, 1]), b([1, 1])),
  set(m([2, 5, 4]), n([7, 4]), b([7, 4])),
  set(m([5, 4], "transposed"), n([7, 4], "transposed"), b([7, 3])),
  large(m([3, 65, 24]), n([3, 70, 24]), b([3, 70, 24])),
];

const MASKED = [set(m([2, 2, 3]), n([2, 4, 3]), b([2, 4, 3])), set(m([2, 3]), n([4, 3]), b([4, 1]))];
const WITH_MASK = [set(m([2, 5, 4]), n([2, 7, 4]), input([5, 7])), set(m([2, 5, 4]), n([2, 7, 4]), input([2, 1, 7]))];

const SEEN = tensor(
  [
    [true, false, true, true],
    [false, false, false, false],
  ],
  { dtype: "bool" },
);

export const cases: readonly Case[] = [
  row(
    "scaledDotProductAttention",
    "F.scaled_dot_product_attention(x, y, z)",
    (x, y, z) => scaledDotProductAttention(x, y, z),
    SETS,
  ),
  row(
    "scaledDotProductAttention",
    "F.scaled_dot_product_attention(x, y, z, is_causal=True, scale=0.3)",
    (x, y, z) => scaledDotProductAttention(x, y, z, { isCausal: true, scale: 0.3 }),
    SETS,
  ),
  row(
    "scaledDotProductAttention",
    "F.scaled_dot_product_attention(x, y, z, torch.tensor([[True, False, True, True], [False] * 4]))",
    (x, y, z) => scaledDotProductAttention(x, y, z, { attnMask: SEEN }),
    MASKED,
  ),
  row(
    "scaledDotProductAttention",
    "F.scaled_dot_product_attention(x, y, y, z)",
    (x, y, z) => scaledDotProductAttention(x, y, y, { attnMask: z }),
    WITH_MASK,
  ),
];
