// Ops of two operands. Flat: y[i] = f(a[i·sa], b[i·sb]), sa and sb 0 or 1. With a layout [ndim, size0, sa0, sb0, size1, …]:
// any strides, in elements; y is contiguous in the layout's order.
#include "elementwise.h"
#include "math.h"

namespace NABLA_ISA {

/** f over n elements of operands whose strides are 0 or 1. */
template <class A, class Y> using Span = void (*)(const A* a, idx sa, const A* b, idx sb, Y* y, idx n);

constexpr idx BLOCK = 512;      // elements gathered at a time
constexpr idx SHORT_ROW = 32;   // shorter rows are put together into blocks

/** Operands of any strides, copied into blocks. */
template <class A, class Y> static void gather_span(Walk<2>& walk, const A* a, const A* b, Y* y, idx n, Span<A, Y> span) {
  A as[BLOCK], bs[BLOCK];
  for (idx done = 0; done < n;) {
    const idx count = n - done < BLOCK ? n - done : BLOCK;
    for (idx i = 0; i < count;) {
      const idx row = walk.inner - walk.place < count - i ? walk.inner - walk.place : count - i;
      const A *pa = a + walk.at[0], *pb = b + walk.at[1];
      for (idx k = 0; k < row; k++) as[i + k] = pa[k * walk.step[0]], bs[i + k] = pb[k * walk.step[1]];
      walk.advance(row);
      i += row;
    }
    span(as, 1, bs, 1, y + done, count);
    done += count;
  }
}

/** One operand of a matrix with short rows: blocks of whole rows, read in place where they are contiguous. */
template <class A> struct ShortRows {
  const A* p;
  idx outer, inner, columns;
  A block[BLOCK];
  ShortRows(const A* p, idx outer, idx inner, idx columns) : p(p), outer(outer), inner(inner), columns(columns) {
    if (outer == 0) copy(0, BLOCK / columns);  // all rows are alike
  }
  ALWAYS_INLINE void copy(idx first, idx rows) {
    for (idx r = 0; r < rows; r++)
      for (idx k = 0; k < columns; k++) block[r * columns + k] = p[(first + r) * outer + k * inner];
  }
  ALWAYS_INLINE const A* get(idx first, idx rows) {
    if (inner == 1 && outer == columns) return p + first * outer;
    if (outer != 0) copy(first, rows);
    return block;
  }
};

template <class A, class Y> static void short_rows(const A* a, const A* b, Y* y, const Walk<2>& shape, Span<A, Y> span) {
  const idx columns = shape.inner, rows_at_once = BLOCK / columns;
  parallel_for(shape.size(0), GRAIN / columns, [=, &shape](idx begin, idx end) {
    ShortRows<A> as(a, shape.stride(0, 0), shape.step[0], columns), bs(b, shape.stride(0, 1), shape.step[1], columns);
    for (idx r = begin; r < end; r += rows_at_once) {
      const idx rows = end - r < rows_at_once ? end - r : rows_at_once;
      span(as.get(r, rows), 1, bs.get(r, rows), 1, y + r * columns, rows * columns);
    }
  });
}

/** Shared by all ops of the same types, which differ in `span` only. */
template <class A, class Y>
static void broadcast(const A* a, const A* b, Y* y, idx n, int sa, int sb, const double* layout, idx grain, Span<A, Y> span) {
  if (n == 1 && !layout) return span(a, 1, b, 1, y, 1);
  if (layout && layout[0] == 2 && n > SHORT_ROW) {
    const Walk<2> shape(layout, 0);
    if (shape.inner < SHORT_ROW) return short_rows(a, b, y, shape, span);
  }
  parallel_for(n, grain, [=](idx begin, idx end) {
    if (!layout) return span(a + begin * sa, sa, b + begin * sb, sb, y + begin, end - begin);
    Walk<2> walk(layout, begin);
    const bool rows = walk.inner >= SHORT_ROW && (walk.step[0] | walk.step[1] | 1) == 1;
    if (!rows) return gather_span(walk, a, b, y + begin, end - begin, span);
    for (idx i = begin; i < end;) {
      const idx row = walk.inner - walk.place < end - i ? walk.inner - walk.place : end - i;
      span(a + walk.at[0], walk.step[0], b + walk.at[1], walk.step[1], y + i, row);
      walk.advance(row);
      i += row;
    }
  });
}

/** y[i] = f(a[i·sa], b[i·sb]) on vectors. */
template <int UNROLL, class T, class F> ALWAYS_INLINE void vectors(const T* a, idx sa, const T* b, idx sb, T* y, idx n, const F& f) {
  if (sa && sb) map<UNROLL>(y, n, f, Elements<T>{a}, Elements<T>{b});
  else if (sa) map<UNROLL>(y, n, f, Elements<T>{a}, Repeated<T>{splat<T>(*b)});
  else if (sb) map<UNROLL>(y, n, f, Repeated<T>{splat<T>(*a)}, Elements<T>{b});
  else map<1>(y, n, f, Repeated<T>{splat<T>(*a)}, Repeated<T>{splat<T>(*b)});
}

/** The same on single numbers, which the compiler makes vectors of: for integers and for results of another type. */
template <class A, class Y, class F> ALWAYS_INLINE void scalars(const A* a, idx sa, const A* b, idx sb, Y* y, idx n, const F& f) {
  if (sa && sb) for (idx i = 0; i < n; i++) y[i] = f(a[i], b[i]);
  else if (sa) for (idx i = 0, v = 0; i < n; i++) y[i] = f(a[i], b[v]);
  else if (sb) for (idx i = 0, v = 0; i < n; i++) y[i] = f(a[v], b[i]);
  else for (idx i = 0, v = 0; i < n; i++) y[i] = f(a[v], b[v]);
}

#define BROADCAST(A, Y, suffix, name, grain, loop, value)                                                       \
  static void name##_span_##suffix(const A* a, idx sa, const A* b, idx sb, Y* y, idx n) {                       \
    loop(a, sa, b, sb, y, n, [](auto a, auto b) { return value; });                          \
  }                                                                                                             \
  KERNEL(name##_##suffix, const A* a, const A* b, Y* y, idx n, int sa, int sb, const double* layout) {          \
    broadcast<A, Y>(a, b, y, n, sa, sb, layout, grain, name##_span_##suffix);                                   \
  }

#define FLOATS(name, value)                                              \
  BROADCAST(float, float, f32, name, GRAIN, vectors<4>, value)           \
  BROADCAST(double, double, f64, name, GRAIN, vectors<4>, value)
#define INTEGERS(name, value) BROADCAST(int32_t, int32_t, i32, name, GRAIN, scalars, value)

#define NAN_OR(condition, x) ((Bits<decltype(x)>)(condition) | (Bits<decltype(x)>)(x != x))
#define U(x) static_cast<uint32_t>(x)

FLOATS(add, a + b)
FLOATS(sub, a - b)
FLOATS(mul, a * b)
FLOATS(div, a / b)
FLOATS(maximum, where(NAN_OR(a > b, a), a, b))
FLOATS(minimum, where(NAN_OR(a < b, a), a, b))
// Integers wrap around, as PyTorch's do.
INTEGERS(add, static_cast<int32_t>(U(a) + U(b)))
INTEGERS(sub, static_cast<int32_t>(U(a) - U(b)))
INTEGERS(mul, static_cast<int32_t>(U(a) * U(b)))
INTEGERS(maximum, a > b ? a : b)
INTEGERS(minimum, a < b ? a : b)

#define COMPARISON(name, value)                                          \
  BROADCAST(float, uint8_t, f32, name, GRAIN, scalars, value)            \
  BROADCAST(double, uint8_t, f64, name, GRAIN, scalars, value)           \
  BROADCAST(int32_t, uint8_t, i32, name, GRAIN, scalars, value)          \
  BROADCAST(uint8_t, uint8_t, u8, name, GRAIN, scalars, value)
COMPARISON(eq, a == b)
COMPARISON(ne, a != b)
COMPARISON(lt, a < b)
COMPARISON(le, a <= b)
COMPARISON(gt, a > b)
COMPARISON(ge, a >= b)

#define LOGICAL(name, value) BROADCAST(uint8_t, uint8_t, bool, name, GRAIN, scalars, value)
LOGICAL(logical_and, (a != 0) & (b != 0))
LOGICAL(logical_or, (a | b) != 0)
LOGICAL(logical_xor, (a != 0) ^ (b != 0))

/** |a| modulo |b| with the sign of a, exact for every quotient; the quotient's digits one after the other. */
static __attribute__((noinline)) double fmod_huge(double a, double b) {
  double r = __builtin_fabs(a);
  const double divisor = __builtin_fabs(b);
  while (r >= divisor) {
    double part = divisor;
    uint64_t p, q;
    __builtin_memcpy(&p, &r, 8), __builtin_memcpy(&q, &part, 8);
    const uint64_t steps = (p >> 52) - (q >> 52);
    q += steps << 52;  // part · 2^steps: as long as r
    __builtin_memcpy(&part, &q, 8);
    if (part > r) part *= 0.5;
    r -= part;
  }
  return a < 0 ? -r : r;
}

/** The remainder of a / b with the sign of a. */
SHARED_CODE V<double> fmod(V<double> a, V<double> b) {
  using D = V<double>;
  const D x = abs(a), divisor = abs(b), infinity = constant<D>(__builtin_inf());
  const D q = floor(x / divisor);
  const Double2 product = two_prod(q, divisor);
  D r = (x - product.hi) - product.lo;
  r = where(r < 0, r + divisor, r);  // the quotient may have been rounded up
  r = where(divisor == infinity, x, r);
  const M<double> finite = (M<double>)(x < infinity) & (M<double>)(divisor > 0);
  const M<double> huge = (M<double>)(q > 4503599627370496.0) & finite & (M<double>)(divisor < infinity);
  if (__builtin_expect(any(huge), 0))
    for (int i = 0; i < LANES<double>; i++)
      if (huge[i]) r[i] = fmod_huge(x[i], divisor[i]);
  return where(finite, copysign(r, a), constant<D>(__builtin_nan("")));
}
/** Whether a remainder with the sign of the dividend has to go to the side of the divisor b. */
static ALWAYS_INLINE M<double> other_side(V<double> r, V<double> b) {
  return (M<double>)(r != 0) & ((M<double>)(r < 0) ^ (M<double>)(b < 0));
}
static ALWAYS_INLINE V<double> remainder(V<double> a, V<double> b) {
  const V<double> r = fmod(a, b);
  return where(other_side(r, b), r + b, r);
}
/** a / b rounded down, with the sign of a / b where it is 0. */
static ALWAYS_INLINE V<double> floor_divide(V<double> a, V<double> b) {
  using D = V<double>;
  const D r = fmod(a, b), exact = (a - r) / b, q = where(other_side(r, b), exact - 1, exact);
  const D below = floor(q), whole = where(q - below > 0.5, below + 1, below);
  return where(b == 0, a / b, where(q == 0, copysign(D{}, a / b), whole));
}
#define BY_DOUBLES(name)                                                                      \
  static ALWAYS_INLINE V<float> name(V<float> a, V<float> b) {                                \
    const Widened x = widen(a), y = widen(b);                                                 \
    return narrow({name(x.first, y.first), name(x.second, y.second)});                        \
  }
BY_DOUBLES(fmod)
BY_DOUBLES(remainder)
BY_DOUBLES(floor_divide)
#define LONG_FUNCTION(name)                                                              \
  BROADCAST(float, float, f32, name, HEAVY_GRAIN, vectors<1>, name(a, b))                \
  BROADCAST(double, double, f64, name, HEAVY_GRAIN, vectors<1>, name(a, b))
LONG_FUNCTION(fmod)
LONG_FUNCTION(remainder)
LONG_FUNCTION(floor_divide)
LONG_FUNCTION(atan2)

/** x^e for the exponents that need no logarithm; false for all others. */
template <class T> static bool pow_simple(const T* x, T e, T* y, idx n) {
  const Elements<T> s{x};
  if (e == 2) map<4>(y, n, [](V<T> x) { return x * x; }, s);
  else if (e == T(0.5)) map<4>(y, n, [](V<T> x) { return sqrt(x); }, s);
  else if (e == 1) map<4>(y, n, [](V<T> x) { return x; }, s);
  else if (e == 3) map<4>(y, n, [](V<T> x) { return x * x * x; }, s);
  else if (e == 0) map<4>(y, n, [](V<T>) { return constant<V<T>>(1); }, s);
  else if (e == -1) map<4>(y, n, [](V<T> x) { return 1 / x; }, s);
  else if (e == T(-0.5)) map<4>(y, n, [](V<T> x) { return 1 / sqrt(x); }, s);
  else if (e == -2) map<4>(y, n, [](V<T> x) { return 1 / (x * x); }, s);
  else return false;
  return true;
}

template <class T> static void pow_span(const T* x, idx sx, const T* e, idx se, T* y, idx n) {
  vectors<1>(x, sx, e, se, y, n, [](V<T> x, V<T> e) { return pow(x, e); });
}

template <class T> static void pow_kernel(const T* x, const T* e, T* y, idx n, int sx, int se, const double* layout) {
  if (!layout && !se && sx) {
    const T exponent = *e;
    parallel_for(n, HEAVY_GRAIN, [=](idx begin, idx end) {
      if (!pow_simple(x + begin, exponent, y + begin, end - begin)) pow_span(x + begin, 1, &exponent, 0, y + begin, end - begin);
    });
  } else {
    broadcast<T, T>(x, e, y, n, sx, se, layout, HEAVY_GRAIN, pow_span<T>);
  }
}
KERNEL(pow_f32, const float* x, const float* e, float* y, idx n, int sx, int se, const double* layout) {
  pow_kernel(x, e, y, n, sx, se, layout);
}
KERNEL(pow_f64, const double* x, const double* e, double* y, idx n, int sx, int se, const double* layout) {
  pow_kernel(x, e, y, n, sx, se, layout);
}

/** dx = g · e · x^(e−1), 0 where e = 0. */
template <class T> static void pow_backward_base(const T* g, const T* x, const T* e, T* dx, idx n, int se) {
  parallel_for(n, HEAVY_GRAIN, [=](idx begin, idx end) {
    if (se) {
      auto slope = [](V<T> g, V<T> x, V<T> e) { return where(e == 0, V<T>{}, g * (e * pow(x, e - 1))); };
      map<1>(dx + begin, end - begin, slope, Elements<T>{g + begin}, Elements<T>{x + begin}, Elements<T>{e + begin});
      return;
    }
    constexpr idx BLOCK = 256;
    const T factor = *e, exponent = factor - 1;
    T power[BLOCK];
    for (idx i = begin; i < end; i += BLOCK) {
      const idx count = end - i < BLOCK ? end - i : BLOCK;
      if (factor == 0) map<4>(dx + i, count, [](V<T>) { return V<T>{}; }, Elements<T>{g + i});
      else {
        if (!pow_simple(x + i, exponent, power, count)) pow_span(x + i, 1, &exponent, 0, power, count);
        map<4>(dx + i, count, [=](V<T> g, V<T> p) { return g * (factor * p); }, Elements<T>{g + i}, Elements<T>{power});
      }
    }
  });
}

/** de = g · y · log x, 0 where x = 0 and e ≥ 0. */
template <class T> static void pow_backward_exponent(const T* g, const T* x, const T* e, const T* y, T* de, idx n, int sx, int se) {
  parallel_for(n, HEAVY_GRAIN, [=](idx begin, idx end) {
    const Elements<T> gs{g + begin}, ys{y + begin};
    auto slope = [](V<T> g, V<T> y, V<T> x, V<T> e) {
      return where((M<T>)(x == 0) & (M<T>)(e >= 0), V<T>{}, g * (y * log(x)));
    };
    const Repeated<T> one_x{splat<T>(*x)}, one_e{splat<T>(*e)};
    const Elements<T> xs{x + begin}, es{e + begin};
    if (sx && se) map<1>(de + begin, end - begin, slope, gs, ys, xs, es);
    else if (sx) map<1>(de + begin, end - begin, slope, gs, ys, xs, one_e);
    else if (se) map<1>(de + begin, end - begin, slope, gs, ys, one_x, es);
    else map<1>(de + begin, end - begin, slope, gs, ys, one_x, one_e);
  });
}

/** The share of `a` in the gradient of the larger (or smaller): all of it, half where both are equal, else none. */
template <class T, class F> static void choice_backward(const T* g, const T* a, const T* b, T* da, idx n, const F& loses) {
  parallel_for(n, GRAIN, [&](idx begin, idx end) {
    auto share = [&](V<T> g, V<T> a, V<T> b) { return where(loses(a, b), V<T>{}, where(a == b, g * T(0.5), g)); };
    map<4>(da + begin, end - begin, share, Elements<T>{g + begin}, Elements<T>{a + begin}, Elements<T>{b + begin});
  });
}

#define BACKWARD(T, suffix)                                                                                             \
  KERNEL(pow_backward_base_##suffix, const T* g, const T* x, const T* e, T* dx, idx n, int se) {                        \
    pow_backward_base(g, x, e, dx, n, se);                                                                              \
  }                                                                                                                     \
  KERNEL(pow_backward_exponent_##suffix, const T* g, const T* x, const T* e, const T* y, T* de, idx n, int sx, int se) { \
    pow_backward_exponent(g, x, e, y, de, n, sx, se);                                                                   \
  }                                                                                                                     \
  KERNEL(maximum_backward_##suffix, const T* g, const T* a, const T* b, T* da, idx n) {                                 \
    choice_backward(g, a, b, da, n, [](V<T> a, V<T> b) { return a < b; });                                              \
  }                                                                                                                     \
  KERNEL(minimum_backward_##suffix, const T* g, const T* a, const T* b, T* da, idx n) {                                 \
    choice_backward(g, a, b, da, n, [](V<T> a, V<T> b) { return a > b; });                                              \
  }
BACKWARD(float, f32)
BACKWARD(double, f64)

}  // namespace NABLA_ISA
