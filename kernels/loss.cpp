// Mean squared error: loss = scale · Σ (a − b)².
#include "elementwise.h"
#include "math/fold.h"

namespace NABLA_ISA {

template <class T> static __attribute__((noinline)) T squares(const T* a, const T* b, idx n) {
  auto square = [](V<T> d) { return d * d; };
  return fold_lanes<Sum>(fold_vectors<Sum, T>(
      n, [=](idx i) { return square(load(a + i) - load(b + i)); },
      [=](idx i, idx count) { return square(load_some(a + i, count) - load_some(b + i, count)); }))[0];
}

template <class T> static void mse(const T* a, const T* b, T* loss, idx n, double scale) {
  const Pieces pieces(n, GRAIN);
  T partial[MAX_PIECES] = {};
  parallel_tasks(pieces.count, [&](idx i, int) {
    const idx begin = i * pieces.size, end = begin + pieces.size < n ? begin + pieces.size : n;
    partial[i] = squares(a + begin, b + begin, end - begin);
  });
  *loss = static_cast<T>(combine_pieces<Sum>(partial, pieces.count) * scale);
}

/** da = g · scale · 2 (a − b), g one number. */
template <class T> static void mse_backward(const T* a, const T* b, const T* g, T* da, idx n, double scale) {
  const V<T> factor = splat<T>(static_cast<T>(2 * scale * *g));
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    map<4>(da + begin, end - begin, [=](V<T> a, V<T> b) { return (a - b) * factor; }, Elements<T>{a + begin}, Elements<T>{b + begin});
  });
}

#define MSE(T, suffix)                                                                                          \
  KERNEL(mse_##suffix, const T* a, const T* b, T* loss, idx n, double scale) { mse(a, b, loss, n, scale); }     \
  KERNEL(mse_backward_##suffix, const T* a, const T* b, const T* g, T* da, idx n, double scale) {               \
    mse_backward(a, b, g, da, n, scale);                                                                        \
  }
MSE(float, f32)
MSE(double, f64)

}  // namespace NABLA_ISA
