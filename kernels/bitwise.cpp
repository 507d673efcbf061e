// Integers bit by bit, of two tensors in row-major memory.
#include "elementwise.h"

namespace NABLA_ISA {

/**
 * y = a & b with the first bit of `op`, a ^ b with the second one, and so a | b with both; 4 shifts to the left, 5 to the right.
 * Shifts by less than 0 or more than 31 places leave 0, or the sign, as in PyTorch.
 */
KERNEL(bitwise_i32, const int32_t* a, const int32_t* b, int32_t* y, idx n, int op) {
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    const int32_t *p = a, *q = b, common = -(op & 1), different = -(op >> 1), left = op == 4;
    int32_t* to = y;
    if (op < 4) {
#pragma clang loop interleave(disable) unroll(disable)
      for (idx i = begin; i < end; i++) to[i] = (p[i] & q[i] & common) | ((p[i] ^ q[i]) & different);
      return;
    }
#pragma clang loop vectorize(disable) unroll(disable)
    for (idx i = begin; i < end; i++) {
      const uint32_t places = static_cast<uint32_t>(q[i]), near = places > 31 ? 31 : places;
      to[i] = !left ? p[i] >> near : places > 31 ? 0 : static_cast<int32_t>(static_cast<uint32_t>(p[i]) << near);
    }
  });
}

}  // namespace NABLA_ISA
