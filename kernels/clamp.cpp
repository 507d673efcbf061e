// x into [low, high], where a bound that is missing is infinite. NaN stays. The gradient is 0 at a bound and beyond, and for
// NaN, as in PyTorch; but a missing bound lets its infinity through.
#include "elementwise.h"
#include "math.h"

namespace NABLA_ISA {

#define CLAMP(T, suffix)                                                                                       \
  KERNEL(clamp_##suffix, const T* x, T* y, idx n, double low, double high) {                                   \
    const T from = static_cast<T>(low), to = static_cast<T>(high);                                             \
    parallel_for(n, GRAIN, [=](idx begin, idx end) {                                                           \
      const V<T> least = splat<T>(from), most = splat<T>(to);                                                  \
      auto inside = [=](V<T> x) {                                                                              \
        const V<T> raised = where(x < least, least, x);                                                        \
        return where(raised > most, most, raised);                                                             \
      };                                                                                                       \
      map<4>(y + begin, end - begin, inside, Elements<T>{x + begin});                                          \
    });                                                                                                        \
  }                                                                                                            \
  KERNEL(clamp_backward_##suffix, const T* g, const T* x, T* dx, idx n, double low, double high) {             \
    const T from = static_cast<T>(low), to = static_cast<T>(high), infinity = __builtin_inf();                 \
    const T lowest = from == -infinity ? from : T(__builtin_nan("")), highest = to == infinity ? to : T(__builtin_nan("")); \
    parallel_for(n, GRAIN, [=](idx begin, idx end) {                                                           \
      auto inside = [=](V<T> g, V<T> x) {                                                                      \
        const M<T> above = (M<T>)(x > from) | (M<T>)(x == lowest), below = (M<T>)(x < to) | (M<T>)(x == highest); \
        return where(above & below, g, V<T>{});                                                                \
      };                                                                                                       \
      map<4>(dx + begin, end - begin, inside, Elements<T>{g + begin}, Elements<T>{x + begin});                 \
    });                                                                                                        \
  }
CLAMP(float, f32)
CLAMP(double, f64)

KERNEL(clamp_i32, const int32_t* x, int32_t* y, idx n, int low, int high) {
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    const int32_t *from = x, least = low, most = high;
    int32_t* to = y;
    for (idx i = begin; i < end; i++) {
      const int32_t raised = from[i] < least ? least : from[i];
      to[i] = raised > most ? most : raised;
    }
  });
}

}  // namespace NABLA_ISA
