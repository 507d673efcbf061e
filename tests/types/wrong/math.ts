// Mistakes with statistics, orders and products.
import { randn, zeros } from "nabla";

const x = randn(100, 784);
x.var(2);
x.std([0, 2]);
x.norm(2, 3);
x.logsumexp(2);
x.amax([0, 2]);
x.cumsum(2);
x.sort(2);
x.topk(3, 2);
x.median(2);
x.mm(zeros(783, 5));
x.bmm(zeros(100, 3));
