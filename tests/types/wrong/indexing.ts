// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { randn, where, zeros } from "nabla";

const x = randn(4, 3);
x.at(0, 1, 2);
x.at("...", 0, ":", "1:");
x.gather(1, zeros(4));
x.scatterAdd(0, zeros(4), zeros(4));
x.indexSelect(0, zeros(5, 1));
x.maskedFill(zeros(4), 0);
where(zeros(4), x, 0);
where(x, zeros(3), zeros(2));
x.unflatten(2, [1, 3]);
x.expandAs(zeros(5, 4, 2));
x.repeat(2);
