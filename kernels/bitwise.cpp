// Integers bit by bit: y[i] = a[i] op b[i]. A shift by less than 0 or more than 31 leaves 0, or the sign to the right, as in PyTorch.
#include "elementwise.h"

namespace NABLA_ISA {

KERNEL(bitwise_i32, const int32_t* a, const int32_t* b, int32_t* y, idx n, int op) {
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    const int32_t *left = a, *right = b;
    int32_t* to = y;
    const int which = op;
    for (idx i = begin; i < end; i++) {
      const int32_t p = left[i], q = right[i];
      const bool far = static_cast<uint32_t>(q) > 31;
      const int32_t up = far ? 0 : static_cast<int32_t>(static_cast<uint32_t>(p) << (q & 31)), down = p >> (far ? 31 : q);
      to[i] = which == 0 ? p & q : which == 1 ? p | q : which == 2 ? p ^ q : which == 3 ? up : down;
    }
  });
}

}  // namespace NABLA_ISA
