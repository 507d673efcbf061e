// Activation functions that read numbers beside their input. One row is one function: the value, and the gradient, which
// reads the input (g is dL/dy). a, b and c are the function's numbers; a function that has fewer ignores the others.
#include "elementwise.h"
#include "math.h"

namespace NABLA_ISA {

#define VALUE(T, suffix, name, unroll, grain, value)                                                         \
  KERNEL(name##_##suffix, const T* x, T* y, idx n, double a_, double b_, double c_) {                        \
    const V<T> a = constant<V<T>>(a_), b = constant<V<T>>(b_), c = constant<V<T>>(c_);                       \
    parallel_for(n, grain, [=](idx begin, idx end) {                                                         \
      map<unroll>(y + begin, end - begin, [=](V<T> x) -> V<T> { (void)a, (void)b, (void)c; return value; },  \
                  Elements<T>{x + begin});                                                                   \
    });                                                                                                      \
  }

#define GRADIENT(T, suffix, name, unroll, grain, gradient)                                                            \
  KERNEL(name##_backward_##suffix, const T* g, const T* x, T* dx, idx n, double a_, double b_, double c_) {           \
    const V<T> a = constant<V<T>>(a_), b = constant<V<T>>(b_), c = constant<V<T>>(c_);                                \
    parallel_for(n, grain, [=](idx begin, idx end) {                                                                  \
      map<unroll>(dx + begin, end - begin, [=](V<T> g, V<T> x) -> V<T> { (void)a, (void)b, (void)c; return gradient; }, \
                  Elements<T>{g + begin}, Elements<T>{x + begin});                                                    \
    });                                                                                                               \
  }

#define LIGHT 4, GRAIN
#define HEAVY 1, HEAVY_GRAIN
#define APPLY(macro, ...) macro(__VA_ARGS__)

#define ACTIVATION(name, weight, value, gradient)             \
  APPLY(VALUE, float, f32, name, weight, value)               \
  APPLY(VALUE, double, f64, name, weight, value)              \
  APPLY(GRADIENT, float, f32, name, weight, gradient)         \
  APPLY(GRADIENT, double, f64, name, weight, gradient)

/** A number in every lane of a vector like x. */
#define C(number) constant<decltype(x)>(number)
#define ZERO (decltype(x){})

template <class X> ALWAYS_INLINE X normal_density(X x) {
  return exp(x * x * constant<X>(-0.5)) * constant<X>(0.39894228040143267794);
}
/** tanh of √(2/π)·(x + 0.044715 x³), the inner part of the approximate GELU. */
template <class X> ALWAYS_INLINE X gelu_inner(X x) {
  return tanh((x + x * x * x * constant<X>(0.044715)) * constant<X>(0.79788456080286535588));
}
template <class X> ALWAYS_INLINE X gelu_tanh_slope(X x) {
  const X t = gelu_inner(x), inner = (x * x * constant<X>(3 * 0.044715) + 1) * constant<X>(0.79788456080286535588);
  return (t + 1) * constant<X>(0.5) + x * constant<X>(0.5) * (constant<X>(1) - t * t) * inner;
}
template <class X> ALWAYS_INLINE X silu_slope(X x) {
  const X s = sigmoid(x);
  return s * (x * (constant<X>(1) - s) + 1);
}
/** tanh of log(1 + e^x) = n / (n + 2), n = e^x · (e^x + 2). */
template <class X> ALWAYS_INLINE X mish_inner(X x) {
  const X e = exp(where(x > constant<X>(20), constant<X>(20), x)), n = e * (e + 2);
  return quotient(n, n + 2);
}
template <class X> ALWAYS_INLINE X mish_slope(X x) {
  const X t = mish_inner(x);
  return t + x * sigmoid(x) * (constant<X>(1) - t * t);
}
/** min(x, 0) − log(1 + e^−|x|); a NaN stays. */
template <class X> ALWAYS_INLINE X log_sigmoid(X x) {
  return where(x > 0, X{}, x) - log1p(exp(-abs(x)));
}
template <class X> ALWAYS_INLINE X log_sigmoid_slope(X x) {
  const X z = exp(-abs(x)), q = z / (z + 1);
  return where(x < 0, constant<X>(1) - q, q);
}
/** x between low and high; a NaN stays. */
template <class X> ALWAYS_INLINE X between(X x, X low, X high) {
  x = where(x < low, low, x);
  return where(x > high, high, x);
}
template <class X, class K> ALWAYS_INLINE X either(K first, K second, X yes, X no) {
  return where((Bits<X>)first | (Bits<X>)second, yes, no);
}
template <class X, class K> ALWAYS_INLINE X both(K first, K second, X yes, X no) {
  return where((Bits<X>)first & (Bits<X>)second, yes, no);
}

//         name         weight  value                                            gradient
ACTIVATION(leaky_relu,  LIGHT,  where(x > 0, x, x * a),                          where(x > 0, g, g * a))
// a: slope of the exponential at 0 over c, b: slope above 0, c: inner factor.
ACTIVATION(elu,         HEAVY,  where(x <= 0, expm1(x * c) * a, x * b),          where(x <= 0, g * (c * a) * exp(x * c), g * b))
ACTIVATION(gelu,        HEAVY,  x * normal_below(x),                             g * (normal_below(x) + x * normal_density(x)))
ACTIVATION(gelu_tanh,   HEAVY,  x * C(0.5) * (gelu_inner(x) + 1),                g * gelu_tanh_slope(x))
ACTIVATION(silu,        HEAVY,  x * sigmoid(x),                                  g * silu_slope(x))
ACTIVATION(mish,        HEAVY,  x * mish_inner(x),                               g * mish_slope(x))
// a: beta, b: threshold.
ACTIVATION(softplus,    HEAVY,  where(x * a > b, x, log1p(exp(x * a)) / a),      where(x * a > b, g, g * sigmoid(x * a)))
ACTIVATION(logsigmoid,  HEAVY,  log_sigmoid(x),                                  g * log_sigmoid_slope(x))
ACTIVATION(hardtanh,    LIGHT,  between(x, a, b),                                both(x > a, x < b, g, ZERO))
ACTIVATION(hardsigmoid, LIGHT,  between(x + 3, ZERO, C(6)) / 6,                  both(x > -3, x < 3, g / 6, ZERO))
ACTIVATION(hardswish,   LIGHT,  x * between(x + 3, ZERO, C(6)) / 6,              where(x <= -3, ZERO, where(x < 3, g * (x / 3 + C(0.5)), g)))
ACTIVATION(softshrink,  LIGHT,  where(x > a, x - a, where(x < -a, x + a, where(x == x, ZERO, x))), either(x < -a, x > a, g, ZERO))
ACTIVATION(hardshrink,  LIGHT,  both(x >= -a, x <= a, ZERO, x),                  either(x < -a, x > a, g, ZERO))
// a: threshold, b: what stands for everything up to it.
ACTIVATION(threshold,   LIGHT,  where(x <= a, b, x),                             where(x <= a, ZERO, g))

/** f(begin, end, w) for runs of elements whose slope is one number, over x [outer, channels, inner]. */
template <class T, class F> ALWAYS_INLINE void each_channel(idx outer, idx channels, idx inner, const F& f) {
  const idx runs = outer * channels, group = inner < GRAIN ? GRAIN / (inner > 0 ? inner : 1) : 1;
  parallel_tasks((runs + group - 1) / group, [=](idx task, int) {
    const idx end = (task + 1) * group < runs ? (task + 1) * group : runs;
    for (idx r = task * group; r < end; r++) f(r * inner, inner, r % channels);
  });
}

/** y = x, or w·x where x is not above 0; w has one element a channel. Rows of channels are vectors when inner is 1. */
template <class T> static void prelu(const T* x, const T* w, T* y, idx outer, idx channels, idx inner) {
  auto value = [](V<T> x, V<T> w) { return where(x > 0, x, x * w); };
  if (inner == 1) return each_channel<T>(outer, 1, channels, [=](idx at, idx n, idx) {
    map<4>(y + at, n, value, Elements<T>{x + at}, Elements<T>{w});
  });
  each_channel<T>(outer, channels, inner, [=](idx at, idx n, idx channel) {
    map<4>(y + at, n, value, Elements<T>{x + at}, Repeated<T>{splat<T>(w[channel])});
  });
}

template <class T> static void prelu_backward(const T* g, const T* x, const T* w, T* dx, idx outer, idx channels, idx inner) {
  auto slope = [](V<T> g, V<T> x, V<T> w) { return where(x > 0, g, g * w); };
  if (inner == 1) return each_channel<T>(outer, 1, channels, [=](idx at, idx n, idx) {
    map<4>(dx + at, n, slope, Elements<T>{g + at}, Elements<T>{x + at}, Elements<T>{w});
  });
  each_channel<T>(outer, channels, inner, [=](idx at, idx n, idx channel) {
    map<4>(dx + at, n, slope, Elements<T>{g + at}, Elements<T>{x + at}, Repeated<T>{splat<T>(w[channel])});
  });
}

/** What each element gives to the gradient of its slope, before those of a channel are summed. */
template <class T> static void prelu_weight(const T* g, const T* x, T* dw, idx n) {
  parallel_for(n, GRAIN, [=](idx begin, idx end) {
    map<4>(dw + begin, end - begin, [](V<T> g, V<T> x) { return where(x > 0, V<T>{}, g * x); },
           Elements<T>{g + begin}, Elements<T>{x + begin});
  });
}

#define PRELU(T, suffix)                                                                                           \
  KERNEL(prelu_##suffix, const T* x, const T* w, T* y, idx outer, idx channels, idx inner) {                       \
    prelu(x, w, y, outer, channels, inner);                                                                        \
  }                                                                                                                \
  KERNEL(prelu_backward_##suffix, const T* g, const T* x, const T* w, T* dx, idx outer, idx channels, idx inner) { \
    prelu_backward(g, x, w, dx, outer, channels, inner);                                                           \
  }                                                                                                                \
  KERNEL(prelu_weight_##suffix, const T* g, const T* x, T* dw, idx n) { prelu_weight(g, x, dw, n); }
PRELU(float, f32)
PRELU(double, f64)

}  // namespace NABLA_ISA
