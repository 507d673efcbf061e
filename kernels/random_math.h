// Arithmetic for the random kernels, where every bit must be the same on every machine: multiply-adds with one rounding
// also where the machine has none, and float64 log, sin and cos that are correctly rounded in nearly all cases.
//
// Products that feed a sum go through `rounded`, since the build lets the compiler contract a * b + c.
// Double-double arithmetic: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
#pragma once
#include "math/vector.h"
#include "random.h"

#if defined(__FMA__) || defined(__aarch64__)
#define NABLA_HAS_FMA 1
#else
#define NABLA_HAS_FMA 0
#endif

namespace NABLA_ISA {

/** For |a| ≥ |b|. */
template <class D> static ALWAYS_INLINE Doubled<D> fast_two_sum(D a, D b) {
  const D s = a + b;
  return {s, b - (s - a)};
}

/** a * b exactly; by fused multiply-add or by Dekker's splitting, with the same result. */
static ALWAYS_INLINE Doubled<double> two_prod(double a, double b) {
  const double p = rounded(a * b);
#if NABLA_HAS_FMA
  return {p, __builtin_fma(a, b, -p)};
#else
  const auto upper = [](double x) {
    const double t = rounded(134217729.0 * x);
    return t - (t - x);
  };
  const double ah = upper(a), al = a - ah, bh = upper(b), bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

/** a + b rounded to odd: a later rounding to fewer bits (or after one more sum) is as if it were the only one. */
static ALWAYS_INLINE double sum_to_odd(double a, double b) {
  const Doubled<double> sum = two_sum(a, b);
  const int64_t bits = __builtin_bit_cast(int64_t, sum.hi);
  const int64_t away = (sum.lo > 0) == (sum.hi > 0) ? 1 : -1;
  const bool adjust = ((sum.lo > 0) | (sum.lo < 0)) & !(bits & 1);
  return __builtin_bit_cast(double, bits + (adjust ? away : 0));
}

/** a * b + c with one rounding. The product of two floats is exact in double. */
static ALWAYS_INLINE float fused(float a, float b, float c) {
#if NABLA_HAS_FMA
  return __builtin_fmaf(a, b, c);
#else
  return static_cast<float>(sum_to_odd(static_cast<double>(a) * b, c));
#endif
}

/** S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums", 2008. */
static ALWAYS_INLINE double fused(double a, double b, double c) {
#if NABLA_HAS_FMA
  return __builtin_fma(a, b, c);
#else
  const Doubled<double> product = two_prod(a, b);
  const Doubled<double> low = two_sum(c, product.lo);
  const Doubled<double> high = two_sum(product.hi, low.hi);
  return high.hi + sum_to_odd(low.lo, high.lo);
#endif
}

template <class D> static ALWAYS_INLINE Doubled<D> add(Doubled<D> a, Doubled<D> b) {
  const Doubled<D> s = two_sum(a.hi, b.hi);
  return fast_two_sum(s.hi, s.lo + (a.lo + b.lo));
}

template <class D> static ALWAYS_INLINE Doubled<D> multiply(Doubled<D> a, Doubled<D> b) {
  const Doubled<D> p = two_prod(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + (rounded(a.hi * b.lo) + rounded(a.lo * b.hi)));
}

/** coefficients[0] + coefficients[1] z + … */
template <class D, int N> static ALWAYS_INLINE D polynomial(const double (&coefficients)[N], D z) {
  D y = coefficients[N - 1] + D{};
  for (int i = N - 2; i >= 0; i--) y = rounded(y * z) + coefficients[i];
  return y;
}

/** ln x of positive normal x: 2 artanh((m − 1) / (m + 1)) + e ln 2 for x = m 2^e, m in (√½, √2]. */
static SHARED_CODE V<double> natural_log(V<double> x) {
  using D = V<double>;
  constexpr double LN2_HIGH = 0x1.62e42fefa3800p-1, LN2_LOW = 0x1.ef35793c76730p-45;  // e · LN2_HIGH is exact
  constexpr double SERIES[] = {1. / 5,  1. / 7,  1. / 9,  1. / 11, 1. / 13, 1. / 15,
                               1. / 17, 1. / 19, 1. / 21, 1. / 23, 1. / 25, 1. / 27};
  constexpr int64_t LEAST_M = 0x3fe6a09e667f3bce, MAGIC = 0x4338000000000000;  // the latter is 1.5 · 2^52
  const Double2 third = {constant<D>(0x1.5555555555555p-2), constant<D>(0x1.5555555555555p-56)};
  const M<double> exponent = (bits(x) - LEAST_M) >> 52;
  const D m = (D)(bits(x) - (exponent << 52)), e = (D)(exponent + MAGIC) - 0x1.8p52;
  const D numerator = m - 1;
  const Double2 denominator = two_sum(m, constant<D>(1));
  const D quotient = numerator / denominator.hi;
  const Double2 back = two_prod(quotient, denominator.hi);
  const D rest = ((numerator - back.hi) - back.lo) - rounded(quotient * denominator.lo);
  const Double2 s = fast_two_sum(quotient, rest / denominator.hi);
  const Double2 z = multiply(s, s);
  const D tail = rounded(rounded(z.hi * z.hi) * polynomial(SERIES, z.hi));
  const Double2 series = add(multiply(z, third), Double2{tail, D{}});
  const Double2 half = add(s, multiply(s, series));
  const Double2 power = two_sum(e * LN2_HIGH, rounded(e * LN2_LOW));
  return add(power, Double2{2 * half.hi, 2 * half.lo}).hi;
}
static ALWAYS_INLINE double natural_log(double x) { return natural_log(constant<V<double>>(x))[0]; }

/** f(i, ln a) for i in [0, n), a = argument(u) of a uniform number u in [0, 1) of 53 bits each; ln 0 comes as −709. */
template <class A, class F>
static ALWAYS_INLINE void for_each_log(RandomState* state, idx n, const A& argument, const F& f) {
  constexpr int BLOCK = RANDOM_WORDS / 2, L = LANES<double>;
  double values[BLOCK + L];
  for (idx begin = 0; begin < n; begin += BLOCK) {
    const idx count = n - begin < BLOCK ? n - begin : BLOCK;
    for_each_pair(state, count, [&](idx i, uint32_t first, uint32_t second) { values[i] = argument(unit53(first, second)); });
    store(values + count, constant<V<double>>(1));
    for (idx i = 0; i < count; i += L) store(values + i, natural_log(load(values + i)));
    for (idx i = 0; i < count; i++) f(begin + i, values[i]);
  }
}

/** sin and cos of x in [0, 2π]: Taylor series around the nearest multiple of π/2, which is subtracted in 119 bits. */
static inline void sine_cosine(double x, double* sine, double* cosine) {
  constexpr double PI_2[] = {0x1.921fb54400000p0, 0x1.0b4611a600000p-34, 0x1.3198a2e037073p-69};
  constexpr Doubled<double> S1 = {-0x1.5555555555555p-3, -0x1.5555555555555p-57};
  constexpr Doubled<double> S2 = {0x1.1111111111111p-7, 0x1.1111111111111p-63};
  constexpr double S_TAIL[] = {-1. / 5040,         1. / 362880,           -1. / 39916800,          1. / 6227020800,
                               -1. / 1307674368e3, 1. / 355687428096e3, -1. / 121645100408832e3,
                               1. / 51090942171709440e3};
  constexpr Doubled<double> C2 = {0x1.5555555555555p-5, 0x1.5555555555555p-59};
  constexpr double C_TAIL[] = {-1. / 720,         1. / 40320,          -1. / 3628800,          1. / 479001600,
                               -1. / 87178291200, 1. / 20922789888e3, -1. / 6402373705728e3, 1. / 2432902008176640e3};
  const int quarter = static_cast<int>(rounded(x * 0x1.45f306dc9c883p-1) + 0.5);
  const double k = quarter;
  const Doubled<double> first = two_sum(x, -k * PI_2[0]);  // the first two products are exact
  const Doubled<double> second = two_sum(first.hi, -k * PI_2[1]);
  const Doubled<double> r = two_sum(second.hi, second.lo + (first.lo - rounded(k * PI_2[2])));
  const Doubled<double> z = multiply(r, r);

  const double s_tail = rounded(z.hi * polynomial(S_TAIL, z.hi));
  const Doubled<double> s_series = multiply(z, add(S1, multiply(z, add(S2, Doubled<double>{s_tail, 0}))));
  const double s = add(r, multiply(r, s_series)).hi;

  const double c_tail = rounded(z.hi * polynomial(C_TAIL, z.hi));
  const Doubled<double> c_series = multiply(z, multiply(z, add(C2, Doubled<double>{c_tail, 0})));
  const Doubled<double> c_start = add(Doubled<double>{1, 0}, Doubled<double>{-0.5 * z.hi, -0.5 * z.lo});
  const double c = add(c_start, c_series).hi;

  const double sine_part = quarter & 1 ? c : s, cosine_part = quarter & 1 ? s : c;
  *sine = quarter & 2 ? -sine_part : sine_part;
  *cosine = (quarter + 1) & 2 ? -cosine_part : cosine_part;
}

}  // namespace NABLA_ISA
