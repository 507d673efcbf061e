// The relu of a large tensor whose gradient will be asked for: one bit for each element says whether its gradient passes, so that
// the gradient need not read the results again.
#include "elementwise.h"
#include "gemm/problem.h"

namespace NABLA_ISA {

/** Elements whose bits fill one vector: bit k of a lane is that of the lane's element in the k-th of their vectors. */
template <class T> constexpr idx SIGNED = 8 * sizeof(T) * LANES<T>;

/** f(first element, how many, where their bits are) for all of n elements. */
template <class T, class S, class F> ALWAYS_INLINE void each_signed(S* signs, idx n, const F& f) {
  parallel_for(divide_up(n, SIGNED<T>), GRAIN / SIGNED<T>, [&](idx begin, idx end) {
    for (idx block = begin; block < end; block++)
      f(block * SIGNED<T>, smaller(n - block * SIGNED<T>, SIGNED<T>), signs + block * LANES<T>);
  });
}

template <class T, class S> static void relu_signs(const T* x, T* y, S* signs, idx n) {
  each_signed<T>(signs, n, [=](idx first, idx count, S* to) {
    M<T> passing{}, bit = M<T>{} + 1;
    const auto rectify = [&](V<T> v) {
      passing |= ~(M<T>)(v <= 0) & bit;
      bit <<= 1;
      return where(v < 0, V<T>{}, v);
    };
    map<1>(y + first, count, rectify, Elements<T>{x + first});
    store(to, (V<S>)passing);
  });
}

template <class T, class S> static void relu_backward_signs(const T* g, S* signs, T* dx, idx n) {
  each_signed<T>(signs, n, [=](idx first, idx count, S* from) {
    const M<T> passing = (M<T>)load(from);
    M<T> bit = M<T>{} + 1;
    const auto pass = [&](V<T> v) {
      const V<T> result = where((passing & bit) == 0, V<T>{}, v);
      bit <<= 1;
      return result;
    };
    map<1>(dx + first, count, pass, Elements<T>{g + first});
  });
}

// Bytes of the bits of n elements; y = max(x, 0) and its bits, where a NaN stays and lets its gradient pass; dx = g where the bits
// let it pass, else 0.
#define SIGNS(T, S, suffix)                                                                                              \
  KERNEL_RETURNING(double, relu_signs_bytes_##suffix, idx n) {                                                           \
    return static_cast<double>(divide_up(n, SIGNED<T>) * NABLA_VECTOR_BYTES);                                            \
  }                                                                                                                      \
  KERNEL(relu_signs_##suffix, const T* x, T* y, S* signs, idx n) { relu_signs(x, y, signs, n); }                         \
  KERNEL(relu_backward_signs_##suffix, const T* g, S* signs, T* dx, idx n) { relu_backward_signs(g, signs, dx, n); }
SIGNS(float, int32_t, f32)
SIGNS(double, double, f64)

}  // namespace NABLA_ISA
