// One row is one op: what its gradient reads (the input x or the output y), the value, and the gradient (g is dL/dy).
#include "elementwise.h"
#include "math.h"

namespace NABLA_ISA {

#define VALUE(T, suffix, name, unroll, grain, value)                                            \
  KERNEL(name##_##suffix, const T* x, T* y, idx n) {                                            \
    parallel_for(n, grain, [=](idx begin, idx end) {                                            \
      map<unroll>(y + begin, end - begin, [](V<T> x) -> V<T> { return value; }, Elements<T>{x + begin}); \
    });                                                                                         \
  }

#define GRADIENT(T, suffix, name, unroll, grain, kept, gradient)                                 \
  KERNEL(name##_backward_##suffix, const T* g, const T* kept, T* dx, idx n) {                    \
    parallel_for(n, grain, [=](idx begin, idx end) {                                             \
      map<unroll>(dx + begin, end - begin, [](V<T> g, V<T> kept) -> V<T> { return gradient; },   \
                  Elements<T>{g + begin}, Elements<T>{kept + begin});                            \
    });                                                                                          \
  }

// Cheap arithmetic goes four vectors a turn in large tasks; long functions one vector a turn in smaller ones.
#define LIGHT 4, GRAIN
#define HEAVY 1, HEAVY_GRAIN
#define APPLY(macro, ...) macro(__VA_ARGS__)

#define UNARY(name, kept, weight, value, gradient)              \
  APPLY(VALUE, float, f32, name, weight, value)                 \
  APPLY(VALUE, double, f64, name, weight, value)                \
  APPLY(GRADIENT, float, f32, name, weight, kept, gradient)     \
  APPLY(GRADIENT, double, f64, name, weight, kept, gradient)

#define FLAT(name, value)                        \
  APPLY(VALUE, float, f32, name, LIGHT, value)   \
  APPLY(VALUE, double, f64, name, LIGHT, value)

#define C(c) constant<decltype(g)>(c)

template <class X> ALWAYS_INLINE X sign(X x) {
  return where(x > 0, constant<X>(1), where(x < 0, constant<X>(-1), X{}));
}
template <class X> ALWAYS_INLINE X relu(X x) { return where(x < 0, X{}, x); }  // a NaN stays, and so does -0
template <class X> ALWAYS_INLINE X trunc(X x) { return copysign(floor(abs(x)), x); }
/** g / (x (1 − x)), NaN where there is no logit. */
template <class X> ALWAYS_INLINE X logit_gradient(X g, X x) {
  const auto outside = (Bits<X>)(x < 0) | (Bits<X>)(x > 1);
  return where(outside, constant<X>(__builtin_nan("")), g / abs(x * (1 - x)));
}

//    name        kept  weight  value               gradient
UNARY(neg,        x,    LIGHT,  -x,                 -g)
UNARY(abs,        x,    LIGHT,  abs(x),             g * sign(x))
UNARY(exp,        y,    HEAVY,  exp(x),             g * y)
UNARY(expm1,      y,    HEAVY,  expm1(x),           g * (y + 1))
UNARY(log,        x,    HEAVY,  log(x),             g / x)
UNARY(log1p,      x,    HEAVY,  log1p(x),           g / (x + 1))
UNARY(log2,       x,    HEAVY,  log2(x),            g / (x * C(0.69314718055994530942)))
UNARY(log10,      x,    HEAVY,  log(x) * constant<decltype(x)>(0.43429448190325182765), g / (x * C(2.30258509299404568402)))
UNARY(exp2,       y,    HEAVY,  exp2(x),            g * (y * C(0.69314718055994530942)))
UNARY(sinh,       x,    HEAVY,  sinh(x),            g * cosh(x))
UNARY(cosh,       x,    HEAVY,  cosh(x),            g * sinh(x))
UNARY(logit,      x,    HEAVY,  log(x / (1 - x)),   logit_gradient(g, x))
UNARY(sqrt,       y,    LIGHT,  sqrt(x),            g / (y * 2))
UNARY(rsqrt,      y,    LIGHT,  1 / sqrt(x),        g * (y * y * y) * C(-0.5))
UNARY(square,     x,    LIGHT,  x * x,              g * (x * 2))
UNARY(reciprocal, y,    LIGHT,  1 / x,              -g * (y * y))
UNARY(sin,        x,    HEAVY,  sin(x),             g * cos(x))
UNARY(cos,        x,    HEAVY,  cos(x),             -g * sin(x))
UNARY(tan,        y,    HEAVY,  tan(x),             g * (y * y + 1))
UNARY(atan,       x,    HEAVY,  atan(x),            g / (x * x + 1))
UNARY(asin,       x,    HEAVY,  asin(x),            g / sqrt((1 - x) * (1 + x)))
UNARY(acos,       x,    HEAVY,  acos(x),            -g / sqrt((1 - x) * (1 + x)))
UNARY(tanh,       y,    HEAVY,  tanh(x),            g * ((1 - y) * (1 + y)))
UNARY(sigmoid,    y,    HEAVY,  sigmoid(x),         g * ((1 - y) * y))
UNARY(erf,        x,    HEAVY,  erf(x),             g * (exp(-(x * x)) * C(1.12837916709551257390)))
UNARY(relu,       y,    LIGHT,  relu(x),            where(y <= 0, C(0), g))
// Their gradient is zero everywhere.
FLAT(sign,  sign(x))
FLAT(floor, floor(x))
FLAT(ceil,  ceil(x))
FLAT(trunc, trunc(x))
FLAT(round, round_even(x))

// Integers: values wrap around as PyTorch's do, so −(−2^31) and |−2^31| are −2^31. The pointers are copied out of the closure, which
// a store might change for all the compiler knows: else there is no vector loop.
#define INTEGER(name, value)                                                              \
  KERNEL(name##_i32, const int32_t* x_, int32_t* y_, idx n) {                             \
    parallel_for(n, GRAIN, [=](idx begin, idx end) {                                      \
      const int32_t* from = x_;                                                           \
      int32_t* to = y_;                                                                   \
      for (idx i = begin; i < end; i++) {                                                 \
        const int32_t x = from[i];                                                        \
        const uint32_t u = static_cast<uint32_t>(x);                                      \
        to[i] = static_cast<int32_t>(value);                                              \
      }                                                                                   \
    });                                                                                   \
  }
INTEGER(neg,    0u - u)
INTEGER(abs,    x < 0 ? 0u - u : u)
INTEGER(sign,   (void(u), (x > 0) - (x < 0)))
INTEGER(relu,   x > 0 ? u : 0u)
INTEGER(square, (void(x), u * u))

}  // namespace NABLA_ISA
