// The shapes that indexing gives.
import { type Index, randn, type Tensor, tensor, where, zeros } from "nabla";
import { is } from "../equal.ts";

const x = randn(2, 3, 4);
const unknown: Tensor = x;
declare const i: number;
declare const any: Index;
const list = tensor([1, 0, 1], { dtype: "int32" });

const numbers = x.at(0, i);
is<Tensor<[4]>>()(numbers);
const slices = x.at(":", `${i}:`);
is<Tensor<[2, number, 4]>>()(slices);
const dots = x.at("...", -1);
is<Tensor<[2, 3]>>()(dots);
const axes = x.at(null, 1, "...", "::2", null);
is<Tensor<[1, 3, number, 1]>>()(axes);
const whatever = x.at(any, any, any, any);
is<Tensor>()(whatever);
const ofUnknown = unknown.at(0, 1, 2, 3, 4);
is<Tensor>()(ofUnknown);

const gathered = x.gather(0, zeros(5, 3, 4));
is<Tensor<[5, 3, 4]>>()(gathered);
const selected = x.indexSelect(-1, list);
is<Tensor<[2, 3, 3]>>()(selected);
const chosen = where(zeros(2, 1, 1), 0, zeros(3, 4));
is<Tensor<[2, 3, 4]>>()(chosen);
const filled = x.maskedFill(zeros(4), 0).flip(0).tril().roll(1, 0);
is<Tensor<[2, 3, 4]>>()(filled);
const moved = x.movedim(0, -1);
is<Tensor<[3, 4, 2]>>()(moved);
const unflattened = x.unflatten(2, [2, -1]);
is<Tensor<[2, 3, 2, number]>>()(unflattened);
const repeated = x.repeat(5, 2, 1, 1);
is<Tensor<[5, 4, 3, 4]>>()(repeated);
const oneHot = list.oneHot(7);
is<Tensor<[3, 7]>>()(oneHot);
x.set([0, "..."], 5).set("1:", zeros(4));
