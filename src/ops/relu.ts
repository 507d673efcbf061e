/** relu. That of a large tensor waits until something asks for it, as others may do its work on the way. */
import { type Node, record, tracks } from "../autograd/node.ts";
import { backend, type Kernel, type Storage } from "../backend/index.ts";
import { deferred, empty, type Tensor } from "../tensor/tensor.ts";
import { type Unary, unary } from "./elementwise.ts";
import { family, NUMBERS, pointer } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";

const rectify = family("relu", NUMBERS);
const rectifySigned = family("relu_signs");
const backward = family("relu_backward_signs");
const bytesOfSigns = family("relu_signs_bytes");

const formula = (g: Tensor, y: Tensor): Tensor => g.mul(cast(y.gt(0), y.dtype)) as Tensor;
const atOnce = unary("relu", "output", formula, NUMBERS);

/**
 * max(x, 0); its gradient at 0 is 0.
 *
 * @example
 * tensor([-1, 2]).relu().toArray(); // [0, 2]
 */
export const relu: Unary = function (this: Tensor): Tensor {
  if (!NUMBERS.includes(this.dtype)) return atOnce.call(this);
  const x = contiguous.call(this);
  return (tracks(x) ? recorded(x) : deferred("relu", x, rectify[x.dtype])) ?? atOnce.call(x);
} as Unary;

/** The same, which leaves one bit for each element that its gradient reads in place of the results. */
function recorded(x: Tensor): Tensor | null {
  const { dtype } = x; // what the functions below read of x, which the graph must not hold on to
  let node: Node | null = null;
  const compute: Kernel = (from, to, count) => {
    if (node?.gradients == null) return rectify[dtype](from, to, count); // the graph is gone: nobody reads the bits
    const signs = backend.borrow(bytesOfSigns[dtype](count));
    node.owned = [signs];
    return rectifySigned[dtype](from, to, signs.address, count);
  };
  const y = deferred("relu", x, compute);
  if (y === null) return null;
  const forX = (g: Tensor): Tensor => {
    const flat = contiguous.call(g);
    const dx = empty(y.shape, dtype);
    pointer(y); // computed, it has its bits
    const [signs] = (node as Node).owned as [Storage];
    backward[dtype](pointer(flat), backend.pointer(signs), pointer(dx), y.count);
    return dx;
  };
  record(y, "relu", [x], [forX], [y], null, () => [(g) => formula(g, y)]);
  node = y.node;
  return y;
}
