// Arithmetic for the random kernels, where every bit must be the same on every machine: multiply-adds with one rounding
// also where the machine has none, and float64 log, sin and cos that are correctly rounded in nearly all cases.
//
// Products that feed a sum go through `rounded`, since the build lets the compiler contract a * b + c.
// Double-double arithmetic: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
#pragma once
#include "kernel.h"

#if defined(__FMA__) || defined(__aarch64__)
#define NABLA_HAS_FMA 1
#else
#define NABLA_HAS_FMA 0
#endif

namespace NABLA_ISA {

/** A product that is not to become part of a multiply-add. */
static ALWAYS_INLINE double rounded(double product) {
#if NABLA_HAS_FMA && defined(__x86_64__)
  __asm__("" : "+x"(product));
#elif defined(__aarch64__)
  __asm__("" : "+w"(product));
#elif defined(__wasm_relaxed_simd__)
  __asm__("" : "+r"(product));
#endif
  return product;
}

struct Double2 {  // high + low, |low| at most half a unit in the last place of high
  double high, low;
};

static ALWAYS_INLINE Double2 two_sum(double a, double b) {
  const double s = a + b, t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

/** For |a| ≥ |b|. */
static ALWAYS_INLINE Double2 fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}

/** a * b exactly; by fused multiply-add or by Dekker's splitting, with the same result. */
static ALWAYS_INLINE Double2 two_product(double a, double b) {
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
  const Double2 sum = two_sum(a, b);
  const int64_t bits = __builtin_bit_cast(int64_t, sum.high);
  const int64_t away = (sum.low > 0) == (sum.high > 0) ? 1 : -1;
  const bool adjust = ((sum.low > 0) | (sum.low < 0)) & !(bits & 1);
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
  const Double2 product = two_product(a, b);
  const Double2 low = two_sum(c, product.low);
  const Double2 high = two_sum(product.high, low.high);
  return high.high + sum_to_odd(low.low, high.low);
#endif
}

static ALWAYS_INLINE Double2 add(Double2 a, Double2 b) {
  const Double2 s = two_sum(a.high, b.high);
  return fast_two_sum(s.high, s.low + (a.low + b.low));
}

static ALWAYS_INLINE Double2 multiply(Double2 a, Double2 b) {
  const Double2 p = two_product(a.high, b.high);
  return fast_two_sum(p.high, p.low + (rounded(a.high * b.low) + rounded(a.low * b.high)));
}

/** coefficients[0] + coefficients[1] z + … */
template <int N> static ALWAYS_INLINE double polynomial(const double (&coefficients)[N], double z) {
  double y = coefficients[N - 1];
  for (int i = N - 2; i >= 0; i--) y = rounded(y * z) + coefficients[i];
  return y;
}

/** ln x of a positive normal x: 2 artanh((m − 1) / (m + 1)) + e ln 2 for x = m 2^e, m in [√½, √2). */
static inline double natural_log(double x) {
  constexpr Double2 THIRD = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
  constexpr double LN2_HIGH = 0x1.62e42fefa3800p-1, LN2_LOW = 0x1.ef35793c76730p-45;  // e · LN2_HIGH is exact
  constexpr double SERIES[] = {1. / 5,  1. / 7,  1. / 9,  1. / 11, 1. / 13, 1. / 15,
                               1. / 17, 1. / 19, 1. / 21, 1. / 23, 1. / 25, 1. / 27};
  const int64_t bits = __builtin_bit_cast(int64_t, x);
  double m = __builtin_bit_cast(double, (bits & 0xfffffffffffff) | 0x3ff0000000000000);
  double e = static_cast<double>((bits >> 52) - 1023);
  if (m > 0x1.6a09e667f3bcdp0) {
    m *= 0.5;
    e += 1;
  }
  const double numerator = m - 1;
  const Double2 denominator = two_sum(m, 1);
  const double quotient = numerator / denominator.high;
  const Double2 back = two_product(quotient, denominator.high);
  const double rest = ((numerator - back.high) - back.low) - rounded(quotient * denominator.low);
  const Double2 s = fast_two_sum(quotient, rest / denominator.high);
  const Double2 z = multiply(s, s);
  const double tail = rounded(rounded(z.high * z.high) * polynomial(SERIES, z.high));
  const Double2 series = add(multiply(z, THIRD), Double2{tail, 0});
  const Double2 half = add(s, multiply(s, series));
  const Double2 power = two_sum(e * LN2_HIGH, rounded(e * LN2_LOW));
  return add(power, Double2{2 * half.high, 2 * half.low}).high;
}

/** sin and cos of x in [0, 2π]: Taylor series around the nearest multiple of π/2, which is subtracted in 119 bits. */
static inline void sine_cosine(double x, double* sine, double* cosine) {
  constexpr double PI_2[] = {0x1.921fb54400000p0, 0x1.0b4611a600000p-34, 0x1.3198a2e037073p-69};
  constexpr Double2 S1 = {-0x1.5555555555555p-3, -0x1.5555555555555p-57};
  constexpr Double2 S2 = {0x1.1111111111111p-7, 0x1.1111111111111p-63};
  constexpr double S_TAIL[] = {-1. / 5040,         1. / 362880,           -1. / 39916800,          1. / 6227020800,
                               -1. / 1307674368e3, 1. / 355687428096e3, -1. / 121645100408832e3,
                               1. / 51090942171709440e3};
  constexpr Double2 C2 = {0x1.5555555555555p-5, 0x1.5555555555555p-59};
  constexpr double C_TAIL[] = {-1. / 720,         1. / 40320,          -1. / 3628800,          1. / 479001600,
                               -1. / 87178291200, 1. / 20922789888e3, -1. / 6402373705728e3, 1. / 2432902008176640e3};
  const int quarter = static_cast<int>(rounded(x * 0x1.45f306dc9c883p-1) + 0.5);
  const double k = quarter;
  const Double2 first = two_sum(x, -k * PI_2[0]);  // the first two products are exact
  const Double2 second = two_sum(first.high, -k * PI_2[1]);
  const Double2 r = two_sum(second.high, second.low + (first.low - rounded(k * PI_2[2])));
  const Double2 z = multiply(r, r);

  const double s_tail = rounded(z.high * polynomial(S_TAIL, z.high));
  const Double2 s_series = multiply(z, add(S1, multiply(z, add(S2, Double2{s_tail, 0}))));
  const double s = add(r, multiply(r, s_series)).high;

  const double c_tail = rounded(z.high * polynomial(C_TAIL, z.high));
  const Double2 c_series = multiply(z, multiply(z, add(C2, Double2{c_tail, 0})));
  const Double2 c_start = add(Double2{1, 0}, Double2{-0.5 * z.high, -0.5 * z.low});
  const double c = add(c_start, c_series).high;

  const double sine_part = quarter & 1 ? c : s, cosine_part = quarter & 1 ? s : c;
  *sine = quarter & 2 ? -sine_part : sine_part;
  *cosine = (quarter + 1) & 2 ? -cosine_part : cosine_part;
}

}  // namespace NABLA_ISA
