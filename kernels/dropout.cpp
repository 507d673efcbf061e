// Dropout as PyTorch's CPU kernels do it: keep with probability 1 − p by a float64 uniform (two draws), then multiply
// by keep / (1 − p), that quotient rounded to the tensor's dtype. Zeroed elements are products too, so NaN stays NaN.
#include "random.h"

namespace NABLA_ISA {

/** Nothing is drawn for p = 1. */
template <class T>
static ALWAYS_INLINE void dropout(RandomState* state, const T* __restrict x, T* __restrict y, uint8_t* __restrict mask,
                                  idx n, double p) {
  if (p >= 1) {
    for (idx i = 0; i < n; i++) mask[i] = 0;
    for (idx i = 0; i < n; i++) y[i] = x[i] * T{0};
    return;
  }
  const T scale = T{1} / static_cast<T>(1 - p);
  const uint64_t below = threshold53(1 - p);
  for_each_pair(state, n, [=](idx i, uint32_t first, uint32_t second) {
    const bool keep = bits53(first, second) < below;
    mask[i] = keep;
    y[i] = x[i] * (keep ? scale : T{0});
  });
}

template <class T>
static ALWAYS_INLINE void dropout_backward(const T* __restrict g, const uint8_t* __restrict mask, T* __restrict dx,
                                           idx n, double p) {
  const T scale = p >= 1 ? T{0} : T{1} / static_cast<T>(1 - p);
  for (idx i = 0; i < n; i++) dx[i] = g[i] * (mask[i] ? scale : T{0});
}

KERNEL(dropout_f32, RandomState* state, const float* x, float* y, uint8_t* mask, idx n, double p) {
  dropout(state, x, y, mask, n, p);
}
KERNEL(dropout_f64, RandomState* state, const double* x, double* y, uint8_t* mask, idx n, double p) {
  dropout(state, x, y, mask, n, p);
}
KERNEL(dropout_backward_f32, const float* g, const uint8_t* mask, float* dx, idx n, double p) {
  dropout_backward(g, mask, dx, n, p);
}
KERNEL(dropout_backward_f64, const double* g, const uint8_t* mask, double* dx, idx n, double p) {
  dropout_backward(g, mask, dx, n, p);
}

}  // namespace NABLA_ISA
